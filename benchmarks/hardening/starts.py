"""The first requests after a start: how many are told that the database is away, which it is not.

`python -m benchmarks.hardening.starts` prints what the requests were answered.
"""

from __future__ import annotations

import http.client
import json
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from benchmarks.support.data import ROOT
from benchmarks.support.servers import private_installation, run_inside
from tests.services.ports import free_port, wait_for
from youman.core.accounts import scopes
from youman.core.runtime import child_process

CLIENTS, REQUESTS, WORKERS = 100, 300, 2
_TEXT = (
    "It is important to note that this plays a pivotal role. Furthermore, we should delve into the myriad ways in "
    "which teams can leverage a robust tool, since it serves as a testament to the power of working together.\n\n"
)
_HANG_S = 120


def false_unavailable() -> tuple[int, int]:
    """Return how many answers said 503, and how many requests there were; the database answers all the time."""
    answers = answers_after_start()
    return sum(count for status, count in answers.items() if status >= 500 or status == 0), sum(answers.values())


def answers_after_start(clients: int = CLIENTS, requests: int = REQUESTS) -> Counter[int]:
    """Start a server, send the requests as soon as it takes connections; count statuses, 0 for none."""
    with ExitStack() as stack:
        environment = private_installation(stack)
        key = run_inside(environment, "benchmarks.support.inside.key", *scopes.ALL)[-1]
        log = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="youman-starts-")), "log")
        port = free_port()
        command = [sys.executable, "-m", "uvicorn", "youman.asgi:application", "--workers", str(WORKERS), "--port",
                   str(port), "--lifespan", "off", "--no-access-log", "--log-level", "warning"]  # fmt: skip
        with log.open("wb") as output:
            child = child_process.spawn(command, env=environment, cwd=ROOT, output=output.fileno())
        try:
            wait_for(port, child, log)
            with ThreadPoolExecutor(clients) as pool:
                return Counter(pool.map(lambda number: _request(port, key, number), range(requests)))
        finally:
            child_process.stop(child)


def _request(port: int, key: str, number: int) -> int:
    """One in three rewrites a short text, and the others read lists. Returns the status, or 0 without an answer."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=_HANG_S)
    try:
        if number % 3 == 0:
            wire.request("POST", "/api/v1/transformations", json.dumps({"text": f"{number}. {_TEXT}"}), headers)
        else:
            wire.request("GET", ("/api/v1/transformations", "/api/v1/deployments")[number % 2], headers=headers)
        answer = wire.getresponse()
        answer.read()
    except OSError:
        return 0
    finally:
        wire.close()
    return answer.status


if __name__ == "__main__":
    print(dict(answers_after_start()))
