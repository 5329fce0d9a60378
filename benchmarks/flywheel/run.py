"""Starts jobs, sends a long curve and reads it, imports pairs, and runs the simulated month.

On a private PostgreSQL and Redis, with a real ASGI server, a real trainer process and the toy trainer of the tests.
"""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from statistics import median

from httpx import Client

from benchmarks.flywheel.summary import Month, month
from benchmarks.overhead import run as overhead
from benchmarks.pair_import import run as pair_import
from benchmarks.support import load
from benchmarks.support.data import ROOT
from benchmarks.support.data import folder as data_folder
from benchmarks.support.report import judged, publish
from benchmarks.support.servers import api_server, private_installation, queue_worker, run_inside
from youman.core.accounts import scopes

JOBS = 11
POINTS = 100_000
BATCH = 1_000
CONNECTIONS = 4


def run(folder: Path) -> Path:
    """Measure and publish; without the shared data the month is left out."""
    with ExitStack() as stack:
        environment = _installation(stack)
        dataset = run_inside(environment, "benchmarks.flywheel.sample_dataset.create")[-1]
        key = run_inside(environment, "benchmarks.support.inside.key", scopes.TRAINING)[-1]
        server = stack.enter_context(api_server(environment, key=key))
        stack.enter_context(queue_worker(environment, "trainer"))
        address = f"http://127.0.0.1:{server.port}/api/v1/training-jobs"
        client = stack.enter_context(Client(headers=server.headers, timeout=60))
        dispatch = [_dispatch_s(client, address, dataset) for _ in range(JOBS)][1:]  # the first one warms up
        job = _created(client, address, dataset, steps=100_000, step_s=10)
        rate = _points_per_s(server.port, server.headers, job)
        curve = median(_curve_ms(client, f"{address}/{job}/metrics?key=loss&points=500") for _ in range(15))
        client.post(f"{address}/{job}/cancel").raise_for_status()
        _ended(client, f"{address}/{job}")
        rates = pair_import.measure(environment, Path(environment["YOUMAN_VAR"]))
    simulated = _month() if data_folder().exists() else None
    lost, overhead_note = overhead.measure()
    figures = [
        judged("dispatch_p50_s", median(dispatch), "s", "≤", 1.5),
        judged("metrics_per_s", rate, "points/s", "≥", 20_000, peer=3_700),
        judged("curve_ms", curve, "ms", "≤", 60),
        lost,
        *(simulated.figures() if simulated else _NOT_MEASURED),
        *pair_import.figures(rates),
    ]
    month_notes = simulated.notes() if simulated else ["the month was not run: the shared data set is missing"]
    return publish("flywheel", figures, [*_NOTES, pair_import.note(rates), *month_notes, overhead_note], folder)


def _month() -> Month:
    """Run the month in an installation of its own, so that its ledger holds nothing else."""
    with ExitStack() as stack:
        environment = _installation(stack, CANARIES_RAMP="1")
        stack.enter_context(queue_worker(environment, "trainer"))
        return month(environment)


_NOTES = (
    f"dispatch: from created to the trainer's own process running, median of {JOBS - 1} jobs one after the other",
    f"metrics: {POINTS:,} points through the API in batches of {BATCH:,} on {CONNECTIONS} connections",
    f"curve: one curve of {POINTS:,} points in 500 stretches over HTTP, median of 15",
)
_NOT_MEASURED = [judged(name, None, "share", "≥", 0) for name in ("saving_last_week", "acceptance_last_week")]


def _installation(stack: ExitStack, **extra: str) -> dict[str, str]:
    return private_installation(stack, TRAINER_FOLDERS=str(ROOT / "tests" / "training" / "toy"), **extra)


def _created(client: Client, address: str, dataset: str, **values: float | bool) -> str:
    body = {"model": "bench", "dataset": dataset, "trainer": "toy", "hyperparameters": values}
    answer = client.post(address, json=body)
    answer.raise_for_status()
    return str(answer.json()["id"])


def _dispatch_s(client: Client, address: str, dataset: str) -> float:
    row = _ended(client, f"{address}/{_created(client, address, dataset, steps=1, quick=True)}")
    begun, made = (datetime.fromisoformat(str(row[name])) for name in ("trainer_started_at", "created_at"))
    return (begun - made).total_seconds()


def _ended(client: Client, address: str) -> dict[str, object]:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        row: dict[str, object] = client.get(address).json()
        if row["state"] in {"completed", "failed", "cancelled"}:
            return row
        time.sleep(0.1)
    raise RuntimeError("the job did not end in two minutes")


def _points_per_s(port: int, headers: dict[str, str], job: str) -> float:
    path = f"/api/v1/training-jobs/{job}/metrics"
    bodies = [
        json.dumps(
            {"metrics": [{"key": "loss", "step": at, "value": 1 / (at + 1)} for at in range(start, start + BATCH)]}
        )
        for start in range(0, POINTS, BATCH)
    ]
    return BATCH * load.measure(load.Job(port, headers, CONNECTIONS, None, "POST", [path], bodies)).rps


def _curve_ms(client: Client, address: str) -> float:
    started = time.perf_counter()
    answer = client.get(address)
    spent = (time.perf_counter() - started) * 1_000
    (curve,) = answer.json()["curves"]
    if not 400 <= len(curve["step"]) <= 501:
        raise RuntimeError(f"the curve has {len(curve['step'])} stretches")
    return spent
