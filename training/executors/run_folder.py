"""The folder of one attempt: its files, and whether the processes that it names are still alive."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from training.contract.executor import JobSpec
from training.contract.paths import path_of
from youman.core.errors import InvalidInput

_EXTERNAL = re.compile(r"youman-([0-9A-Za-z.-]{1,80})-(\d{1,9})")
_FAILURE_LENGTH = 1_024


@dataclass(frozen=True, slots=True)
class RunFolder:
    """One attempt of one job."""

    job: Path
    folder: Path

    def read(self, name: str) -> dict[str, object]:
        """Return the object in a JSON file; {} if the file does not exist or is not valid."""
        try:
            value = json.loads((self.folder / name).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return value if isinstance(value, dict) else {}

    def write(self, name: str, data: Mapping[str, object]) -> None:
        part = self.folder / f"{name}.part"
        part.write_text(json.dumps(data), encoding="utf-8")
        part.replace(self.folder / name)

    def live_warden_pid(self) -> int:
        """Return the process id of the warden if it is alive, else 0."""
        return _alive(self.read("warden.pid"))

    def live_trainer_pid(self) -> int:
        """Return the process id of the trainer if it is alive, else 0."""
        return _alive(self.read("trainer.pid"))

    def failure(self) -> str:
        """Return the trainer's explanation of its failure. It is not trusted, so it is cut and joined into one line."""
        try:
            with (self.job / "ml" / "output" / "failure").open(encoding="utf-8", errors="replace") as file:
                return " ".join(file.read(_FAILURE_LENGTH).replace("\x00", "").split())
        except OSError:
            return ""


def run_folder_of(root: Path, external_id: str) -> RunFolder:
    """Return the folder of a run. Raises InvalidInput when the text is not an external id of a job."""
    found = _EXTERNAL.fullmatch(external_id)
    if found is None or ".." in found[1]:
        raise InvalidInput(f"{external_id[:100]!r} is not an external id of a job")
    job = root / found[1]
    return RunFolder(job, job / "runs" / found[2])


def other_runs(run: RunFolder) -> Iterator[RunFolder]:
    for folder in run.folder.parent.iterdir():
        if folder != run.folder:
            yield RunFolder(run.job, folder)


def prepare(run: RunFolder, spec: JobSpec) -> None:
    """Prepare the /opt/ml of the attempt: keep the checkpoints, delete model and output of the attempt before."""
    base = run.job / "ml"
    for name in ("model", "output", "input", "tmp"):
        shutil.rmtree(base / name, ignore_errors=True)
    for name in ("model", "output/data", "input/config", "input/data", "checkpoints", "tmp"):
        (base / name).mkdir(parents=True, exist_ok=True)
    resources = spec.resources
    facts: dict[str, dict[str, object]] = {
        "hyperparameters": dict(spec.hyperparameters),
        "inputdataconfig": {name: {} for name, _ in spec.channels},
        "resourceconfig": {
            "current_host": "algo-1",
            "hosts": ["algo-1"],
            "cpus": resources.cpus,
            "memory_mib": resources.memory_mib,
            "gpus": resources.gpus,
        },
    }
    for name, content in facts.items():
        (base / "input" / "config" / f"{name}.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
    for name, uri in spec.channels:
        (base / "input" / "data" / name).symlink_to(path_of(uri), target_is_directory=True)


def process_start(pid: int) -> int:
    """Return the start time of a process in clock ticks, which together with its id identifies it; 0 without /proc."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return 0


def _alive(known: Mapping[str, object]) -> int:
    pid = int(str(known.get("pid", 0)))
    if not pid:
        return 0
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except ProcessLookupError:
        return 0
    except OSError:
        return pid  # /proc is missing, or the process belongs to another user
    recorded = known.get("born")
    return 0 if state == "Z" or (recorded and recorded != process_start(pid)) else pid
