"""The reads of training, in one place for API, admin and commands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.db.models import Count, QuerySet

from training.models import (
    DataImport,
    Dataset,
    DatasetPoint,
    JobEvent,
    JobLogLine,
    PointCount,
    TrainingDataPoint,
    TrainingJob,
    Withdrawal,
)
from training.pairs import statistics
from training.states import ImportState, JobState
from youman.core.errors import NotFound
from youman.core.models import Account
from youman.core.runtime.health import WaitingRows, waiting_rows
from youman.core.runtime.metrics import Sample

T = TypeVar("T")
JOB_RELATED = ("dataset", "requested_by__user", "produced_version__model", "base_version__model")
MOST_VALUES = 100


@dataclass(frozen=True, slots=True)
class DataStats:
    """Counts of pairs by dimension, the most frequent values first; `points` is the total.

    `quality` is the mean quality of the scored pairs, by dimension and value; its key `all` holds the overall mean.
    """

    points: int
    by: dict[str, dict[str, int]]
    quality: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    """How many pairs one account has contributed, and its withdrawals."""

    account: Account
    points: int
    withdrawals: tuple[Withdrawal, ...]


def stats() -> DataStats:
    """Return the statistics of all pairs.

    They come from stored counts, so the cost is the same for a thousand pairs and a million.
    """
    by: dict[str, dict[str, int]] = {}
    quality: dict[str, dict[str, float]] = {}
    for row in _counted():
        by.setdefault(row.dimension, {})[row.value] = row.count
        if row.scored > 0:
            quality.setdefault(row.dimension, {})[row.value] = round(row.quality_sum / row.scored, 4)
    return DataStats(by.pop("all", {}).get("", 0), by, quality)


def _counted() -> Iterator[PointCount]:
    rows = PointCount.objects.filter(count__gt=0).order_by("-count", "value")
    for dimension in ("all", *statistics.DIMENSIONS):
        yield from rows.filter(dimension=dimension)[:MOST_VALUES]


def values_of(dimension: str) -> list[str]:
    """Return the values of a dimension that occur in the data, the most frequent first."""
    rows = PointCount.objects.filter(dimension=dimension, count__gt=0).order_by("-count", "value")
    return list(rows.values_list("value", flat=True)[:MOST_VALUES])


def point_of(point_id: UUID) -> TrainingDataPoint:
    return _existing(TrainingDataPoint.objects.filter(pk=point_id).first(), "training pair")


def versions_using(point_id: UUID) -> list[str]:
    """Return the names of the model versions that were trained on this point."""
    datasets = DatasetPoint.objects.filter(point_id=point_id).values("dataset_id")
    jobs = TrainingJob.objects.filter(dataset__in=datasets).select_related("produced_version__model")
    return sorted({job.produced for job in jobs if job.produced})


def dataset_named(name: str) -> Dataset:
    return _existing(Dataset.objects.filter(name=name).first(), "dataset")


def dataset_of(dataset_id: UUID) -> Dataset:
    return _existing(Dataset.objects.filter(pk=dataset_id).first(), "dataset")


def import_of(import_id: UUID) -> DataImport:
    return _existing(DataImport.objects.filter(pk=import_id).first(), "import")


def job_of(job_id: UUID) -> TrainingJob:
    return _existing(TrainingJob.objects.select_related(*JOB_RELATED).filter(pk=job_id).first(), "job")


def jobs() -> QuerySet[TrainingJob]:
    return TrainingJob.objects.select_related(*JOB_RELATED)


def state_of(job_id: UUID) -> str:
    return _existing(TrainingJob.objects.filter(pk=job_id).values_list("state", flat=True).first(), "job")


class LogPage(NamedTuple):
    lines: list[str]
    cursor: int


def log_after(job_id: UUID, cursor: int, limit: int = 1_000) -> LogPage:
    """Return up to `limit` log lines after the cursor, and the next cursor."""
    rows = list(
        JobLogLine.objects.filter(job_id=job_id, pk__gt=cursor).order_by("id").values_list("pk", "text")[:limit]
    )
    return LogPage([text for _, text in rows], rows[-1][0] if rows else cursor)


def log_tail_start(job_id: UUID, lines: int) -> int:
    """Return the cursor after which the last `lines` lines of the log follow."""
    rows = JobLogLine.objects.filter(job_id=job_id).order_by("-id").values_list("pk", flat=True)
    return next(iter(rows[lines : lines + 1]), 0)


def events_of(job_id: UUID, after: int = 0, limit: int = 500) -> list[JobEvent]:
    """Return the latest `limit` events after that id, oldest first."""
    return list(JobEvent.objects.filter(job_id=job_id, pk__gt=after).order_by("-id")[:limit])[::-1]


def consent_of(account: Account) -> ConsentFacts:
    points = TrainingDataPoint.objects.filter(contributor=account).count()
    return ConsentFacts(account, points, tuple(Withdrawal.objects.filter(account=account)[:100]))


def _existing(row: T | None, name: str) -> T:
    if row is None:
        raise NotFound(f"There is no such {name}; check its id or name")
    return row


def waiting_imports() -> WaitingRows:
    """Return the files of pairs that no worker reads yet."""
    return waiting_rows("imports", DataImport.objects.filter(state=ImportState.QUEUED), "enqueued_at")


def waiting_jobs() -> WaitingRows:
    """Return the training jobs that have a place and no supervisor yet."""
    return waiting_rows("training jobs", TrainingJob.objects.filter(state=JobState.QUEUED), "enqueued_at")


def state_samples() -> Iterator[Sample]:
    """Yield the number of training jobs in each state; each has a sample, so that none is missing at 0."""
    counts = dict(TrainingJob.objects.values_list("state").annotate(number=Count("pk")))
    for state in JobState.values:
        yield Sample("youman_training_jobs", "Training jobs by state.", counts.get(state, 0), (("state", state),))
