"""What both sides of the registry's benchmark share: a server in its own process group, load, CPU time, memory."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.registry_load import Job
from youman.core.runtime import child_process

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 4
MIB = 1024 * 1024
UPLOAD_MIB = 200


@dataclass(frozen=True, slots=True)
class Measured:
    """`cpu_ms` is the server's processor time an operation, user and system, all its processes."""

    rps: float
    p50_ms: float
    cpu_ms: float


@dataclass(slots=True)
class Server:
    port: int
    pid: int
    headers: dict[str, str]
    figures: dict[str, Measured] = field(default_factory=dict)

    def load(
        self, name: str, method: str, paths: list[str], bodies: list[str] | None = None, *, clients: int = 1,
        seconds: float = 4.0,
    ) -> Measured:  # fmt: skip
        """Half a second to warm up, then the measured run."""
        job = Job(self.port, self.headers, clients, 0.5, method, paths, bodies or [])
        _run(job)
        before = cpu_s(self.pid)
        found = _run(Job(self.port, self.headers, clients, seconds, method, paths, bodies or []))
        cpu = 1000 * (cpu_s(self.pid) - before) / found["requests"]
        self.figures[name] = Measured(found["rps"], found["p50_ms"], cpu)
        return self.figures[name]

    def call(self, method: str, path: str, body: object = None) -> dict[str, object]:
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        data = json.dumps(body) if body is not None else None
        wire.request(method, path, data, self.headers | ({"Content-Type": "application/json"} if data else {}))
        answer = wire.getresponse()
        text = answer.read()
        wire.close()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path} answered {answer.status}: {text[:300]!r}")
        found: dict[str, object] = json.loads(text) if text.strip() else {}
        return found

    def upload(self, path: str, file: Path) -> tuple[float, float]:
        """MiB a second, and how many MB the server's processes grew at most."""
        before, most = resident_mb(self.pid), 0.0
        started = time.perf_counter()
        with file.open("rb") as source:
            wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
            wire.putrequest("PUT", path)
            for name, value in (self.headers | {"Content-Length": str(file.stat().st_size)}).items():
                wire.putheader(name, value)
            wire.endheaders()
            sent = 0
            while data := source.read(MIB):
                wire.send(data)
                sent += 1
                if sent % 20 == 0:
                    most = max(most, resident_mb(self.pid))
            answer = wire.getresponse()
            text = answer.read()
        spent = time.perf_counter() - started
        if answer.status >= 300:
            raise RuntimeError(f"upload answered {answer.status}: {text[:300]!r}")
        return file.stat().st_size / MIB / spent, max(0.0, most - before)


def _run(job: Job) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.registry_load"]
    given = json.dumps(asdict(job))
    done = subprocess.run(command, cwd=ROOT, check=True, input=given, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


@contextmanager
def serving(
    command: list[str], port: int, environment: Mapping[str, str], headers: dict[str, str], log: Path
) -> Iterator[Server]:
    """The server, once it listens."""
    with log.open("wb") as output:
        child = child_process.spawn(command, env=environment, cwd=ROOT, output=output.fileno())
    try:
        _wait_for(port, child, log)
        yield Server(port, child.pid, headers)
    finally:
        child_process.stop(child)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, child: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and child.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            time.sleep(3)  # the other workers
            return
    raise RuntimeError(f"the server did not start: {log.read_text()[-2000:]}")


def _group(leader: int) -> Iterator[tuple[Path, list[str]]]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == leader:
            yield stat.parent, fields


def cpu_s(leader: int) -> float:
    ticks = sum(int(fields[11]) + int(fields[12]) for _, fields in _group(leader))
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_mb(leader: int) -> float:
    """Memory of the group, shared pages counted once a process (as the kernel's RSS does)."""
    pages = 0
    for folder, _ in _group(leader):
        try:
            pages += int((folder / "statm").read_text().split()[1])
        except OSError:
            continue
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
