"""The models of training. States change only through `youman.core.states.transition`."""

from training.models.data import (
    BarredPair,
    CollectedFeedback,
    DataImport,
    PointBand,
    PointCount,
    TrainingDataPoint,
    Withdrawal,
)
from training.models.datasets import Dataset, DatasetPoint
from training.models.jobs import ExecutorPool, TrainingJob
from training.models.rules import HandledAlert, RetrainRule
from training.models.series import JobEvent, JobLogLine, JobMetric

__all__ = [
    "BarredPair",
    "CollectedFeedback",
    "DataImport",
    "Dataset",
    "DatasetPoint",
    "ExecutorPool",
    "HandledAlert",
    "JobEvent",
    "JobLogLine",
    "JobMetric",
    "PointBand",
    "PointCount",
    "RetrainRule",
    "TrainingDataPoint",
    "TrainingJob",
    "Withdrawal",
]
