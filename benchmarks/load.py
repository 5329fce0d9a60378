"""A cheap load client in a process of its own: `python -m benchmarks.load PORT KEY CLIENTS SECONDS`; prints JSON.

Raw asyncio streams with keep-alive, so that the client takes as little as it can of the cores it shares.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from humanize.samples import samples

WORDS = 300


def bodies() -> list[bytes]:
    """Twelve different texts of 300 words."""
    words = " ".join(sample.text for sample in samples()).split()
    texts = [" ".join((words[start:] + words)[:WORDS]) for start in range(0, 12 * 40, 40)]
    return [json.dumps({"text": text, "level": 3}).encode() for text in texts]


async def client(number: int, port: int, key: str, until: float, seconds: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    texts, turn = bodies(), number
    while time.perf_counter() < until:
        body = texts[turn % len(texts)]
        turn += 1
        head = (
            f"POST /api/v1/transformations HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        started = time.perf_counter()
        writer.write(head.encode() + body)
        status = await _answer(reader)
        seconds.append(time.perf_counter() - started)
        if status != 201:
            raise RuntimeError(f"answered {status}")
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
    if fields.get("transfer-encoding") == "chunked":
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    else:
        await reader.readexactly(int(fields["content-length"]))
    return int(head[0].split()[1])


async def run(port: int, key: str, clients: int, seconds: float) -> dict[str, float]:
    times: list[float] = []
    started = time.perf_counter()
    until = started + seconds
    await asyncio.gather(*(client(number, port, key, until, times) for number in range(clients)))
    spent = time.perf_counter() - started
    times.sort()
    return {"requests": len(times), "rps": len(times) / spent, "p50_ms": 1000 * times[len(times) // 2]}


if __name__ == "__main__":
    port, key, clients, duration = sys.argv[1:5]
    print(json.dumps(asyncio.run(run(int(port), key, int(clients), float(duration)))))
