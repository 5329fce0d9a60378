"""What can go wrong around training, below the kernel's tree.

InvalidInput ── InvalidHyperparameters, UnknownTrainer, UnreadablePairs, EmptyDataset
Conflict ── DatasetBroken, NotCancellable
"""

from __future__ import annotations

from youman.core.errors import Conflict, InvalidInput, YoumanError


class InvalidHyperparameters(InvalidInput):
    code, title = "invalid_hyperparameters", "The hyperparameters do not fit the trainer"


class UnknownTrainer(InvalidInput):
    code, title = "unknown_trainer", "There is no such trainer here"


class UnreadablePairs(InvalidInput):
    code, title = "unreadable_pairs", "This file does not hold pairs"


class EmptyDataset(InvalidInput):
    code, title = "empty_dataset", "The query finds too few pairs"


class DatasetBroken(Conflict):
    code, title = "dataset_broken", "Pairs of this dataset are gone"


class NotCancellable(Conflict):
    code, title = "not_cancellable", "The job is over"


class ExecutorAway(YoumanError):
    """The cluster that trains does not answer, or refuses: the attempt is lost, and the job goes on later."""

    code, status, title = "executor_away", 503, "The executor does not answer"
