"""A cheap HTTP client in a process of its own: `python -m benchmarks.registry_load < JOB.json`; prints JSON.

A job: port, headers, clients, seconds, method, paths and bodies (both in turn). Raw asyncio streams, keep-alive.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count


@dataclass(frozen=True, slots=True)
class Job:
    port: int
    headers: dict[str, str]
    clients: int
    seconds: float
    method: str
    paths: list[str]
    bodies: list[str]


def requests(job: Job) -> Iterator[bytes]:
    """Each next request, whoever sends it; `{n}` in a path or body becomes a number never used before."""
    head = "".join(f"{name}: {value}\r\n" for name, value in job.headers.items())
    start = time.time_ns() // 1000
    for n in count():
        path = job.paths[n % len(job.paths)].replace("{n}", str(start + n))
        body = job.bodies[n % len(job.bodies)].replace("{n}", str(start + n)).encode() if job.bodies else b""
        kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        yield f"{job.method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{job.port}\r\n{head}{kind}\r\n".encode() + body


async def client(job: Job, todo: Iterator[bytes], until: float, spent: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", job.port)
    while time.perf_counter() < until:
        request = next(todo)
        started = time.perf_counter()
        writer.write(request)
        status, body = await _answer(reader)
        spent.append(time.perf_counter() - started)
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


async def run(job: Job) -> dict[str, float]:
    spent: list[float] = []
    todo = requests(job)
    started = time.perf_counter()
    until = started + job.seconds
    await asyncio.gather(*(client(job, todo, until, spent) for _ in range(job.clients)))
    wall = time.perf_counter() - started
    spent.sort()
    middle, late = 1000 * spent[len(spent) // 2], 1000 * spent[len(spent) * 95 // 100]
    return {"requests": len(spent), "rps": len(spent) / wall, "p50_ms": middle, "p95_ms": late}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(Job(**json.load(sys.stdin))))))
