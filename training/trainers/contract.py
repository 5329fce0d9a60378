"""The trainer's side of the container contract (docs/training.md): input folders, progress output and exit statuses.

All trainers use it. It imports no Django.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from training.contract.executor import EXIT_DISK_FULL, EXIT_OUT_OF_MEMORY, EXIT_STOPPED, EXIT_USER_ERROR

FORMAT = 1
LONGEST_FAILURE = 1024
EXIT_TRAINER_ERROR = 1
_DEFAULT_BASE = "/opt/ml"
Ports = tuple[tuple[str, str, tuple[int, ...]], ...]  # name, dtype, shape
Files = Mapping[str, tuple[str, bytes | Path]]  # path in the model folder → type, and bytes or a file to move there


class UserError(Exception):
    """The hyperparameters or the data are unusable; the message says what to change."""


class TrainerError(Exception):
    """The run failed for another reason; the message says what happened and what may help."""


class StopRequested(BaseException):
    """SIGTERM was received. Not an Exception, so that no handler on the way catches it."""


@dataclass(frozen=True, slots=True)
class TrainerJob:
    """The folders of one run."""

    base: Path
    hyperparameters: Mapping[str, str]

    def channel(self, name: str) -> Path | None:
        path = self.base / "input" / "data" / name / "pairs.jsonl"
        return path if path.exists() else None

    @property
    def checkpoints(self) -> Path:
        return self.base / "checkpoints"

    @property
    def model(self) -> Path:
        return self.base / "model"

    @property
    def cpus(self) -> int:
        """Return the number of CPUs of the job; if it is not configured, of those that this process may use."""
        path = self.base / "input" / "config" / "resourceconfig.json"
        try:
            return max(1, int(json.loads(path.read_text("utf-8"))["cpus"]))
        except (OSError, ValueError, KeyError, TypeError):
            return len(os.sched_getaffinity(0))

    def flag(self, name: str, default: bool) -> bool:
        """Return a hyperparameter as a boolean. Raises UserError for anything but true and false."""
        value = self.hyperparameters.get(name, str(default)).lower()
        if value not in {"true", "false"}:
            raise UserError(f"{name} must be true or false, not {value!r}")
        return value == "true"

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        return int(self.number(name, default, low, high))

    def number(self, name: str, default: float, low: float, high: float) -> float:
        """Return a hyperparameter as a number from `low` to `high`, both included. Raises UserError."""
        text = self.hyperparameters.get(name, default)
        try:
            value = float(text)
        except ValueError:
            raise UserError(f"{name} must be a number from {low:g} to {high:g}, not {text!r}") from None
        if not low <= value <= high:
            raise UserError(f"{name} must be from {low:g} to {high:g}, not {value:g}")
        return value


def run(train: Callable[[TrainerJob], None]) -> int:
    """Run `train` under the contract and return the exit status."""
    base = Path(os.environ.get("SAGEMAKER_BASE_DIR", _DEFAULT_BASE))
    signal.signal(signal.SIGTERM, _stop)
    try:
        train(_job(base))
    except StopRequested:
        return EXIT_STOPPED
    except MemoryError:
        return _failed(
            base, "The trainer ran out of memory; give the job more memory or fewer pairs", EXIT_OUT_OF_MEMORY
        )
    except UserError as error:
        return _failed(base, str(error), EXIT_USER_ERROR)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        # The log is on the same disk: flushing the streams at exit would fail and change the status.
        sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115  # until the process ends
        return EXIT_DISK_FULL
    except TrainerError as error:
        return _failed(base, str(error), EXIT_TRAINER_ERROR)
    return 0


@dataclass(slots=True)
class StopFlag:
    """Whether SIGTERM was received."""

    is_set: bool = False


@contextmanager
def stop_flag() -> Iterator[StopFlag]:
    """Record SIGTERM instead of ending inside the block, so that a trainer that checks the flag can save a checkpoint.

    Raises StopRequested at the end of the block if the signal was received.
    """
    halt = StopFlag()

    def note(_signal: int, _frame: FrameType | None) -> None:
        halt.is_set = True

    before = signal.signal(signal.SIGTERM, note)
    try:
        yield halt
    finally:
        signal.signal(signal.SIGTERM, before)
    if halt.is_set:
        raise StopRequested  # received after the last check; finished work has been saved


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise StopRequested


def _job(base: Path) -> TrainerJob:
    path = base / "input" / "config" / "hyperparameters.json"
    try:
        values = json.loads(path.read_text("utf-8")) if path.exists() else {}
    except ValueError as error:
        raise UserError(f"hyperparameters.json is not JSON: {error}") from error
    if not isinstance(values, dict):
        raise UserError("hyperparameters.json must contain one flat object")
    for folder in (base / "checkpoints", base / "model", base / "output"):
        folder.mkdir(parents=True, exist_ok=True)
    return TrainerJob(base, {str(key): str(value) for key, value in values.items()})


def _failed(base: Path, sentence: str, status: int) -> int:
    output = base / "output"
    output.mkdir(parents=True, exist_ok=True)
    (output / "failure").write_text(sentence[:LONGEST_FAILURE], "utf-8")
    print(sentence, file=sys.stderr)  # noqa: T201  # the log is standard error
    return status


def report(**line: object) -> None:
    """Write one JSON line of progress and flush it."""
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def note_base(job: TrainerJob) -> None:
    """Report, for a trainer that always starts from zero, that it does not continue from the job's base version."""
    if (job.base / "input" / "data" / "base").exists():
        message = "this trainer starts from zero; the base version is used only for the comparison at the gate"
        report(type="note", message=message)


@dataclass(frozen=True, slots=True)
class ModelDescription:
    """The fields of the manifest in addition to its files."""

    trainer: str
    task: str
    framework: str
    architecture: str
    metrics: Mapping[str, float]
    config: Mapping[str, object]
    inputs: Ports = ()
    outputs: Ports = ()


def publish(job: TrainerJob, card: ModelDescription, files: Files) -> None:
    """Write the model folder. The manifest comes last, so that a folder with a manifest is complete."""
    listed = []
    for path, (type_, data) in sorted(files.items()):
        size, digest = _put(job.model / path, data)
        listed.append({"path": path, "type": type_, "size": size, "sha256": digest})
    body: dict[str, object] = {
        "format": FORMAT, "trainer": card.trainer, "task": card.task, "framework": card.framework,
        "architecture": card.architecture, "files": listed, "metrics": dict(card.metrics), "config": dict(card.config),
    }  # fmt: skip
    for name, shapes in (("inputs", card.inputs), ("outputs", card.outputs)):
        if shapes:
            body[name] = [{"name": one, "dtype": dtype, "shape": list(shape)} for one, dtype, shape in shapes]
    write_whole(job.model / "manifest.json", (json.dumps(body, indent=1, sort_keys=True) + "\n").encode())


def _put(path: Path, data: bytes | Path) -> tuple[int, str]:
    if isinstance(data, bytes):
        write_whole(path, data)
        return len(data), hashlib.sha256(data).hexdigest()
    path.parent.mkdir(parents=True, exist_ok=True)
    data.replace(path)
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, data: bytes) -> None:
    """Write a file under another name and rename it, so that neither a reader nor a crash leaves half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(data)
    partial.replace(path)
