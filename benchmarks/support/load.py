"""A cheap HTTP client in a process of its own: `python -m benchmarks.support.load < JOB.json` prints JSON.

Raw asyncio streams with keep-alive, so that the client takes little of the cores that it shares with the server.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import count

from benchmarks.support.data import ROOT


@dataclass(frozen=True, slots=True)
class Job:
    """Requests to send to 127.0.0.1: paths and bodies in turn, by several clients at once.

    `seconds` is how long to go on; None sends each body once.
    """

    port: int
    headers: dict[str, str]
    clients: int
    seconds: float | None
    method: str
    paths: list[str]
    bodies: list[str]


@dataclass(frozen=True, slots=True)
class LoadResult:
    """How many requests were answered, how many per second, and latencies in milliseconds."""

    requests: int
    rps: float
    p50_ms: float
    p95_ms: float


def measure(job: Job) -> LoadResult:
    """Run the job in a process of its own. Raises CalledProcessError when a request is refused."""
    command = [sys.executable, "-m", "benchmarks.support.load"]
    job_json = json.dumps(asdict(job))
    done = subprocess.run(command, cwd=ROOT, check=True, input=job_json, stdout=subprocess.PIPE, text=True)
    return LoadResult(**json.loads(done.stdout))


def requests(job: Job) -> Iterator[bytes]:
    """Yield requests for whichever client is free; `{n}` in a path or body becomes a number never used before."""
    head = "".join(f"{name}: {value}\r\n" for name, value in job.headers.items())
    start = time.time_ns() // 1000
    for n in count() if job.seconds is not None else range(len(job.bodies)):
        path = job.paths[n % len(job.paths)].replace("{n}", str(start + n))
        body = job.bodies[n % len(job.bodies)].replace("{n}", str(start + n)).encode() if job.bodies else b""
        kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        yield f"{job.method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{job.port}\r\n{head}{kind}\r\n".encode() + body


async def client(port: int, todo: Iterator[bytes], until: float, latencies: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < until and (request := next(todo, b"")):
        started = time.perf_counter()
        writer.write(request)
        await writer.drain()
        status, body = await _answer(reader)
        latencies.append(time.perf_counter() - started)
        if status >= 300:
            raise RuntimeError(f"answered {status}: {body[:300]!r} to {request[:200]!r}")
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
    body = b""
    if fields.get("transfer-encoding") == "chunked":
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
    else:
        body = await reader.readexactly(int(fields.get("content-length", 0)))
    return int(head[0].split()[1]), body


async def run(job: Job) -> LoadResult:
    latencies: list[float] = []
    todo = requests(job)
    started = time.perf_counter()
    until = float("inf") if job.seconds is None else started + job.seconds
    await asyncio.gather(*(client(job.port, todo, until, latencies) for _ in range(job.clients)))
    wall = time.perf_counter() - started
    latencies.sort()
    p50_ms, p95_ms = (1000 * latencies[len(latencies) * percent // 100] for percent in (50, 95))
    return LoadResult(len(latencies), len(latencies) / wall, p50_ms, p95_ms)


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(run(Job(**json.load(sys.stdin)))))))
