"""The errors of training. They extend the kernel's tree of errors.

InvalidInput ── InvalidHyperparameters, UnknownTrainer, UnreadablePairs, EmptyDataset
Conflict ── DatasetBroken, NotCancellable
"""

from __future__ import annotations

from youman.core.errors import Conflict, InvalidInput, YoumanError


class InvalidHyperparameters(InvalidInput):
    code, title = "invalid_hyperparameters", "The hyperparameters do not fit the trainer"


class UnknownTrainer(InvalidInput):
    code, title = "unknown_trainer", "This installation does not have that trainer"


class UnreadablePairs(InvalidInput):
    code, title = "unreadable_pairs", "No pairs can be read from this file"


class EmptyDataset(InvalidInput):
    code, title = "empty_dataset", "The query finds too few pairs"


class DatasetBroken(Conflict):
    code, title = "dataset_broken", "Pairs of this dataset were withdrawn or changed"


class NotCancellable(Conflict):
    code, title = "not_cancellable", "The job has already ended"


class ExecutorUnavailable(YoumanError):
    """The cluster that runs trainers does not answer or refuses. The attempt is lost; a later one continues the job."""

    code, status, title = "executor_unavailable", 503, "The executor does not answer"
