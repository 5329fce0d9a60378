"""Private servers for measuring: an installation of its own, its API and workers, their CPU time and memory."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.support.data import ROOT
from benchmarks.support.load import Job
from benchmarks.support.load import measure as measure_load
from tests.services import postgres, valkey
from tests.services.ports import free_port, wait_for
from youman.core.runtime import child_process

MIB = 1024 * 1024


def private_installation(stack: ExitStack, **extra: str) -> dict[str, str]:
    """Return the environment of a migrated installation with a PostgreSQL, a Redis and a var folder of its own.

    All of it goes away with the stack.
    """
    environment = os.environ | {
        "YOUMAN_VAR": stack.enter_context(tempfile.TemporaryDirectory(prefix="youman-bench-")),
        "DATABASE_URL": stack.enter_context(postgres.running()),
        "REDIS_URL": stack.enter_context(valkey.running()),
        "LOG_LEVEL": "WARNING",
        **extra,
    }
    manage(environment, "migrate", "--verbosity", "0")
    manage(environment, "sync_catalogue", "--verbosity", "0")
    return environment


def manage(environment: Mapping[str, str], *arguments: str) -> str:
    """Run `manage.py` and return what it printed. Raises CalledProcessError when it fails."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, env=dict(environment), cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def run_inside(environment: Mapping[str, str], function: str, *arguments: str | int) -> list[str]:
    """Call `package.module.function` in a process of the installation; return the lines of what it returned."""
    module, _, name = function.rpartition(".")
    script = f"from {module} import {name}; print({name}(*{arguments!r}))"
    return manage(environment, "shell", "--no-imports", "-c", script).strip().splitlines()


@dataclass(frozen=True, slots=True)
class ServerLoad:
    """Requests per second, median latency, and the server's processor time per request (all its processes)."""

    rps: float
    p50_ms: float
    cpu_ms: float


@dataclass(slots=True)
class Server:
    """A running HTTP server; `loads` keeps what each named load measured."""

    port: int
    pid: int
    headers: dict[str, str]
    loads: dict[str, ServerLoad] = field(default_factory=dict)

    def load(
        self, name: str, method: str, paths: list[str], bodies: list[str] | None = None, *, clients: int = 1,
        seconds: float = 4.0,
    ) -> ServerLoad:  # fmt: skip
        """Warm up for half a second, then measure for `seconds`."""
        measure_load(Job(self.port, self.headers, clients, 0.5, method, paths, bodies or []))
        before = cpu_s(self.pid)
        result = measure_load(Job(self.port, self.headers, clients, seconds, method, paths, bodies or []))
        cpu_ms = 1000 * (cpu_s(self.pid) - before) / result.requests
        self.loads[name] = ServerLoad(result.rps, result.p50_ms, cpu_ms)
        return self.loads[name]

    def call(self, method: str, path: str, body: object = None) -> dict[str, object]:
        """Send one request and return the JSON answer. Raises RuntimeError when the server refuses it."""
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
        """Send a file; return MiB per second and by how many MB the server's processes grew at their peak."""
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


@contextmanager
def api_server(environment: Mapping[str, str], *, workers: int = 2, key: str = "") -> Iterator[Server]:
    """Run the product's own ASGI application under uvicorn."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "youman.asgi:application", "--workers", str(workers), "--port",
               str(port), "--log-level", "warning", "--no-access-log"]  # fmt: skip
    log = Path(environment["YOUMAN_VAR"], "bench-api.log")
    with http_server(command, port, environment, {"Authorization": f"Bearer {key}"} if key else {}, log) as server:
        yield server


@contextmanager
def http_server(
    command: list[str], port: int, environment: Mapping[str, str], headers: dict[str, str], log: Path
) -> Iterator[Server]:
    """Run a server that listens on `port`. Raises AssertionError with the end of its log when it does not start."""
    with log.open("wb") as output:
        child = child_process.spawn(command, env=environment, cwd=ROOT, output=output.fileno())
    try:
        wait_for(port, child, log)
        time.sleep(3)  # the first worker answers; the others are still importing
        yield Server(port, child.pid, headers)
    finally:
        child_process.stop(child)


@contextmanager
def queue_worker(environment: Mapping[str, str], queue: str) -> Iterator[int]:
    """Run a Celery worker with one process for a queue; yields the id of its process group."""
    command = [sys.executable, "-m", "celery", "-A", "youman", "worker", "-c", "1", "-Q", queue, "-l", "WARNING"]
    child = child_process.spawn(command, env=environment, cwd=ROOT, output=subprocess.DEVNULL)
    try:
        yield child.pid
    finally:
        child_process.stop(child)


def cpu_s(leader: int) -> float:
    """Return the processor time that a process group has used, in seconds."""
    ticks = sum(int(fields[11]) + int(fields[12]) for _, fields in _group(leader))
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_mb(leader: int) -> float:
    """Return the memory of a process group in MB; shared pages count for each process, as in the kernel's RSS."""
    pages = 0
    for folder, _ in _group(leader):
        try:
            pages += int((folder / "statm").read_text().split()[1])
        except OSError:
            continue
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _group(leader: int) -> Iterator[tuple[Path, list[str]]]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == leader:
            yield stat.parent, fields
