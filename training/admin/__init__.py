"""The admin pages of training; importing this package registers them."""

from training.admin import data, datasets, jobs

__all__ = ["data", "datasets", "jobs"]
