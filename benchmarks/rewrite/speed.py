"""How fast: words per second, a book in one worker, requests per second, on a private PostgreSQL and Redis."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from httpx import Client

from benchmarks.support import load
from benchmarks.support.servers import Server, api_server, private_installation, queue_worker, resident_mb, run_inside
from humanize.options import RewriteOptions
from humanize.pipeline import rewrite
from humanize.samples import samples
from youman.core.accounts import scopes

BOOK_WORDS = 500_000
REQUEST_WORDS = 300


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds of wall time, and megabytes of resident memory summed over the worker's processes."""

    words_per_s: float
    book_seconds: float
    book_mb: float
    api_p50_ms: float
    api_rps_16: float


def measure() -> Speed:
    """Take about two minutes. Starts and stops servers of its own and leaves nothing behind."""
    with ExitStack() as stack:
        environment = private_installation(stack)
        key = run_inside(environment, "benchmarks.support.inside.key", *scopes.DEFAULT)[-1]
        server = stack.enter_context(api_server(environment, key=key))
        _load(server, clients=4, seconds=3.0)  # imports, rule packs, pools
        alone = _load(server, clients=1, seconds=6.0)
        crowd = _load(server, clients=16, seconds=12.0)
        book_seconds, book_mb = _book(environment, server)
    return Speed(words_per_s(), book_seconds, book_mb, alone.p50_ms, crowd.rps)


def words_per_s() -> float:
    """Rewrite a text of about 2,000 words (rules, verification and scores); the best of five runs."""
    text = text_of(2_000)
    options = RewriteOptions(language="en")
    rewrite.rewrite_text(text, options)
    spent = []
    for _ in range(5):
        started = time.perf_counter()
        rewrite.rewrite_text(text, options)
        spent.append(time.perf_counter() - started)
    return len(text.split()) / min(spent)


def text_of(words: int) -> str:
    """Join the project's samples, each as a numbered part, into a text of about so many words."""
    drafts = [sample.text for sample in samples()]
    lengths = [len(draft.split()) for draft in drafts]
    parts: list[str] = []
    count = 0
    while count < words - max(lengths) - 2:
        count += lengths[len(parts) % len(drafts)] + 2
        draft = drafts[len(parts) % len(drafts)]
        parts.append(draft.replace("# ", f"# Part {len(parts) + 1}. ", 1))
    return "\n".join(parts)


def _bodies() -> list[str]:
    """Twelve different texts of 300 words."""
    words = " ".join(sample.text for sample in samples()).split()
    texts = [" ".join((words[start:] + words)[:REQUEST_WORDS]) for start in range(0, 12 * 40, 40)]
    return [json.dumps({"text": text, "level": 3}) for text in texts]


def _load(server: Server, *, clients: int, seconds: float) -> load.LoadResult:
    path = "/api/v1/transformations"
    return load.measure(load.Job(server.port, server.headers, clients, seconds, "POST", [path], _bodies()))


def _book(environment: Mapping[str, str], server: Server) -> tuple[float, float]:
    """Return the seconds from the request to completion in a warm worker, and the worker's peak memory in MB."""
    address = f"http://127.0.0.1:{server.port}/api/v1/transformations"
    with queue_worker(environment, "long") as worker, Client(headers=server.headers, timeout=60) as client:
        warm = client.post(address, json={"text": text_of(2_000), "wait": False}).json()["id"]
        _finished(client, f"{address}?page_size=1", warm, worker)
        started = time.perf_counter()
        made = client.post(address, json={"text": text_of(BOOK_WORDS), "wait": False})
        made.raise_for_status()
        most = _finished(client, f"{address}?page_size=1", made.json()["id"], worker)
        return time.perf_counter() - started, most


def _finished(client: Client, address: str, wanted: str, worker: int) -> float:
    """Wait for the transformation; return the peak of the resident memory of the worker's processes, in MB."""
    most, deadline = 0.0, time.monotonic() + 600
    while time.monotonic() < deadline:
        row = client.get(address).json()["results"][0]
        most = max(most, resident_mb(worker))
        if row["id"] == wanted and row["state"] in {"completed", "failed"}:
            if row["state"] == "failed":
                raise RuntimeError(row["error"])
            return most
        time.sleep(0.25)
    raise RuntimeError("the book was not finished in ten minutes")
