"""How quick: words a second, a book in one worker, requests a second; on a private PostgreSQL and Redis.

Run in a process with DATABASE_URL and REDIS_URL already pointing at them: `python -m benchmarks.speed` starts both.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from humanize.options import RewriteOptions
from humanize.pipeline import rewrite
from humanize.samples import samples
from tests.services import postgres, valkey
from youman.core.runtime import child_process

BOOK_WORDS = 500_000
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds of wall time, megabytes of resident memory summed over the worker's processes."""

    words_per_s: float
    book_seconds: float
    book_mb: float
    api_p50_ms: float
    api_rps_16: float


def measure() -> Speed:
    """About two minutes. Starts and stops its own servers; leaves nothing behind."""
    with ExitStack() as stack:
        var = stack.enter_context(tempfile.TemporaryDirectory(prefix="youman-bench-"))
        environment = os.environ | {
            "YOUMAN_VAR": var,
            "DATABASE_URL": stack.enter_context(postgres.running()),
            "REDIS_URL": stack.enter_context(valkey.running()),
            "LOG_LEVEL": "WARNING",
        }
        key = _prepare(environment)
        with _server(environment) as port:
            _load(port, key, clients=4, seconds=3.0)  # imports, rule packs, pools
            alone = _load(port, key, clients=1, seconds=6.0)
            crowd = _load(port, key, clients=16, seconds=12.0)
            book_seconds, book_mb = _book(environment, port, key)
    return Speed(words_per_s(), book_seconds, book_mb, alone["p50_ms"], crowd["rps"])


def words_per_s() -> float:
    """Rules, verification and scores on a text of about 2,000 words, the best of five runs."""
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
    """Our samples one after the other, each a numbered part, up to so many words."""
    drafts = [sample.text for sample in samples()]
    lengths = [len(draft.split()) for draft in drafts]
    parts: list[str] = []
    count = 0
    while count < words - max(lengths) - 2:
        count += lengths[len(parts) % len(drafts)] + 2
        draft = drafts[len(parts) % len(drafts)]
        parts.append(draft.replace("# ", f"# Part {len(parts) + 1}. ", 1))
    return "\n".join(parts)


def _prepare(environment: dict[str, str]) -> str:
    _manage(environment, "migrate", "--verbosity", "0")
    _manage(environment, "sync_catalogue", "--verbosity", "0")
    script = (
        "from youman.core.accounts.lifecycle import create_account, create_api_key\n"
        "account = create_account(username='bench', password='a long sentence 1', tier='ENTERPRISE')\n"
        "print(create_api_key(account=account, name='bench', actor='bench'))"
    )
    return _manage(environment, "shell", "--no-imports", "-c", script).strip().splitlines()[-1]


def _manage(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


@contextmanager
def _server(environment: dict[str, str]) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "uvicorn", "youman.asgi:application", "--workers", "2", "--port", str(port),
               "--log-level", "warning", "--no-access-log"]  # fmt: skip
    child = child_process.spawn(command, env=environment, cwd=ROOT)
    try:
        _wait_for(port)
        yield port
    finally:
        child_process.stop(child)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")


def _load(port: int, key: str, *, clients: int, seconds: float) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.load", str(port), key, str(clients), str(seconds)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _book(environment: dict[str, str], port: int, key: str) -> tuple[float, float]:
    """Seconds from asking to completed in a worker that stands ready, and the most memory it took."""
    from httpx import Client

    command = [sys.executable, "-m", "celery", "-A", "youman", "worker", "-c", "1", "-Q", "long", "-l", "WARNING"]
    worker = child_process.spawn(command, env=environment, cwd=ROOT, output=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/api/v1/transformations"
    try:
        with Client(headers={"Authorization": f"Bearer {key}"}, timeout=60) as client:
            warm = client.post(address, json={"text": text_of(2_000), "wait": False}).json()["id"]
            _finished(client, f"{address}?page_size=1", warm, worker.pid)
            started = time.perf_counter()
            made = client.post(address, json={"text": text_of(BOOK_WORDS), "wait": False})
            made.raise_for_status()
            most = _finished(client, f"{address}?page_size=1", made.json()["id"], worker.pid)
            return time.perf_counter() - started, most
    finally:
        child_process.stop(worker)


def _finished(client: object, address: str, wanted: str, pid: int) -> float:
    """Waits for the row; returns the peak of the resident memory of the worker's processes, in MB."""
    from httpx import Client

    assert isinstance(client, Client)
    most, deadline = 0.0, time.monotonic() + 600
    while time.monotonic() < deadline:
        row = client.get(address).json()["results"][0]
        most = max(most, _resident_mb(pid))
        if row["id"] == wanted and row["state"] in {"completed", "failed"}:
            if row["state"] == "failed":
                raise RuntimeError(row["error"])
            return most
        time.sleep(0.25)
    raise RuntimeError("the book was not finished in ten minutes")


def _resident_mb(leader: int) -> float:
    """Of the process group: the parent and its pool."""
    pages = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[2]) == leader:
                pages += int((stat.parent / "statm").read_text().split()[1])
        except (OSError, ValueError):
            continue
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    print(json.dumps(asdict(measure()), indent=1))
