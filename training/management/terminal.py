"""Shows the progress of a job at a terminal: events, log lines and a progress bar."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

from training import presenters, selectors
from training.models import TrainingJob
from training.states import TERMINAL

POLL_S = 0.5  # fast enough for a person
QUIET_S = 15.0  # the interval of progress lines in a file
_BAR = 30


class JobFollower:
    """Follows one job. `write` prints a line; `show` draws the progress bar over the previous one, None without one."""

    def __init__(self, job_id: UUID, write: Callable[[str], None], show: Callable[[str], None] | None = None) -> None:
        self._job_id, self._write, self._show = job_id, write, show
        self._log = self._event = 0
        self._stage = ("", "", "")
        self._written_at = 0.0

    def follow(self) -> TrainingJob:
        """Print what happens until the job has ended."""
        while True:
            job = self.tell()
            if job.state in TERMINAL:
                return self.tell()
            time.sleep(POLL_S)

    def tell(self) -> TrainingJob:
        """Print what is new since the last call."""
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
        summary = presenters.summary(job) + presenters.eta(job)
        if self._show is not None:
            full = presenters.percent(job) * _BAR // 100
            self._show(f"{'█' * full}{'░' * (_BAR - full)} {presenters.percent(job):3d} %  {summary}")
        elif self._is_news(job) and job.state not in TERMINAL:
            self._write(f"         {summary}")

    def _is_news(self, job: TrainingJob) -> bool:
        """Return whether to write a progress line: at the beginning of each stage, then every QUIET_S seconds."""
        stage, moment = (job.state, job.stage, job.waits_because), time.monotonic()
        if stage == self._stage and moment - self._written_at < QUIET_S:
            return False
        self._stage, self._written_at = stage, moment
        return True
