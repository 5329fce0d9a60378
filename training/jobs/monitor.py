"""Follows one process of a job through its executor: writes heartbeats, stores its output, stops it when necessary.

The executor's lease is renewed only after a heartbeat was written. While the database is unavailable nothing is
renewed, so the executor stops the trainer before another worker may claim the job; output of that time is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone

from training.contract.executor import Executor, JobSpec, Observation
from training.contract.output_lines import CheckpointLine, MetricLine, ProgressLine, TextLine, parse_line
from training.jobs.outcome import claimed_rows
from training.jobs.progress import Pace, ProgressWatch
from training.jobs.telemetry import store_log, store_metrics
from training.models import TrainingJob
from training.models.series import record_event
from training.states import FailureClass

TICK_S = 0.25  # a stop or a divergence is acted on within this time; a poll reads a few small files
STOP_WAIT_S = 15.0  # longer than the 8 s that the warden gives the trainer
AWAY_S = 900.0  # if nothing could be stored for a quarter of an hour, the job is left to the next attempt
_ROUNDS = 20
_MOST_KEPT = 100_000  # lines of output while the database is unavailable


@dataclass(frozen=True, slots=True)
class ProcessEnd:
    """How a process ended.

    `failure` is set when the monitor stopped it; `is_lost` means that another attempt holds the job now.
    """

    observation: Observation
    failure: FailureClass | None = None
    detail: str = ""
    is_cancelled: bool = False
    is_lost: bool = False

    @property
    def is_good(self) -> bool:
        return self.observation.phase == "completed" and self.failure is None and not self.is_lost


@dataclass(slots=True)
class _Unstored:
    """Output that was read and is not stored yet."""

    metrics: list[MetricLine] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    changes: dict[str, object] = field(default_factory=dict)

    def clear(self) -> None:
        self.metrics, self.lines, self.notes, self.changes = [], [], [], {}


class ProcessMonitor:
    """Follows one process of a job. `is_training` is False for the gate, whose log cursor is not stored."""

    def __init__(
        self,
        job: TrainingJob,
        spec: JobSpec,
        executor: Executor,
        *,
        is_training: bool = True,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._job, self._spec, self._executor = job, spec, executor
        self._clock, self._sleep = clock, sleep
        self._pace, self._unstored = Pace(), _Unstored()
        self._watch = ProgressWatch(job.stall_s, clock())
        self._cursor = 0
        self._log_lines = job.log_lines.count()
        self._stored_at = clock()
        self._stopped: ProcessEnd | None = None
        self._stopped_at = 0.0
        self._has_started = False
        self._is_training = is_training
        if is_training:
            self._catch_up()

    def _catch_up(self) -> None:
        """Read the output of the previous attempt that its supervisor did not store before it was lost."""
        before = replace(self._spec, attempt=self._spec.attempt - 1).external_id
        self._cursor = self._job.log_cursor
        if self._spec.attempt > 1:
            self._read_output(Observation("pending"), before)
        self._cursor = 0

    def follow(self) -> ProcessEnd:
        """Follow the process until it has ended and its output is stored, or until the job is lost."""
        while True:
            observation = self._executor.observe(self._spec.external_id)
            self._read_output(observation)
            stored = self._store()
            if stored is False:
                self._executor.stop(self._spec.external_id)
                return ProcessEnd(observation, is_lost=True)
            over = observation.phase not in {"pending", "running"}
            if over and stored:
                return self._ending(observation)
            if self._clock() - self._stored_at > AWAY_S:
                return ProcessEnd(observation, is_lost=True)
            if self._stopped and self._clock() - self._stopped_at > STOP_WAIT_S:
                return self._ending(Observation("failed", "the trainer did not stop in time", is_lost=True))
            self._sleep(TICK_S)

    def _ending(self, observation: Observation) -> ProcessEnd:
        stopped = self._stopped
        if self._watch.is_diverged:
            return ProcessEnd(observation, FailureClass.DIVERGED, self._watch.detail)
        if stopped is None or observation.phase == "completed":
            return ProcessEnd(observation)
        return ProcessEnd(observation, stopped.failure, stopped.detail, stopped.is_cancelled)

    def _read_output(self, observation: Observation, external_id: str = "") -> None:
        for _ in range(_ROUNDS):
            lines, self._cursor = self._executor.logs(external_id or self._spec.external_id, self._cursor)
            if not external_id and (lines or observation.phase == "running") and not self._has_started:
                self._has_started = True
                self._unstored.changes["trainer_started_at"] = timezone.now()
            for line in lines:
                self._read_line(line)
            if not lines or len(self._unstored.lines) + len(self._unstored.metrics) > _MOST_KEPT:
                return

    def _read_line(self, line: str) -> None:
        now = self._clock()
        match parse_line(line):
            case MetricLine() as metric:
                self._unstored.metrics.append(metric)
                self._watch.add_metric(metric)
            case ProgressLine() as progress:
                self._watch.add_progress(progress, now)
                self._pace.add(now, progress.step)
                self._note_progress(progress)
            case CheckpointLine(step):
                self._unstored.changes["checkpoint_step"] = step
            case TextLine(text, is_note):
                self._unstored.lines.append(text)
                if is_note:
                    self._unstored.notes.append(text)

    def _note_progress(self, report: ProgressLine) -> None:
        eta = self._pace.eta(report.steps)
        self._unstored.changes |= {
            "epoch": report.epoch,
            "epochs": report.epochs,
            "step": report.step,
            "steps": report.steps,
            "throughput": report.throughput,
            "throughput_unit": report.unit,
            "eta_low_s": eta.low_s if eta else None,
            "eta_high_s": eta.high_s if eta else None,
        }

    def _store(self) -> bool | None:
        """Return True when all is stored and the lease renewed, False when the job is lost, None without database."""
        try:
            held = self._write()
        except (DatabaseError, InterfaceError):
            connection.close()
            return None
        if held:
            self._executor.renew(self._spec.external_id)
            self._stored_at = self._clock()
            self._unstored.clear()
            self._decide()
        return held

    @transaction.atomic
    def _write(self) -> bool:
        unstored = self._unstored
        beat: dict[str, object] = {"heartbeat_at": timezone.now(), "warning": self._watch.warning[:200]}
        if self._is_training:
            beat["log_cursor"] = self._cursor
        if not claimed_rows(self._job).update(**beat, **unstored.changes):
            return False
        store_metrics(self._job.pk, unstored.metrics)
        self._log_lines = store_log(self._job, unstored.lines, self._log_lines)
        for text in unstored.notes:
            record_event(self._job, "note", text)
        return True

    def _decide(self) -> None:
        if self._stopped:
            return
        row = claimed_rows(self._job).values_list("cancel_requested_at", "started_at", "deadline_s").first()
        nothing = Observation("running")
        if row is None:
            return
        cancel, started, deadline_s = row
        spent = (timezone.now() - started).total_seconds() if started else 0.0
        if cancel is not None:
            self._stop(ProcessEnd(nothing, is_cancelled=True))
        elif self._watch.is_diverged:
            self._stop(ProcessEnd(nothing, FailureClass.DIVERGED, self._watch.detail))
        elif spent > deadline_s:
            self._stop(ProcessEnd(nothing, FailureClass.DEADLINE, f"the job ran longer than {deadline_s:,} s"))
        elif self._watch.is_stalled(self._clock()):
            self._stop(ProcessEnd(nothing, FailureClass.STALLED, f"no progress for {self._job.stall_s:,} s"))

    def _stop(self, why: ProcessEnd) -> None:
        self._stopped, self._stopped_at = why, self._clock()
        self._executor.stop(self._spec.external_id)
