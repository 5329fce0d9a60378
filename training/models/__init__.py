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
from training.models.series import JobEvent, JobLogLine, JobMetric

__all__ = [
    "BarredPair",
    "Collected",
    "DataImport",
    "Dataset",
    "DatasetPoint",
    "ExecutorPool",
    "JobEvent",
    "JobLogLine",
    "JobMetric",
    "PointBand",
    "PointCount",
    "TrainingDataPoint",
    "TrainingJob",
    "Withdrawal",
]
