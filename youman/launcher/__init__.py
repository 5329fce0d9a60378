"""Behind `make run`: starts every process of the embedded mode, watches them, and stops them all."""
