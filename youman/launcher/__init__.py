"""Implements `make run`: it starts all processes of the embedded mode, watches them, and stops them."""
