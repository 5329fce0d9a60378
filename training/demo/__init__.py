"""The whole loop told step by step, each step with its evidence. Real services, no shortcut of its own."""
