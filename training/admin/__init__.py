"""Staff's view of training, by subject: the pairs, the datasets, the jobs, the rules."""

from training.admin import data, datasets, jobs, rules

__all__ = ["data", "datasets", "jobs", "rules"]
