"""The contracts of training: executors start trainers, and trainers follow the SageMaker container contract.

Only frozen values and protocols. It imports no Django, so that trainers and the gate run in a container without it.
docs/training.md describes the contract.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

JobPhase = Literal["pending", "queued", "running", "completed", "failed", "cancelled"]
Bound = Literal["≥", "≤"]

# Exit statuses of a trainer; any other status above 0 is an error of the trainer itself.
EXIT_USER_ERROR = 2
EXIT_DISK_FULL = 74  # a status, because an explanation in a file would need space on the full disk
EXIT_OUT_OF_MEMORY = 77
EXIT_STOPPED = 143  # stopped by SIGTERM after it kept a checkpoint


@dataclass(frozen=True, slots=True)
class Resources:
    """The resources that a job may use: CPUs, memory in MiB, GPUs."""

    cpus: int = 1
    memory_mib: int = 2048
    gpus: int = 0


@dataclass(frozen=True, slots=True)
class JobSpec:
    """Everything that an executor needs to start a process.

    `channels` pairs the name of each input folder with its URI. `job` and `attempt` determine the external id. `module`
    is what `python -m` runs (or a container image starts); `trainer` is its name in the catalogue.
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
    """The state of a process as its executor sees it now; `detail` explains a failure in a sentence.

    `is_lost` means that the process vanished without an exit status, because its machine or its warden died.
    """

    phase: JobPhase
    detail: str = ""
    exit_status: int | None = None
    is_lost: bool = False


class Executor(Protocol):
    """Starts, observes and stops trainers. Idempotent by `JobSpec.external_id`: submitting twice starts one process.

    `submit` first ends the processes of earlier attempts of the same job. `renew` renews the lease: the executor stops
    a process whose lease was not renewed, so that a supervisor without a database never leaves a second trainer
    running. `collect` returns the URIs of the files in the model folder; an executor whose files this machine cannot
    read copies them to the job's folder first, because gate and registry read `file://` URIs. `logs` returns the
    complete lines from the cursor on and the next cursor; it never waits.
    """

    def submit(self, spec: JobSpec) -> None: ...

    def observe(self, external_id: str) -> Observation: ...

    def renew(self, external_id: str) -> None: ...

    def stop(self, external_id: str) -> None: ...

    def collect(self, external_id: str) -> tuple[str, ...]: ...

    def logs(self, external_id: str, cursor: int = 0) -> tuple[tuple[str, ...], int]: ...


@dataclass(frozen=True, slots=True)
class GateFigure:
    """One figure with its 95 % interval.

    `against` says what the figure was compared with: absolute (only with the threshold), champion, base, rules or copy.
    `passed` is None if the figure is only reported and not judged.
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
    """The result of the gate; `verdict` names each figure that failed."""

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
            return "Failed: " + "; ".join(_sentence(figure) for figure in short)
        return "Passed: every judged figure meets its threshold" if self.passed else "Failed: no figure was judged"


def _sentence(figure: GateFigure) -> str:
    against = "" if figure.against == "absolute" else f" (compared with {figure.against})"
    return f"{figure.name} is {figure.value:.4g}, required {figure.bound} {figure.threshold or 0:.4g}{against}"


@dataclass(frozen=True, slots=True)
class EvaluationRequest:
    """What the gate judges: the new model on the held-out channel, compared with the base and the champion.

    `model`, `base` and `champion` are model folders. `data` contains a folder for each channel (`train`, `dev`,
    `test`), each with `pairs.jsonl`; `test` is the held-out split. `thresholds` pairs figure names with their
    thresholds; a figure without one is reported and not judged.
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
    """The function that a trainer's schema names as its `evaluator`, such as `training.evaluation.revision.evaluate`.

    It imports no Django.
    """

    def __call__(self, request: EvaluationRequest) -> GateReport: ...


def report_to_json(report: GateReport) -> dict[str, object]:
    figures = [{name: getattr(figure, name) for name in GateFigure.__slots__} for figure in report.figures]
    body: dict[str, object] = {"passed": report.passed, "verdict": report.verdict}
    return body | {"figures": figures, "notes": list(report.notes)}


def report_from_json(data: Mapping[str, object]) -> GateReport:
    figures, notes = data["figures"], data.get("notes", [])
    assert isinstance(figures, list)
    assert isinstance(notes, list)
    return GateReport(tuple(GateFigure(**figure) for figure in figures), tuple(str(note) for note in notes))
