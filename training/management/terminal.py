"""Tells a person at a terminal how a job goes: log lines as they come, a bar, what happened."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

from training import presenters, selectors
from training.models import TrainingJob
from training.states import TERMINAL

POLL_S = 0.5  # as quick as an eye needs
QUIET_S = 15.0  # a line now and then in a log, not one a second
_BAR = 30


class JobFollower:
    """`write` gets whole lines; `show` gets the bar, which is written over, or None where there is no terminal."""

    def __init__(self, job_id: UUID, write: Callable[[str], None], show: Callable[[str], None] | None = None) -> None:
        self._job_id, self._write, self._show = job_id, write, show
        self._log = self._event = 0
        self._stage = ("", "", "")
        self._said_at = 0.0

    def follow(self) -> TrainingJob:
        """Until the job is over."""
        while True:
            job = self.tell()
            if job.state in TERMINAL:
                return self.tell()
            time.sleep(POLL_S)

    def tell(self) -> TrainingJob:
        """What is new since the last time."""
        job = selectors.job_of(self._job_id)
        for row in selectors.events_of(self._job_id, after=self._event):
            self._event = row.pk
            self._write(f"{row.at:%H:%M:%S} {row.kind}: {row.message}")
        lines, self._log = selectors.log_after(self._job_id, self._log)
        for line in lines:
            self._write(f"         {line}")
        self._progress(job)
        return job

    def _progress(self, job: TrainingJob) -> None:
        said = presenters.summary(job)
        if self._show is not None:
            full = presenters.percent(job) * _BAR // 100
            self._show(f"{'█' * full}{'░' * (_BAR - full)} {presenters.percent(job):3d} %  {said}{presenters.eta(job)}")
        elif self._is_news(job) and job.state not in TERMINAL:
            self._write(f"         {said}{presenters.eta(job)}")

    def _is_news(self, job: TrainingJob) -> bool:
        """Into a file: once a stage, and then now and then."""
        stage, moment = (job.state, job.stage, job.waits_because), time.monotonic()
        if stage == self._stage and moment - self._said_at < QUIET_S:
            return False
        self._stage, self._said_at = stage, moment
        return True
