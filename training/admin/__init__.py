"""Staff's view of training, by subject: the pairs, the datasets, the jobs."""

from training.admin import data, datasets, jobs

__all__ = ["data", "datasets", "jobs"]
