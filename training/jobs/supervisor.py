"""Runs one attempt of a job from claim to end: prepares the data, trains, judges, and publishes a model that passed.

One of the two places with a broad `except`: an unforeseen error must still end in a recorded failure. A message that is
delivered twice is harmless, because the second claim finds the row running.
"""

from __future__ import annotations

import errno
import json
import logging
import threading
from types import TracebackType
from uuid import UUID

from django.db import DatabaseError, connection
from django.db.models import F
from django.utils import timezone

from training.contract import paths, trainer_catalogue
from training.contract.executor import (
    Executor,
    GateReport,
    JobSpec,
    Observation,
    Resources,
    report_from_json,
    report_to_json,
)
from training.contract.model_folder import InvalidManifest
from training.datasets.export import CHANNELS, write_channels
from training.errors import DatasetBroken, ExecutorUnavailable
from training.evaluation.gate import GATE_FILE
from training.executors.factory import executor_named
from training.jobs import inputs, outcome, publish
from training.jobs.monitor import ProcessEnd, ProcessMonitor
from training.jobs.outcome import claimed_rows, classify
from training.models import TrainingJob
from training.models.series import record_event
from training.models.splits import Split
from training.states import EDGES, FailureClass, GateVerdict, JobState, Stage
from youman.core.errors import InvalidInput, StaleAttempt
from youman.core.states import try_transition

logger = logging.getLogger(__name__)


class _AttemptOver(Exception):
    """The attempt has ended and its outcome is recorded, or another attempt holds the job."""


def supervise(job_id: UUID) -> None:
    """Run the job. Does nothing when another supervisor has claimed it or it was cancelled."""
    job = _claim(job_id)
    if job is None:
        return
    try:
        _Attempt(job).run()
    except _AttemptOver:
        return
    except DatabaseError:
        # Without a database the heartbeat stops, the warden stops the trainer, and the reaper takes the job back.
        logger.exception("database unavailable", extra={"job": str(job.pk)})
        connection.close()
    except (InvalidInput, DatasetBroken) as error:
        outcome.end_as_failed(job, FailureClass.USER_ERROR, error.detail)
    except ExecutorUnavailable as error:
        outcome.end_as_failed(job, FailureClass.WORKER_LOST, error.detail)
    except InvalidManifest as error:
        outcome.end_as_failed(job, FailureClass.TRAINER_ERROR, str(error))
    except StaleAttempt:
        return
    except Exception as error:
        logger.exception("job failed with an unexpected error", extra={"job": str(job.pk)})
        full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
        kind = FailureClass.DISK_FULL if full else FailureClass.INTERNAL
        outcome.end_as_failed(job, kind, "the disk is full; free some space" if full else type(error).__name__)


def _claim(job_id: UUID) -> TrainingJob | None:
    rows = TrainingJob.objects.filter(pk=job_id)
    now = timezone.now()
    changes = {"attempt": F("attempt") + 1, "heartbeat_at": now, "started_at": now, "stage": Stage.PREPARING}
    # Only the state decides: when two workers get messages for one job, the UPDATE succeeds for one of them.
    if not try_transition(rows, edges=EDGES, to=JobState.RUNNING, **changes):
        return None
    return rows.select_related("dataset", "requested_by", "base_version__model").get()


