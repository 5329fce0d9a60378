"""The rows of training. States change through `youman.core.states.transition` alone; nothing points upwards."""

from training.models.data import (
    BarredPair,
    Collected,
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
    "Collected",
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
