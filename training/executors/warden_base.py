"""The common part of executors that run a warden with each trainer and observe both through files, one folder per job.

jobs/<job>/ml/                 the /opt/ml of the job; checkpoints survive attempts
jobs/<job>/lock                held by warden and trainer as long as one of them lives
jobs/<job>/runs/<attempt>/     spec.json, warden.pid, trainer.pid, lease, log, exit.json

A subclass decides where the warden runs, on this machine or in a pod that mounts the folder at the same path. It
implements `_end_earlier`, `_spawn`, `_look` and `stop`.
"""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

from training.contract.executor import EXIT_DISK_FULL, EXIT_OUT_OF_MEMORY, EXIT_STOPPED, JobSpec, Observation
from training.executors import run_folder
from training.executors.run_folder import RunFolder

LEASE_S = 20.0  # the warden stops the trainer when the lease was not renewed for this long; the reaper waits longer
_LOG_BYTES = 256 * 1024
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


class FolderExecutor:
    """An executor with one folder per job under `root`; `cwd` is the directory in which `python -m` finds trainers."""

    def __init__(self, root: Path, cwd: Path, lease_s: float = LEASE_S) -> None:
        self._root = root
        self._cwd = cwd
        self._lease_s = lease_s
        self.environment: dict[str, str] = {}  # additional variables for every trainer; never a secret

    def submit(self, spec: JobSpec) -> None:
        run = run_folder.run_folder_of(self._root, spec.external_id)
        try:
            run.folder.mkdir(parents=True)
        except FileExistsError:
            return
        self._end_earlier(run)
        run_folder.prepare(run, spec)
        base = run.job / "ml"
        environment = {"SAGEMAKER_BASE_DIR": str(base), "PYTHONUNBUFFERED": "1", "TMPDIR": str(base / "tmp")}
        environment |= self.environment | dict.fromkeys(_THREADS, str(spec.resources.cpus))
        facts = {
            "module": spec.module,
            "lock": str(run.job / "lock"),
            "environment": environment,
            "cwd": str(self._cwd),
        }
        run.write("spec.json", facts | {"memory_mib": spec.resources.memory_mib, "lease_s": self._lease_s})
        (run.folder / "lease").touch()
        self._spawn(spec, run)

    def observe(self, external_id: str) -> Observation:
        run = run_folder.run_folder_of(self._root, external_id)
        observation = self._look(external_id, run)
        end = run.read("exit.json")  # read after the warden was checked: the warden writes it before it ends
        if end:
            self._let_go(external_id)
            return _ended(run, int(str(end["status"])), str(end["reason"]))
        return observation

    def renew(self, external_id: str) -> None:
        try:
            os.utime(run_folder.run_folder_of(self._root, external_id).folder / "lease")
        except FileNotFoundError:
            return

    def stop(self, external_id: str) -> None:
        raise NotImplementedError

    def collect(self, external_id: str) -> tuple[str, ...]:
        folder = run_folder.run_folder_of(self._root, external_id).job / "ml" / "model"
        return tuple(path.as_uri() for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())

    def logs(self, external_id: str, cursor: int = 0) -> tuple[tuple[str, ...], int]:
        """Return complete lines from the cursor (in bytes) on, and the next cursor.

        An incomplete line is returned only if it fills the whole buffer.
        """
        try:
            with (run_folder.run_folder_of(self._root, external_id).folder / "log").open("rb") as file:
                file.seek(cursor)
                data = file.read(_LOG_BYTES)
        except FileNotFoundError:
            return (), cursor
        whole = data if len(data) == _LOG_BYTES and b"\n" not in data else data[: data.rfind(b"\n") + 1]
        lines = whole.decode("utf-8", "replace").splitlines()
        return tuple(lines), cursor + len(whole)

    def forget(self, job: str) -> None:
        """Remove all files of a job."""
        shutil.rmtree(self._root / job, ignore_errors=True)

    def _end_earlier(self, run: RunFolder) -> None:
        """End all processes of earlier attempts before the next trainer starts."""
        raise NotImplementedError

    def _spawn(self, spec: JobSpec, run: RunFolder) -> None:
        """Start the warden of this run."""
        raise NotImplementedError

    def _look(self, external_id: str, run: RunFolder) -> Observation:
        """Observe a run that has not recorded its end."""
        raise NotImplementedError

    def _let_go(self, external_id: str) -> None:
        """Release what belongs to a run whose end was observed."""


def _ended(run: RunFolder, status: int, reason: str) -> Observation:
    if status == 0 and not reason:
        return Observation("completed", exit_status=0)
    explanation = run.failure()
    match reason:
        case "memory":
            return Observation("failed", "The trainer used more memory than the job allows", EXIT_OUT_OF_MEMORY)
        case "disk":
            return Observation("failed", explanation or "No space left on device", EXIT_DISK_FULL)
        case "busy":
            return Observation("failed", "An earlier trainer of this job still holds its lock", is_lost=True)
        case "lease":
            detail = "The supervisor no longer renewed the lease, so the trainer was stopped"
            return Observation("failed", detail, EXIT_STOPPED, is_lost=True)
        case "stopped":
            detail = explanation or "The trainer was stopped on request"
            return Observation("cancelled", detail, status if status else EXIT_STOPPED)
    if status < 0:
        name = signal.Signals(-status).name
        return Observation("failed", explanation or f"The trainer was killed by {name}", status)
    return Observation("failed", explanation or f"The trainer ended with status {status}", status)
