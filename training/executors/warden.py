"""`python -m training.executors.warden RUN`: the process between the supervisor and one trainer.

It stops the trainer on request, when the supervisor dies or no longer renews the lease, and when the trainer uses more
memory than allowed; and it records how the trainer ended. Warden and trainer hold the job's lock, so that two trainers
of a job never run at once. Imports no Django.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

GRACE_S = 8.0  # time for a checkpoint; lease and grace together end before the reaper acts (35 s)
_TICK_S = 0.1  # a short poll, which costs a waitpid and two stats, so that the end of a trainer is noticed quickly
_LOCK_WAIT_S = 10.0  # longer than the grace period of the previous trainer, which may still hold the lock
_MIB = 1024 * 1024
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_CONTRACT_STATUSES = frozenset({0, 2, 74, 77, 143})  # statuses with a meaning in the contract
_LEAST_FREE = 256 * 1024  # bytes; with less free space, a failure without a reason is attributed to the full disk
_PR_SET_PDEATHSIG = 1  # of <sys/prctl.h>; Python has no name for it


class Warden:
    """Runs one trainer.

    `reason` says why the trainer was stopped: stopped (on request), lease or memory. It is disk if the trainer failed
    because the disk was full, and empty if it ended by itself for another reason. `peak_mib` is in MiB.
    """

    def __init__(self, run: Path) -> None:
        self.run_folder = run
        self.spec = json.loads((run / "spec.json").read_text(encoding="utf-8"))
        self.reason = ""
        self.peak_mib = 0
        self._stop_requested_at: float | None = None
        self._stopping_since: float | None = None

    def main(self) -> int:
        _reserve(self.run_folder / "exit.part")
        try:
            return self._run()
        except OSError as error:
            if error.errno not in _FULL:
                raise
            return self._end(1, "disk")  # the trainer ends with this process

    def _run(self) -> int:
        signal.signal(signal.SIGTERM, self._request_stop)
        signal.signal(signal.SIGINT, self._request_stop)
        lock = self._lock()
        if lock is None:
            return self._end(1, "busy")
        if self._stop_requested_at is not None:
            return self._end(143, "stopped")
        with (self.run_folder / "log").open("ab", buffering=0) as log:
            child = self._start(log.fileno(), lock)
        _write(self.run_folder / "trainer.pid", {"pid": child.pid, "born": _born(child.pid)})
        status = self._watch(child)
        _kill_group(child.pid, signal.SIGKILL)  # processes that the trainer itself had started
        is_full = status not in _CONTRACT_STATUSES and not self.reason and _free(self.run_folder) < _LEAST_FREE
        return self._end(status, "disk" if is_full else self.reason)

    def _request_stop(self, signum: int, frame: FrameType | None) -> None:
        del signum, frame
        self._stop_requested_at = self._stop_requested_at or time.monotonic()

    def _lock(self) -> int | None:
        descriptor = os.open(self.spec["lock"], os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + _LOCK_WAIT_S
        while True:
            try:  # the trainer inherits it: while one of the two processes lives, no other trainer of this job starts
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    return None
                time.sleep(0.05)
            else:
                return descriptor

    def _start(self, log: int, lock: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-u", "-m", self.spec["module"]],
            env=os.environ | self.spec["environment"],
            cwd=self.spec["cwd"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            process_group=0,
            pass_fds=(lock,),
            preexec_fn=_die_with_parent,
        )

    def _watch(self, child: subprocess.Popen[bytes]) -> int:
        while True:
            try:
                return child.wait(_TICK_S)
            except subprocess.TimeoutExpired:
                self._check(child)

    def _check(self, child: subprocess.Popen[bytes]) -> None:
        if self._stopping_since is not None:
            if time.monotonic() - self._stopping_since > GRACE_S:
                _kill_group(child.pid, signal.SIGKILL)
            return
        used = _memory_mib(child.pid)
        self.peak_mib = max(self.peak_mib, used)
        if used > self.spec["memory_mib"]:
            self.reason = "memory"
            _kill_group(child.pid, signal.SIGKILL)
        elif self._stop_requested_at is not None:
            self._stop(child, "stopped")
        elif self._lease_age() > self.spec["lease_s"]:
            self._stop(child, "lease")

    def _stop(self, child: subprocess.Popen[bytes], reason: str) -> None:
        self.reason, self._stopping_since = reason, time.monotonic()
        _kill_group(child.pid, signal.SIGTERM)

    def _lease_age(self) -> float:
        try:
            return time.time() - (self.run_folder / "lease").stat().st_mtime
        except OSError:
            return float("inf")

    def _end(self, status: int, reason: str) -> int:
        _write(self.run_folder / "exit.json", {"status": status, "reason": reason, "peak_mib": self.peak_mib})
        return 0


def _write(path: Path, data: dict[str, object]) -> None:
    """Write a file. It reuses space that was reserved for it, if there is any, so that it works on a full disk."""
    part = path.with_suffix(".part")
    with part.open("r+b" if part.exists() else "wb", buffering=0) as file:
        file.write(json.dumps(data).encode())
        file.truncate()
    part.replace(path)


def _reserve(path: Path) -> None:
    path.write_bytes(b" " * 512)


def _free(folder: Path) -> int:
    stats = os.statvfs(folder)
    return stats.f_bavail * stats.f_frsize


def _die_with_parent() -> None:
    """Make the trainer end together with its warden, however the warden ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _kill_group(pid: int, signum: int) -> None:
    try:
        os.killpg(pid, signum)
    except (ProcessLookupError, PermissionError):
        return


def _born(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return 0


def _memory_mib(group: int) -> int:
    """Return the resident memory of a process group in MiB; 0 without /proc."""
    total = 0
    try:
        entries = [entry for entry in os.scandir("/proc") if entry.name.isdigit()]
    except OSError:
        return 0
    for entry in entries:
        try:
            stat = Path(entry.path, "stat").read_text().rpartition(")")[2].split()
            if int(stat[2]) == group:
                total += int(stat[21]) * os.sysconf("SC_PAGE_SIZE")
        except (OSError, ValueError, IndexError):
            continue  # the process has ended since the folder was listed
    return total // _MIB


if __name__ == "__main__":
    sys.exit(Warden(Path(sys.argv[1])).main())
