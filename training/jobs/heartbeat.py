"""A beat beside work that cannot stop to beat: writing channels, publishing. A thread with a connection of its own."""

from __future__ import annotations

import threading
from types import TracebackType

from django.db import DatabaseError, connection
from django.utils import timezone

from training.jobs.outcome import claimed_rows
from training.models import TrainingJob

EVERY_S = 5.0


class Heartbeat:
    """`with Heart(job):` keeps the claim alive; `lost` is set when another attempt has taken the job."""

    def __init__(self, job: TrainingJob) -> None:
        self._job = job
        self._done = threading.Event()
        self.lost = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heart of {job.pk}", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join(EVERY_S)

    def _beat(self) -> None:
        while not self._done.wait(EVERY_S):
            try:
                if not claimed_rows(self._job).update(heartbeat_at=timezone.now()):
                    self.lost.set()
                    return
            except DatabaseError:
                continue  # the database is away; the next beat tries again
            finally:
                connection.close()
