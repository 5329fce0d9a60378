"""Trainers as processes of this machine, seen through files alone: any process of the machine can observe them.

jobs/<job>/ml/                 the /opt/ml of the job; checkpoints survive attempts
jobs/<job>/lock                held by warden and trainer as long as one of them lives
jobs/<job>/runs/<attempt>/     spec.json, warden.pid, trainer.pid, lease, log, exit.json
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from training.contracts import EXIT_DISK_FULL, EXIT_OUT_OF_MEMORY, EXIT_STOPPED, JobSpec, Observation
from training.executors import layout
from training.executors.layout import Run
from youman.core import process

_FRESH_S = 10.0
LEASE_S = 20.0  # a claim not renewed for this long ends the trainer; the reaper waits longer
_LOG_BYTES = 256 * 1024
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


class LocalExecutor:
    """One folder a job under `root`; `cwd` is where `python -m` finds the trainers."""

    def __init__(
        self, root: Path, cwd: Path, lease_s: float = LEASE_S, *, environment: Mapping[str, str] | None = None
    ) -> None:
        self._root = root
        self._cwd = cwd
        self._lease_s = lease_s
        self._environment = dict(environment or {})
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def submit(self, spec: JobSpec) -> None:
        run = layout.run_of(self._root, spec.external_id)
        try:
            run.folder.mkdir(parents=True)
        except FileExistsError:
            return
        self._end_earlier(run)
        layout.prepare(run, spec)
        base = run.job / "ml"
        environment = {"SAGEMAKER_BASE_DIR": str(base), "PYTHONUNBUFFERED": "1", "TMPDIR": str(base / "tmp")}
        environment |= self._environment | dict.fromkeys(_THREADS, str(spec.resources.cpus))
        facts = {
            "module": spec.module,
            "lock": str(run.job / "lock"),
            "environment": environment,
            "cwd": str(self._cwd),
        }
        run.write("spec.json", facts | {"memory_mib": spec.resources.memory_mib, "lease_s": self._lease_s})
        (run.folder / "lease").touch()
        self._spawn(spec.external_id, run)

    def _spawn(self, external_id: str, run: Run) -> None:
        command = [sys.executable, "-m", "training.executors.warden", str(run.folder)]
        with (run.folder / "log").open("ab") as log:
            child = process.spawn(command, cwd=self._cwd, output=log.fileno(), env=_environment())
        self._children[external_id] = child
        try:
            run.write("warden.pid", {"pid": child.pid, "born": layout.born(child.pid)})
        except OSError:
            child.kill()  # a full disk: nobody could ever find this one again; its trainer goes with it
            raise

    def observe(self, external_id: str) -> Observation:
        run = layout.run_of(self._root, external_id)
        child = self._children.get(external_id)
        if child is not None:
            child.poll()  # else it stays a zombie
        alive = run.warden_alive()
        ended = run.read("exit.json")  # after the look at the process: it writes, then ends
        if ended:
            self._let_go(external_id)
            return _ended(run, int(str(ended["status"])), str(ended["reason"]))
        if alive:
            return Observation("running" if run.read("trainer.pid") else "pending")
        if not run.folder.exists():
            return Observation("failed", "It was never started here", lost=True)
        if not run.read("warden.pid") and time.time() - run.folder.stat().st_mtime < _FRESH_S:
            return Observation("pending")
        return Observation("failed", "The trainer and its warden vanished without a word", lost=True)

    def _let_go(self, external_id: str) -> None:
        """The warden ends right after it has written how it ended."""
        child = self._children.pop(external_id, None)
        if child is not None:
            child.wait()

    def renew(self, external_id: str) -> None:
        try:
            os.utime(layout.run_of(self._root, external_id).folder / "lease")
        except FileNotFoundError:
            return

    def stop(self, external_id: str) -> None:
        run = layout.run_of(self._root, external_id)
        pid = run.warden_alive()
        if pid:
            _signal(pid, signal.SIGTERM)

    def collect(self, external_id: str) -> tuple[str, ...]:
        folder = layout.run_of(self._root, external_id).job / "ml" / "model"
        return tuple(path.as_uri() for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())

    def logs(self, external_id: str, cursor: int = 0) -> tuple[tuple[str, ...], int]:
        """Cursors are bytes. A line without an end is handed out when the bound is reached."""
        try:
            with (layout.run_of(self._root, external_id).folder / "log").open("rb") as file:
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

    def _end_earlier(self, run: Run) -> None:
        """Whatever earlier attempts left alive must be gone before the next trainer starts."""
        for other in layout.runs_beside(run):
            for pid in (other.warden_alive(), other.trainer_alive()):
                if pid:
                    _signal(pid, signal.SIGKILL)


def _environment() -> dict[str, str]:
    """The trainer gets no secret of ours: it needs a path and a locale, no more."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV", "CUDA_VISIBLE_DEVICES")
    return {name: os.environ[name] for name in kept if name in os.environ}


def _signal(pid: int, signum: int) -> None:
    try:
        os.kill(pid, signum)
    except ProcessLookupError:
        return


def _ended(run: Run, status: int, reason: str) -> Observation:
    if status == 0 and not reason:
        return Observation("completed", exit_status=0)
    said = run.failure()
    match reason:
        case "memory":
            return Observation("failed", "It took more memory than the job allows", EXIT_OUT_OF_MEMORY)
        case "disk":
            return Observation("failed", said or "No space left on device", EXIT_DISK_FULL)
        case "busy":
            return Observation("failed", "An earlier trainer of this job still holds its lock", lost=True)
        case "lease":
            return Observation("failed", "Its supervisor lost touch, so it stopped", EXIT_STOPPED, lost=True)
        case "stopped":
            return Observation("cancelled", said or "It was stopped", status if status else EXIT_STOPPED)
    if status < 0:
        name = signal.Signals(-status).name
        return Observation("failed", said or f"The trainer was killed by {name}", status)
    return Observation("failed", said or f"The trainer ended with status {status}", status)
