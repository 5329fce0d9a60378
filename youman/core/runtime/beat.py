"""Beat by the rows of django-celery-beat, so that a daily job runs wherever beat restarts every day.

The code's list (`CELERY_BEAT_SCHEDULE`) says what runs when. Each start brings the rows in line with it, but leaves
alone what staff have switched off and when a job last ran.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any

from celery.beat import SchedulingError
from celery.schedules import crontab
from django.db import InterfaceError, OperationalError, connection
from django.db.models import QuerySet
from django.utils import timezone
from django_celery_beat.models import PeriodicTask, PeriodicTasks
from django_celery_beat.schedulers import DatabaseScheduler, ModelEntry

from youman.core.runtime import heartbeats

logger = logging.getLogger(__name__)
BUILT_IN = "Part of Youman; the program sets its time"
_DATABASE_PAUSE_S = 5.0


def install_schedule(schedule: Mapping[str, Mapping[str, Any]]) -> None:
    """Create or correct the rows of the code's list, and delete those that are no longer in it. Idempotent."""
    for name, entry in schedule.items():
        wanted = ModelEntry._unpack_fields(**entry) | {"description": BUILT_IN}
        # A row that never ran would count from each start, so that its hour never comes where beat restarts daily.
        row, created = PeriodicTask.objects.get_or_create(name=name, defaults=wanted | {"last_run_at": timezone.now()})
        changes = {field: value for field, value in wanted.items() if getattr(row, field) != value}
        if changes and not created:
            for field, value in changes.items():
                setattr(row, field, value)
            row.save()
    PeriodicTask.objects.filter(description=BUILT_IN).exclude(name__in=schedule).delete()


class Scheduler(DatabaseScheduler):  # type: ignore[misc]  # it has no types
    """Runs what was missed once, keeps what could not be sent, outlives the database, and shows that beat is alive."""

    _sent_at = float("-inf")

    def setup_schedule(self) -> None:
        install_schedule(self.app.conf.beat_schedule)
        _ = self.schedule  # reads it

    def enabled_models_qs(self) -> QuerySet[PeriodicTask]:
        """Return all of them; the original leaves out daily jobs of other hours, and so those that were missed."""
        rows: QuerySet[PeriodicTask] = PeriodicTask.objects.enabled()
        return rows

    def tick(self, *arguments: Any, **options: Any) -> float:
        if time.monotonic() - self._sent_at >= heartbeats.EVERY_S:
            heartbeats.send([heartbeats.BEAT])
            self._sent_at = time.monotonic()
        try:
            return float(super().tick(*arguments, **options))
        except (OperationalError, InterfaceError) as error:
            logger.warning("the database does not answer", extra={"reason": type(error).__name__})
            connection.close()
            return _DATABASE_PAUSE_S

    def apply_entry(self, entry: ModelEntry, producer: Any = None) -> None:
        """Send a job; one by the clock is noted as done at once, or stays due if the broker is unavailable."""
        try:
            self.apply_async(entry, producer=producer, advance=False)
        except SchedulingError as error:
            logger.warning("job not sent: broker unavailable", extra={"job": entry.name, "reason": str(error)[:200]})
            if isinstance(entry.schedule, crontab):
                self._keep_due(entry)
        else:
            if isinstance(entry.schedule, crontab):
                self.sync()

    def _keep_due(self, entry: ModelEntry) -> None:
        self._dirty.discard(entry.name)
        PeriodicTask.objects.filter(pk=entry.model.pk).update(last_run_at=entry.last_run_at)
        PeriodicTasks.update_changed()  # the next tick reads the rows again
