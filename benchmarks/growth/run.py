"""Asks for each page about training pairs while the table grows from a thousand rows to a million.

The database makes the rows itself; requests go through a real server, one after the other.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from httpx import Client

from benchmarks.support.report import Figure, publish, reported
from benchmarks.support.servers import api_server, private_installation, run_inside
from youman.core.accounts import scopes

SIZES = {"1k": 1_000, "100k": 100_000, "1m": 1_000_000}
_TIMES = 9
PAGES = {
    "stats": "/api/v1/training-data/stats",
    "list": "/api/v1/training-data",
    "list_split_test": "/api/v1/training-data?split=test",
    "list_language_de": "/api/v1/training-data?language=de",
    "list_domain_rare": "/api/v1/training-data?domain=rare",
    "list_domain_unknown": "/api/v1/training-data?domain=nothing",
    "list_strategy_casual": "/api/v1/training-data?strategy=casual",
    "list_min_quality": "/api/v1/training-data?min_quality=0.999",
    "list_language_and_split": "/api/v1/training-data?language=de&split=test",
    "admin": "/admin/training/trainingdatapoint/",
    "admin_split_test": "/admin/training/trainingdatapoint/?split=test",
    "admin_language_de": "/admin/training/trainingdatapoint/?language=de",
}


def run(folder: Path) -> Path:
    """Measure every page at every size, and publish."""
    notes = [f"median of {_TIMES} requests to each page, at {', '.join(f'{size:,}' for size in SIZES.values())} pairs"]
    return publish("growth", measure(), notes, folder)


def measure(sizes: Mapping[str, int] = SIZES) -> list[Figure]:
    """Return median milliseconds for each page and size, in the order of the sizes."""
    figures: list[Figure] = []
    with ExitStack() as stack:
        environment = private_installation(stack, LOG_LEVEL="ERROR")
        key, session = run_inside(environment, "benchmarks.support.inside.key_and_session", scopes.TRAINING)[-2:]
        server = stack.enter_context(api_server(environment, key=key))
        client = stack.enter_context(Client(base_url=f"http://127.0.0.1:{server.port}", timeout=120))
        client.headers.update(server.headers)
        client.cookies["sessionid"] = session
        start = 0
        for label, size in sizes.items():
            run_inside(environment, "benchmarks.growth.rows.fill", start, size)
            start = size
            for page, path in {**PAGES, "list_far_back": _far_back(size)}.items():
                figures.append(reported(f"{page}_ms_{label}", _ms(client, path), "ms"))
    return figures


def _far_back(size: int) -> str:
    """A page far back: its cursor is the time and the id of the last row before it, 5 % from the end."""
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=size // 20)
    key = json.dumps([at.isoformat(), "0" * 32]).encode()
    cursor = base64.urlsafe_b64encode(key).decode().rstrip("=")
    return f"/api/v1/training-data?cursor={cursor}"


def _ms(client: Client, path: str) -> float:
    spent = []
    for _ in range(_TIMES):
        started = time.perf_counter()
        client.get(path).raise_for_status()
        spent.append((time.perf_counter() - started) * 1_000)
    return median(spent)
