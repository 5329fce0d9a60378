"""How training meets the world: executors start trainers, trainers obey the SageMaker container contract.

Frozen values and protocols only; imports no Django, so that trainers and the gate run in a bare container.
The contract in words is docs/training.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

JobPhase = Literal["pending", "queued", "running", "completed", "failed", "cancelled"]
Bound = Literal["≥", "≤"]

# Exit statuses of a trainer; anything else above 0 is an error of the trainer itself.
EXIT_USER_ERROR = 2
EXIT_DISK_FULL = 74  # a status, since a sentence in a file would need the room that there is not
EXIT_OUT_OF_MEMORY = 77
EXIT_STOPPED = 143  # stopped by SIGTERM with a checkpoint kept


@dataclass(frozen=True, slots=True)
class Resources:
    """What a job may use: whole CPUs, memory in MiB, whole GPUs."""

    cpus: int = 1
    memory_mib: int = 2048
    gpus: int = 0


@dataclass(frozen=True, slots=True)
class JobSpec:
    """Everything an executor needs. Data and artifacts are URIs; `job` and `attempt` fix the external id.

    `module` is what `python -m` runs (or what a container image starts); `trainer` is its name in the catalogue.
    """

    job: str
    attempt: int
    trainer: str
    hyperparameters: tuple[tuple[str, str], ...]
    channels: tuple[tuple[str, str], ...]
    resources: Resources = Resources()
    module: str = ""

    @property
    def external_id(self) -> str:
        return f"youman-{self.job}-{self.attempt}"


@dataclass(frozen=True, slots=True)
class Observation:
    """What an executor sees of a job now; `detail` says why, in a sentence, when it failed.

    `lost` means that the process vanished without an exit status: its machine, or its keeper, died.
    """

    phase: JobPhase
    detail: str = ""
    exit_status: int | None = None
    is_lost: bool = False


class Executor(Protocol):
    """Idempotent by `JobSpec.external_id`: submitting twice starts one job, stopping twice stops it once.

    `submit` ends what is left of earlier attempts of the same job first. A job whose claim is not renewed is stopped
    by the executor itself where it can (`local` does), so that a supervisor cut off from the database never leaves
    a second trainer behind. `collect` answers the URIs of the files of the model directory; an executor that trains
    where this machine cannot read brings them to the job's folder first: gate and registry read `file://` URIs.
    `logs` answers complete lines from the cursor on, and the next cursor; it never waits.
    """

    def submit(self, spec: JobSpec) -> None: ...

    def observe(self, external_id: str) -> Observation: ...

    def renew(self, external_id: str) -> None: ...

    def stop(self, external_id: str) -> None: ...

    def collect(self, external_id: str) -> tuple[str, ...]: ...

    def logs(self, external_id: str, cursor: int = 0) -> tuple[tuple[str, ...], int]: ...


@dataclass(frozen=True, slots=True)
class GateFigure:
    """One judged figure with its interval. `against` says what `threshold` is: absolute, champion, base, rules, copy.

    `passed` None: measured for the report, not judged.
    """

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    threshold: float | None = None
    bound: Bound = "≥"
    passed: bool | None = None
    against: str = "absolute"


@dataclass(frozen=True, slots=True)
class GateReport:
    """What the gate found; `verdict` names each figure that fell short."""

    figures: tuple[GateFigure, ...]
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        judged = [figure for figure in self.figures if figure.passed is not None]
        return bool(judged) and all(figure.passed for figure in judged)

    @property
    def verdict(self) -> str:
        short = [figure for figure in self.figures if figure.passed is False]
        if short:
            return "Failed: " + "; ".join(_said(figure) for figure in short)
        return "Passed: every judged figure holds" if self.passed else "Failed: no figure was judged"


def _said(figure: GateFigure) -> str:
    against = "" if figure.against == "absolute" else f" ({figure.against})"
    return f"{figure.name} is {figure.value:.4g}, wanted {figure.bound} {figure.threshold or 0:.4g}{against}"


@dataclass(frozen=True, slots=True)
class EvaluationRequest:
    """What the gate judges: the new model's folder on the held-out channel, beside the base and the champion.

    `data` holds a folder a channel (`train`, `dev`, `test`), each with `pairs.jsonl`; `test` is the held-out split.
    `thresholds` are by figure name; a figure without one is reported and not judged.
    """

    task: str
    trainer: str
    model: Path
    data: Path
    base: Path | None = None
    champion: Path | None = None
    thresholds: tuple[tuple[str, float], ...] = ()
    seed: int = 0


class Evaluator(Protocol):
    """`training.evaluation.revision.evaluate`, or what a trainer's schema names as its `evaluator`. Pure: no Django."""

    def __call__(self, request: EvaluationRequest) -> GateReport: ...


def report_to_json(report: GateReport) -> dict[str, object]:
    figures = [{name: getattr(one, name) for name in GateFigure.__slots__} for one in report.figures]
    body: dict[str, object] = {"passed": report.passed, "verdict": report.verdict}
    return body | {"figures": figures, "notes": list(report.notes)}


def report_from_json(data: Mapping[str, object]) -> GateReport:
    figures, notes = data["figures"], data.get("notes", [])
    assert isinstance(figures, list)
    assert isinstance(notes, list)
    return GateReport(tuple(GateFigure(**one) for one in figures), tuple(str(note) for note in notes))
