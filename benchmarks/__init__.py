"""One folder for each question that is measured; `support` holds what they share.

The docstring of a folder's `__init__` says what it measures, what it needs and how long it takes, and `run.run(folder)`
measures it. `python -m benchmarks list` prints the docstrings as a table.
"""
