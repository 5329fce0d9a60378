"""How quickly a job starts, how many points of a curve come in, how soon a long curve goes out; the loop's savings.

On a private PostgreSQL and Redis, a real ASGI server and a real trainer process, with the toy trainer of the tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from httpx import Client

from benchmarks import importing
from benchmarks.data import folder as data_folder
from benchmarks.flywheel_month import Month, month
from benchmarks.importing import Rates
from benchmarks.report import Figure, judged, publish
from benchmarks.speed import ROOT, _manage, _server
from tests.services import postgres, valkey
from youman.core.runtime import child_process

JOBS = 11
POINTS = 100_000
BATCH = 1_000
_SCRIPT = """
from tests.training.sample_pairs import dataset
from youman.core.accounts import scopes
from youman.core.accounts.lifecycle import create_account, create_api_key
account = create_account(username='bench', password='a long sentence 1', tier='ENTERPRISE', staff=True)
print(dataset('bench').pk)
print(create_api_key(account=account, name='bench', key_scopes=(scopes.TRAINING,), actor='bench'))
"""


def run(folder: Path) -> Path:
    """About ten minutes on a quiet machine; without the shared data the month is left out."""
    with ExitStack() as stack:
        environment = _environment(stack)
        _manage(environment, "migrate", "--verbosity", "0")
        _manage(environment, "sync_catalogue", "--verbosity", "0")
        dataset, key = _manage(environment, "shell", "--no-imports", "-c", _SCRIPT).strip().splitlines()[-2:]
        port = stack.enter_context(_server(environment))
        stack.enter_context(_trainer(environment))
        address = f"http://127.0.0.1:{port}/api/v1/training-jobs"
        client = stack.enter_context(Client(headers={"Authorization": f"Bearer {key}"}, timeout=60))
        dispatch = [_dispatch_s(client, address, dataset) for _ in range(JOBS)][1:]  # the first one warms up
        job = _made(client, address, dataset, steps=100_000, step_s=10)
        rate = _send(port, key, job)
        curve = median(_curve_ms(client, f"{address}/{job}/metrics?key=loss&points=500") for _ in range(15))
        client.post(f"{address}/{job}/cancel").raise_for_status()
        _over(client, f"{address}/{job}")
        rates = importing.measure(environment, Path(environment["YOUMAN_VAR"]))
    found = _month() if data_folder().exists() else None
    notes = [*_NOTES, _said(rates), *(found.notes() if found else ["the month: not run, the shared data is not here"])]
    overhead, told = _overhead()
    figures = [*_figures(median(dispatch), rate, curve, overhead, found), *_imports(rates)]
    return publish("flywheel", figures, [*notes, told], folder)


def _overhead() -> tuple[float | None, str]:
    """By an interpreter that has PyTorch: this one, or that of `make install-torch`."""
    own = ROOT / ".venv-torch" / "bin" / "python"
    if find_spec("torch") is None and not own.exists():
        return None, "trainer_overhead: not measured: extra missing (make install-torch)"
    command = [sys.executable if find_spec("torch") else str(own), "-m", "benchmarks.overhead"]
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(command, cwd=ROOT, env=os.environ | threads, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    each = ", ".join(f"{share:.3f}" for share in found["each"])
    return round(found["overhead"], 4), (
        f"trainer_overhead: {found['trainer']:,.0f} tokens/s under the contract, {found['plain']:,.0f} in a plain "
        f"PyTorch loop of the same network and data on one thread, by turns; shares lost: {each}; of CPU time: "
        f"{found['cpu_overhead']:.3f}"
    )


def _imports(rates: Rates) -> list[Figure]:
    return [
        judged("import_pairs_per_s", rates.plain, "pairs/s", "≥", importing.PAIRS / 300),
        judged("import_scored_per_s", rates.scored, "pairs/s", "≥", 0),
        judged("near_found", rates.near_found, "share", "≥", 0.95),
    ]


def _said(rates: Rates) -> str:
    return (
        f"imports: {importing.PAIRS:,} pairs without scores, {importing.SCORED:,} with them, {rates.words:.0f} words a "
        f"draft ({rates.source}), fsync off; near_found: planted near duplicates (5 % of the words changed) in "
        f"the cluster of theirs; {rates.clusters:.3f} clusters for each text that is none"
    )


def _month() -> Month:
    """In an installation of its own, so that its ledger holds nothing else."""
    with ExitStack() as stack:
        environment = _environment(stack) | {"CANARIES_RAMP": "1"}
        _manage(environment, "migrate", "--verbosity", "0")
        _manage(environment, "sync_catalogue", "--verbosity", "0")
        stack.enter_context(_trainer(environment))
        return month(environment)


_NOTES = (
    f"dispatch: from created to the trainer's own process running, median of {JOBS - 1} jobs one after the other",
    f"metrics: {POINTS:,} points through the API in batches of {BATCH:,} on 4 connections",
    f"curve: one curve of {POINTS:,} points in 500 stretches over HTTP, median of 15",
)


def _figures(
    dispatch_s: float, metrics_per_s: float, curve_ms: float, overhead: float | None, found: Month | None
) -> list[Figure]:
    return [
        judged("dispatch_p50_s", dispatch_s, "s", "≤", 1.5),
        judged("metrics_per_s", metrics_per_s, "points/s", "≥", 20_000, peer=3_700),
        judged("curve_ms", curve_ms, "ms", "≤", 60),
        judged("trainer_overhead", overhead, "share", "≤", 0.05),
        *(found.figures() if found else _NOT_MEASURED),
    ]


_NOT_MEASURED = [judged(name, None, "share", "≥", 0) for name in ("saving_last_week", "acceptance_last_week")]


def _environment(stack: ExitStack) -> dict[str, str]:
    return os.environ | {
        "YOUMAN_VAR": stack.enter_context(tempfile.TemporaryDirectory(prefix="youman-bench-")),
        "DATABASE_URL": stack.enter_context(postgres.running()),
        "REDIS_URL": stack.enter_context(valkey.running()),
        "TRAINER_FOLDERS": str(ROOT / "tests" / "training" / "toy"),
        "LOG_LEVEL": "WARNING",
    }


@contextmanager
def _trainer(environment: dict[str, str]) -> Iterator[None]:
    command = [sys.executable, "-m", "celery", "-A", "youman", "worker", "-c", "1", "-Q", "trainer", "-l", "WARNING"]
    child = child_process.spawn(command, env=environment, cwd=ROOT, output=subprocess.DEVNULL)
    try:
        yield
    finally:
        child_process.stop(child)


def _made(client: Client, address: str, dataset: str, **values: float | bool) -> str:
    body = {"model": "bench", "dataset": dataset, "trainer": "toy", "hyperparameters": values}
    answer = client.post(address, json=body)
    answer.raise_for_status()
    return str(answer.json()["id"])


def _dispatch_s(client: Client, address: str, dataset: str) -> float:
    row = _over(client, f"{address}/{_made(client, address, dataset, steps=1, quick=True)}")
    begun, made = (datetime.fromisoformat(str(row[name])) for name in ("trainer_started_at", "created_at"))
    return (begun - made).total_seconds()


def _over(client: Client, address: str) -> dict[str, object]:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        row: dict[str, object] = client.get(address).json()
        if row["state"] in {"completed", "failed", "cancelled"}:
            return row
        time.sleep(0.1)
    raise RuntimeError("the job did not end in two minutes")


def _send(port: int, key: str, job: str) -> float:
    """By a client in a process of its own, so that it takes little from the server."""
    command = [sys.executable, "-m", "benchmarks.flywheel_load", str(port), key, job, str(POINTS), str(BATCH)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return float(json.loads(done.stdout)["points_per_s"])


def _curve_ms(client: Client, address: str) -> float:
    started = time.perf_counter()
    answer = client.get(address)
    spent = (time.perf_counter() - started) * 1_000
    (curve,) = answer.json()["curves"]
    if not 400 <= len(curve["step"]) <= 501:
        raise RuntimeError(f"the curve has {len(curve['step'])} stretches")
    return spent
