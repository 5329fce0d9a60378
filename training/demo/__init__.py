"""The whole loop explained step by step, each step with its evidence. It uses the real services and no shortcuts."""