class _Attempt:
    """One attempt of a job."""

    def __init__(self, job: TrainingJob) -> None:
        self._job = job
        self._trainer = trainer_catalogue.trainer_named(job.trainer)
        self._executor: Executor = executor_named(job.executor)

    def run(self) -> None:
        record_event(self._job, "started", f"Attempt {self._job.attempt}")
        with Heartbeat(self._job):
            data = write_channels(self._job.dataset)
            channels = {str(name): paths.uri_of(data / name) for name in CHANNELS}
            channels |= inputs.model_channels(self._job)
        model = self._train(channels)
        report = self._judge(channels, model)
        self._finish(report, model)

    def _train(self, channels: dict[str, str]) -> tuple[str, ...]:
        spec = JobSpec(
            job=str(self._job.pk),
            attempt=self._job.attempt,
            trainer=self._trainer.name,
            module=self._trainer.module,
            hyperparameters=trainer_catalogue.hyperparameter_strings(self._job.hyperparameters),
            # The trainer does not get the held-out split: it cannot memorise what it cannot see.
            channels=tuple((name, uri) for name, uri in channels.items() if name not in {Split.TEST, "champion"}),
            resources=self._resources(),
        )
        self._follow(spec, Stage.TRAINING)
        return self._executor.collect(spec.external_id)

    def _judge(self, channels: dict[str, str], model: tuple[str, ...]) -> GateReport:
        settings = {
            "evaluator": self._trainer.evaluator,
            "trainer": self._trainer.name,
            "task": self._trainer.task,
            "thresholds": json.dumps(self._job.thresholds),
            "seed": str(self._job.hyperparameters.get("seed", 0)),
        }
        spec = JobSpec(
            job=f"{self._job.pk}.gate",
            attempt=self._job.attempt,
            trainer="gate",
            module="training.evaluation.gate",
            hyperparameters=tuple(settings.items()),
            channels=(*channels.items(), ("model", publish.folder_of(model))),
            resources=self._resources(),
        )
        self._follow(spec, Stage.JUDGING)
        file = next(uri for uri in self._executor.collect(spec.external_id) if uri.endswith(f"/{GATE_FILE}"))
        return report_from_json(json.loads(paths.path_of(file).read_text(encoding="utf-8")))

    def _resources(self) -> Resources:
        return Resources(self._job.cpus, self._job.memory_mib, self._job.gpus)

    def _follow(self, spec: JobSpec, stage: Stage) -> None:
        if not claimed_rows(self._job).update(stage=stage, heartbeat_at=timezone.now()):
            raise _AttemptOver
        self._executor.submit(spec)
        is_training = stage == Stage.TRAINING
        self._settle(ProcessMonitor(self._job, spec, self._executor, is_training=is_training).follow())

    def _settle(self, ending: ProcessEnd) -> None:
        """Return when the process has completed; else record how it ended and raise _AttemptOver."""
        if ending.is_lost:
            raise _AttemptOver
        if ending.is_good:
            return
        if ending.is_cancelled:
            outcome.end_as_cancelled(self._job)
        elif ending.failure is not None:
            outcome.end_as_failed(self._job, ending.failure, ending.detail)
        else:
            outcome.end_as_failed(self._job, classify(ending.observation), _detail(ending.observation))
        raise _AttemptOver

    def _finish(self, report: GateReport, model: tuple[str, ...]) -> None:
        verdict = GateVerdict.PASSED if report.passed else GateVerdict.FAILED
        changes = {"gate": verdict, "gate_report": report_to_json(report), "heartbeat_at": timezone.now()}
        if not claimed_rows(self._job).update(stage=Stage.PUBLISHING, **changes):
            raise _AttemptOver
        record_event(self._job, "gate", report.verdict)
        with Heartbeat(self._job):
            if report.passed:
                publish.publish(self._job, self._trainer, report, model)
            else:
                publish.keep_report(self._job)


def _detail(observation: Observation) -> str:
    return observation.detail or f"the trainer ended with status {observation.exit_status}"


EVERY_S = 5.0  # the warden's lease (20 s) and the reaper (35 s) tolerate several missed heartbeats


class Heartbeat:
    """Renews the claim in a thread: `with Heartbeat(job):`. `lost` is set when another attempt has taken the job."""

    def __init__(self, job: TrainingJob) -> None:
        self._job = job
        self._done = threading.Event()
        self.lost = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat of {job.pk}", daemon=True)

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
                continue  # the database is unavailable; the next heartbeat tries again
            finally:
                connection.close()
