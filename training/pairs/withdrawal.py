"""Withdrawn consent: the account's pairs are removed, the datasets and models that used them are recorded, and the same
pairs are never accepted again.

The account's row decides. It is read here; no lower layer calls this module.
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
    """Remove the pairs of every account that has withdrawn its consent. Idempotent; one query if nothing is to do."""
    return [withdraw(account=account) for account in _withdrawn_accounts()]


def _withdrawn_accounts() -> QuerySet[Account]:
    gone = Q(consent_at=None)
    # Withdrawn and given again between two runs: the same policy, but a later time than that of the pairs.
    again = Q(consent_at__gt=F("training_points__consent_at"), consent_version=F("training_points__consent_version"))
    return Account.objects.filter(gone | again, training_points__isnull=False).distinct()


@transaction.atomic
def withdraw(*, account: Account) -> Withdrawal:
    """Remove the account's pairs and cancel open jobs on datasets that contained them."""
    # Without the lock, a pair entered at this moment would be deleted without being subtracted and barred.
    statistics.lock_statistics()
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
    ids: set[UUID] = set()
    for start in range(0, len(points), _BATCH):
        members = DatasetPoint.objects.filter(point_id__in=points[start : start + _BATCH])
        ids |= set(members.values_list("dataset_id", flat=True).distinct())
    return list(Dataset.objects.filter(pk__in=ids).order_by("name"))


def _mark(dataset: Dataset) -> None:
    """Count the removed pairs of a dataset, and delete its files, which still contain them."""
    members = DatasetPoint.objects.filter(dataset=dataset)
    remaining = TrainingDataPoint.objects.filter(pk__in=members.values("point_id")).count()
    Dataset.objects.filter(pk=dataset.pk).update(withdrawn=dataset.points - remaining)
    transaction.on_commit(lambda: shutil.rmtree(paths.dataset_folder(dataset.pk), ignore_errors=True))


def _cancel(jobs: QuerySet[TrainingJob]) -> None:
    for job in jobs.exclude(state__in=TERMINAL):
        TrainingJob.objects.filter(pk=job.pk).update(cancel_requested_at=timezone.now())
        record_event(job, "withdrawn", "An author withdrew consent, so the job stops; create a new dataset and job")
