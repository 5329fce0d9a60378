"""Measures the registry and MLflow in one run: both on one private PostgreSQL, both over HTTP, 4 workers each.

The registry checks its API key and scopes at every request; MLflow is measured without authentication, which favours
it, and once with its own. Where MLflow cannot be installed, its column is empty.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import struct
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks.registry import peer as mlflow
from benchmarks.support.report import Bound, Figure, judged, publish
from benchmarks.support.servers import (
    MIB,
    Server,
    ServerLoad,
    api_server,
    private_installation,
    resident_mb,
    run_inside,
)
from youman.core.accounts import scopes

API = "/api/v1"
WORKERS = 4
UPLOAD_MIB = 200
Numbers = dict[str, float]


def run(folder: Path) -> Path:
    """Measure and publish. Leaves nothing but the report and the peer's environment."""
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="youman-bench-", dir="/tmp")))
        environment = private_installation(stack, MODEL_ARTIFACTS_PATH=str(work / "artifacts"))
        file = weights(work / "model.safetensors")
        ours, ours_loads = _ours(environment, file)
        peer, peer_loads, why = _peer(work, environment["DATABASE_URL"], file)
    notes = [
        f"{WORKERS} workers each, {os.cpu_count()} cores shared by client, server and PostgreSQL (fsync off, for both)",
        f"upload: {UPLOAD_MIB} MiB, median of 3; ours hashed, fsynced, renamed and looked into before it is live",
        f"processor ms per operation, ours | MLflow: {_cpu_ms(ours_loads, peer_loads)}",
        why,
    ]
    return publish("registry", _figures(ours, peer), notes, folder)


_FIGURES: tuple[tuple[str, str, Bound, float], ...] = (
    ("create_per_s", "/s", "≥", 150), ("create16_per_s", "/s", "≥", 200), ("get_ms", "ms", "≤", 4),
    ("alias_get_ms", "ms", "≤", 4), ("search_1k_ms", "ms", "≤", 15), ("search_10k_ms", "ms", "≤", 15),
    ("alias_set_1k_ms", "ms", "≤", 6), ("alias_set_10k_ms", "ms", "≤", 6), ("upload_mib_s", "MiB/s", "≥", 220),
    ("upload_mb", "MB", "≤", 100), ("rss_mb", "MB", "≤", 600),
)  # fmt: skip


def _figures(ours: Numbers, peer: Numbers) -> list[Figure]:
    return [judged(name, ours.get(name), unit, bound, at, peer.get(name)) for name, unit, bound, at in _FIGURES]


def _cpu_ms(ours: dict[str, ServerLoad], peer: dict[str, ServerLoad]) -> str:
    return ", ".join(
        f"{name} {one.cpu_ms:.1f} | {peer[name].cpu_ms:.1f}" if name in peer else f"{name} {one.cpu_ms:.1f}"
        for name, one in ours.items()
    )


def weights(path: Path) -> Path:
    """A whole safetensors file of random bytes."""
    header = {"w": {"dtype": "U8", "shape": [UPLOAD_MIB * MIB], "data_offsets": [0, UPLOAD_MIB * MIB]}}
    head = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(head)) + head)
        for _ in range(UPLOAD_MIB):
            file.write(os.urandom(MIB))
    return path


def _ours(environment: dict[str, str], file: Path) -> tuple[Numbers, dict[str, ServerLoad]]:
    key = run_inside(environment, "benchmarks.support.inside.key", *scopes.ALL)[-1]
    with api_server(environment, workers=WORKERS, key=key) as server:
        numbers = measure_ours(server, file, lambda name, count: _seed(environment, name, count))
        return numbers, server.loads


def measure_ours(server: Server, file: Path, seed: Callable[[str, int], None]) -> Numbers:
    models = f"{API}/registered-models"
    for name in ("one", "crowd", "large"):
        server.call("POST", models, {"name": name, "task": "detect"})
    body = json.dumps({"config": {"lr": 0.1}, "metrics": {"auroc": 0.9}, "notes": "run {n}", "tags": ["bench"]})
    found: Numbers = {"create_per_s": server.load("create", "POST", [f"{models}/one/versions"], [body]).rps}
    crowd = server.load("create16", "POST", [f"{models}/crowd/versions"], [body], clients=16)
    found["create16_per_s"] = crowd.rps
    seed("large", 1_000)
    found |= _grown(server, "1k")
    found["get_ms"] = server.load("get", "GET", [f"{models}/large/versions/{n}" for n in range(1, 900, 7)]).p50_ms
    found["alias_get_ms"] = server.load("alias_get", "GET", [f"{models}/large/aliases/canary"]).p50_ms
    seed("large", 10_000)
    found |= _grown(server, "10k")
    found["rss_mb"] = resident_mb(server.pid)
    versions = [server.call("POST", f"{models}/one/versions", {})["id"] for _ in range(3)]
    sent = [server.upload(f"{API}/model-versions/{pk}/artifacts/model/model.safetensors", file) for pk in versions]
    found["upload_mib_s"] = statistics.median(speed for speed, _ in sent)
    found["upload_mb"] = max(grown for _, grown in sent)
    return found


def _grown(server: Server, size: str) -> Numbers:
    models = f"{API}/registered-models/large"
    search = server.load(f"search_{size}", "GET", [f"{API}/model-versions?model=large&q=bench&page_size=100"])
    moves = [json.dumps({"version": n}) for n in (1, 2, 3)]
    moved = server.load(f"alias_set_{size}", "PUT", [f"{models}/aliases/canary"], moves)
    return {f"search_{size}_ms": search.p50_ms, f"alias_set_{size}_ms": moved.p50_ms}


def _seed(environment: dict[str, str], name: str, count: int) -> None:
    run_inside(environment, "benchmarks.registry.rows.seed", name, count)


def _peer(work: Path, database: str, file: Path) -> tuple[Numbers, dict[str, ServerLoad], str]:
    try:
        found = mlflow.measure(work, database, file)
    except (subprocess.CalledProcessError, http.client.HTTPException, AssertionError, RuntimeError, OSError) as error:
        return {}, {}, f"MLflow was not measured here: {str(error)[:300]}"
    return found.numbers, found.loads, f"MLflow {found.version}, {found.how}"
