"""How training meets the world: executors start trainers, trainers obey the SageMaker container contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

JobPhase = Literal["pending", "queued", "running", "completed", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Resources:
    """What a job may use: whole CPUs, memory in MiB, whole GPUs."""

    cpus: int = 1
    memory_mib: int = 2048
    gpus: int = 0


@dataclass(frozen=True, slots=True)
class JobSpec:
    """Everything an executor needs. Data and artifacts are URIs; `job` and `attempt` fix the external id."""

    job: str
    attempt: int
    trainer: str
    hyperparameters: tuple[tuple[str, str], ...]
    channels: tuple[tuple[str, str], ...]
    output_uri: str
    resources: Resources = Resources()

    @property
    def external_id(self) -> str:
        return f"youman-{self.job}-{self.attempt}"


@dataclass(frozen=True, slots=True)
class Observation:
    """What an executor sees of a job now; `detail` says why, in a sentence, when it failed."""

    phase: JobPhase
    detail: str = ""
    exit_status: int | None = None


class Executor(Protocol):
    """Idempotent by `JobSpec.external_id`: submitting twice starts one job."""

    def submit(self, spec: JobSpec) -> None: ...

    def observe(self, external_id: str) -> Observation: ...

    def stop(self, external_id: str) -> None: ...

    def collect(self, external_id: str) -> tuple[str, ...]: ...

    def logs(self, external_id: str, cursor: int = 0) -> tuple[tuple[str, ...], int]: ...
