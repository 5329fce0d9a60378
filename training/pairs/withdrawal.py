"""Consent taken back: the points go, what they reached is named, and the same pairs never come in again.

The account's row is the truth and is read here; nothing from below calls up.
"""

from __future__ import annotations

import shutil
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from training.contract import paths
from training.models import BarredPair, Dataset, DatasetPoint, TrainingDataPoint, TrainingJob, Withdrawal
from training.models.series import record_event
from training.pairs import statistics
from training.states import TERMINAL
from youman.core.models import Account

_BATCH = 5_000


def withdraw_all() -> list[Withdrawal]:
    """For every account that took its consent back since: idempotent, and nothing to do costs one query."""
    return [withdraw(account=account) for account in _withdrawn_accounts()]


def _withdrawn_accounts() -> QuerySet[Account]:
    gone = Q(consent_at=None)
    # Taken back and given again between two looks: the same policy, but a later time than that of the points.
    again = Q(consent_at__gt=F("training_points__consent_at"), consent_version=F("training_points__consent_version"))
    return Account.objects.filter(gone | again, training_points__isnull=False).distinct()


@transaction.atomic
def withdraw(*, account: Account) -> Withdrawal:
    """Remove the account's points; cancel open jobs on datasets that held them."""
    statistics.lock_statistics()  # else a pair that comes in meanwhile would go without being booked out and barred
    points = list(TrainingDataPoint.objects.filter(contributor=account))
    datasets = _reached([point.pk for point in points])
    jobs = TrainingJob.objects.filter(dataset__in=datasets).select_related("produced_version__model")
    row = Withdrawal.objects.create(
        account=account,
        points=len(points),
        datasets=[dataset.name for dataset in datasets],
        versions=sorted({job.produced for job in jobs if job.produced}),
    )
    BarredPair.objects.bulk_create(
        [BarredPair(content_hash=point.content_hash, withdrawal=row) for point in points], ignore_conflicts=True
    )
    _cancel(jobs)
    statistics.add_points(points, -1)
    TrainingDataPoint.objects.filter(contributor=account).delete()
    for dataset in datasets:
        _mark(dataset)
    return row


def _reached(points: list[UUID]) -> list[Dataset]:
    found: set[UUID] = set()
    for start in range(0, len(points), _BATCH):
        members = DatasetPoint.objects.filter(point_id__in=points[start : start + _BATCH])
        found |= set(members.values_list("dataset_id", flat=True).distinct())
    return list(Dataset.objects.filter(pk__in=found).order_by("name"))


def _mark(dataset: Dataset) -> None:
    """Count what is gone, and drop the files that still hold it."""
    members = DatasetPoint.objects.filter(dataset=dataset)
    there = TrainingDataPoint.objects.filter(pk__in=members.values("point_id")).count()
    Dataset.objects.filter(pk=dataset.pk).update(withdrawn=dataset.points - there)
    transaction.on_commit(lambda: shutil.rmtree(paths.dataset_folder(dataset.pk), ignore_errors=True))


def _cancel(jobs: QuerySet[TrainingJob]) -> None:
    for job in jobs.exclude(state__in=TERMINAL):
        TrainingJob.objects.filter(pk=job.pk).update(cancel_requested_at=timezone.now())
        record_event(job, "withdrawn", "An author withdrew consent: the job stops, make a new dataset")
