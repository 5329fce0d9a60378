"""Trainers as processes on this machine. Any process on the machine can observe them through files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from training.contract.executor import JobSpec, Observation
from training.executors import run_folder
from training.executors.run_folder import RunFolder
from training.executors.warden_base import LEASE_S, FolderExecutor
from youman.core.runtime import child_process

_FRESH_S = 10.0  # a warden starts fast: one that has not written its process id by then never started


class LocalExecutor(FolderExecutor):
    """Runs trainers on this machine."""

    def __init__(self, root: Path, cwd: Path, lease_s: float = LEASE_S) -> None:
        super().__init__(root, cwd, lease_s)
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def stop(self, external_id: str) -> None:
        run = run_folder.run_folder_of(self._root, external_id)
        pid = run.live_warden_pid()
        if pid:
            _signal(pid, signal.SIGTERM)

    def _spawn(self, spec: JobSpec, run: RunFolder) -> None:
        command = [sys.executable, "-m", "training.executors.warden", str(run.folder)]
        with (run.folder / "log").open("ab") as log:
            child = child_process.spawn(command, cwd=self._cwd, output=log.fileno(), env=_environment())
        self._children[spec.external_id] = child
        try:
            run.write("warden.pid", {"pid": child.pid, "born": run_folder.process_start(child.pid)})
        except OSError:
            child.kill()  # the disk is full: without the file nobody could find the warden; its trainer ends with it
            raise

    def _look(self, external_id: str, run: RunFolder) -> Observation:
        child = self._children.get(external_id)
        if child is not None:
            child.poll()  # otherwise it stays a zombie
        if run.live_warden_pid():
            return Observation("running" if run.read("trainer.pid") else "pending")
        if not run.folder.exists():
            return Observation("failed", "The trainer was never started on this machine", is_lost=True)
        if not run.read("warden.pid") and time.time() - run.folder.stat().st_mtime < _FRESH_S:
            return Observation("pending")
        return Observation("failed", "The trainer and its warden ended without an exit status", is_lost=True)

    def _let_go(self, external_id: str) -> None:
        """Wait for the warden, which ends right after it has recorded the trainer's end."""
        child = self._children.pop(external_id, None)
        if child is not None:
            child.wait()

    def _end_earlier(self, run: RunFolder) -> None:
        for other in run_folder.other_runs(run):
            for pid in (other.live_warden_pid(), other.live_trainer_pid()):
                if pid:
                    _signal(pid, signal.SIGKILL)


def _environment() -> dict[str, str]:
    """Return the few variables that the trainer needs, so that it gets none of the server's secrets."""
    names = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV", "CUDA_VISIBLE_DEVICES")
    return {name: os.environ[name] for name in names if name in os.environ}


def _signal(pid: int, signum: int) -> None:
    try:
        os.kill(pid, signum)
    except ProcessLookupError:
        return
