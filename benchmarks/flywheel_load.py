"""Sends the points of a curve: `python -m benchmarks.flywheel_load PORT KEY JOB POINTS BATCH`; prints JSON.

Bodies are made before the clock starts; raw streams with keep-alive, so that the client takes little of the cores.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

CONNECTIONS = 4


def bodies(points: int, batch: int) -> list[bytes]:
    return [
        json.dumps(
            {"metrics": [{"key": "loss", "step": step, "value": 1 / (step + 1)} for step in range(at, at + batch)]}
        ).encode()
        for at in range(0, points, batch)
    ]


async def client(port: int, key: str, job: str, given: list[bytes]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for body in given:
        head = (
            f"POST /api/v1/training-jobs/{job}/metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        await writer.drain()
        await answered(reader)
    writer.close()


async def answered(reader: asyncio.StreamReader) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    if int(head[0].split()[1]) != 201:
        raise RuntimeError(head[0])
    fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
    if fields.get("transfer-encoding") == "chunked":
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    else:
        await reader.readexactly(int(fields["content-length"]))


async def run(port: int, key: str, job: str, points: int, batch: int) -> dict[str, float]:
    made = bodies(points, batch)
    started = time.perf_counter()
    await asyncio.gather(*(client(port, key, job, made[turn::CONNECTIONS]) for turn in range(CONNECTIONS)))
    return {"points_per_s": points / (time.perf_counter() - started)}


if __name__ == "__main__":
    port, key, job, points, batch = sys.argv[1:6]
    print(json.dumps(asyncio.run(run(int(port), key, job, int(points), int(batch)))))
