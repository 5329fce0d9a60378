"""Sends the same prompts through the gateway, the plain SDK and LiteLLM to one fake vendor on 127.0.0.1, in one run.

One process for each, the same threads, the same prompt. The gateway plans, keeps a budget, asks the breaker and writes
the ledger's row to PostgreSQL before it answers. Verification is left out, since no peer has it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from benchmarks.support.data import ROOT
from benchmarks.support.peers import peer_python
from benchmarks.support.report import Figure, judged, publish
from benchmarks.support.servers import private_installation, run_inside
from tests.services.ports import free_port, wait_for
from youman.core.runtime import child_process

PEER = ROOT / "var" / "litellm" / "bin"
PACKAGES = ("litellm[proxy]", "opentelemetry-sdk", "httptools")
THREADS = (1, 16, 64)
SECONDS = float(os.environ.get("GATEWAY_SECONDS", "3"))
ROUNDS = int(os.environ.get("GATEWAY_ROUNDS", "3"))
Found = dict[str, dict[int, dict[str, float]]]


def run(folder: Path) -> Path:
    """Measure all ways that can be measured here, and publish."""
    has_peer = _has_peer()
    with ExitStack() as stack:
        url = stack.enter_context(_upstream())
        environment = _installation(stack, url)
        proxy = stack.enter_context(_proxy(url)) if has_peer else None
        found = _rounds(url, environment, proxy)
    return publish("gateway", _figures(found), _notes(found, proxy is not None), folder)


def _has_peer() -> bool:
    try:
        peer_python(PEER.parent, PACKAGES, "litellm")
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        print(f"LiteLLM cannot be installed here: {type(error).__name__}")
        return False
    return True


def _rounds(url: str, environment: dict[str, str], proxy: str | None) -> Found:
    """Measure each way in turn, several times over, so that other work on the machine hits all of them alike."""
    ways = {
        "sdk": [sys.executable, "-m", "benchmarks.gateway.client", "sdk", url],
        "ours": [sys.executable, "-m", "benchmarks.gateway.client", "ours", url],
    }
    if (PEER / "python").exists():
        ways["router"] = [str(PEER / "python"), "benchmarks/gateway/litellm_client.py", url]
    if proxy:
        ways["proxy"] = [sys.executable, "-m", "benchmarks.gateway.client", "sdk", proxy]
    seen: dict[str, dict[int, list[dict[str, float]]]] = {way: {one: [] for one in THREADS} for way in ways}
    for _ in range(ROUNDS):
        for way, command in ways.items():
            for line in _lines([*command, str(SECONDS), *map(str, THREADS)], environment):
                seen[way][int(line["threads"])].append(line)
    return {way: {one: _middle(lines) for one, lines in by.items()} for way, by in seen.items()}


def _lines(command: list[str], environment: dict[str, str]) -> list[dict[str, float]]:
    done = subprocess.run(
        command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, timeout=300
    )
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def _middle(lines: list[dict[str, float]]) -> dict[str, float]:
    return {name: median(line[name] for line in lines) for name in lines[0]}


def _figures(found: Found) -> list[Figure]:
    sdk, ours, router = found["sdk"], found["ours"], found.get("router")
    times = ours[16]["rps"] / router[16]["rps"] if router else None
    return [
        judged("added_p50_ms", ours[1]["p50_ms"] - sdk[1]["p50_ms"], "ms", "≤", 1.5,
               router[1]["p50_ms"] - sdk[1]["p50_ms"] if router else None),
        judged("added_cpu_ms", ours[1]["cpu_ms"] - sdk[1]["cpu_ms"], "ms", "≤", 1.0,
               router[1]["cpu_ms"] - sdk[1]["cpu_ms"] if router else None),
        judged("times_litellm_router", times, "×", "≥", 2.3),
        judged("share_of_sdk", ours[16]["rps"] / sdk[16]["rps"], "", "≥", 0.70,
               router[16]["rps"] / sdk[16]["rps"] if router else None),
        judged("rss_mb", ours[64]["rss_mb"], "MB", "≤", 250, router[64]["rss_mb"] if router else None),
    ]  # fmt: skip


def _notes(found: Found, with_proxy: bool) -> list[str]:
    head = f"{'way':8}{'threads':>8}{'req/s':>10}{'p50 ms':>10}{'p99 ms':>10}{'CPU ms':>10}{'RSS MB':>10}"
    rows = [
        f"{way:8}{one:>8}{at['rps']:>10.0f}{at['p50_ms']:>10.2f}{at['p99_ms']:>10.2f}{at['cpu_ms']:>10.2f}"
        f"{at['rss_mb']:>10.0f}"
        for way, by in found.items()
        for one, at in by.items()
    ]
    notes = [head, *rows, f"medians of {ROUNDS} rounds of {SECONDS:g} s; CPU and memory are the calling process's own"]
    if "router" not in found:
        notes.append("LiteLLM was not measured: it could not be installed")
    elif not with_proxy:
        notes.append("LiteLLM's proxy was not measured: it is not in var/litellm, or did not start")
    return notes


@contextmanager
def _upstream() -> Iterator[str]:
    """Run the fake vendor; yields its base URL."""
    port = free_port()
    child = child_process.spawn([sys.executable, "-m", "benchmarks.gateway.upstream", str(port)], cwd=ROOT)
    try:
        wait_for(port, child)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        child_process.stop(child)


def _installation(stack: ExitStack, url: str) -> dict[str, str]:
    """An installation with the model catalogue in it, and every OpenAI deployment pointed at the fake vendor."""
    environment = private_installation(
        stack, LOG_LEVEL="ERROR", DJANGO_SETTINGS_MODULE="youman.settings", DATABASE_POOL="80",
        PRIVATE_ENDPOINTS="127.0.0.1", PROVIDER_KEY_HOSTS="openai=127.0.0.1",
        OPENAI_API_KEY="sk-bench-00000000", LITELLM_LOG="ERROR",
        LITELLM_LOCAL_MODEL_COST_MAP="True",
    )  # fmt: skip
    run_inside(environment, "benchmarks.gateway.fake_vendor.point_at", url)
    return environment


@contextmanager
def _proxy(url: str) -> Iterator[str | None]:
    """Run LiteLLM's own server: one worker, its own defaults, no database. Yields None where it does not start."""
    port = free_port()
    with tempfile.TemporaryDirectory() as home:
        config = Path(home, "config.yaml")
        config.write_text(
            "model_list:\n  - model_name: gpt-6-luna\n    litellm_params:\n      model: openai/gpt-6-luna\n"
            f"      api_base: {url}\n      api_key: sk-bench-00000000\n",
            encoding="utf-8",
        )
        environment = os.environ | {
            "LITELLM_LOG": "ERROR", "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MASTER_KEY": "sk-bench-00000000",
            "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true",
        }  # fmt: skip
        command = [str(PEER / "litellm"), "--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
        child = child_process.spawn(command, cwd=Path(home), env=environment, output=subprocess.DEVNULL)
        try:
            yield f"http://127.0.0.1:{port}/v1" if _listens(port, child) else None
        finally:
            child_process.stop(child)


def _listens(port: int, child: subprocess.Popen[bytes]) -> bool:
    try:
        wait_for(port, child)
    except AssertionError:
        return False
    return True
