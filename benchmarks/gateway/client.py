"""Sends the same request again and again: `python -m benchmarks.gateway.client WAY URL SECONDS THREADS…`.

WAY is `sdk` (OpenAI's client with its defaults) or `ours` (plan, breaker, budget, call, ledger row). Prints a line of
JSON for each number of threads. `litellm_client.py` does the same with LiteLLM's router in an environment of its own.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

PROMPT = "\n".join(f"{number}: We leverage robust tools in order to deliver value." for number in range(1, 31))
SYSTEM = "Edit the numbered sentences so that they read naturally. Answer with the changed ones only."


def measure(
    ask: Callable[[], object], threads: int, seconds: float, leave: Callable[[], object] = lambda: None
) -> dict[str, float]:
    """Return latencies (ms), requests per second, this process's CPU time per request (ms). `leave` ends a thread."""
    spent: list[list[float]] = [[] for _ in range(threads)]
    gate = threading.Barrier(threads + 1)

    def work(mine: list[float]) -> None:
        ask()
        gate.wait(30)
        until = time.perf_counter() + seconds
        while (started := time.perf_counter()) < until:
            ask()
            mine.append(time.perf_counter() - started)
        leave()

    workers = [threading.Thread(target=work, args=(mine,)) for mine in spent]
    for worker in workers:
        worker.start()
    gate.wait(30)
    began, cpu = time.perf_counter(), time.process_time()
    for worker in workers:
        worker.join()
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    found = sorted(one for mine in spent for one in mine)
    return {
        "threads": threads,
        "requests": len(found),
        "rps": len(found) / wall,
        "p50_ms": 1000 * found[len(found) // 2],
        "p99_ms": 1000 * found[len(found) * 99 // 100],
        "cpu_ms": 1000 * cpu / len(found),
        "rss_mb": resident_mb(),
    }


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def sdk(url: str) -> Callable[[], object]:
    """The vendor's client as its documentation shows it, without retries."""
    import openai

    client = openai.OpenAI(api_key="sk-bench-00000000", base_url=url, max_retries=0, timeout=30)
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": PROMPT}]
    create: Callable[..., object] = client.chat.completions.create

    def ask() -> object:
        return create(model="gpt-6-luna", messages=messages, max_completion_tokens=600, reasoning_effort="none")

    return ask


def ours(url: str) -> Callable[[], object]:
    """What the product does for a call: plan over the live deployments, then `gateway.calls`, with a budget."""
    import django

    django.setup()
    from humanize.generation import availability
    from humanize.routing import router
    from humanize.routing.policy import DEFAULTS
    from serving.backends.base import RewriteRequest
    from serving.gateway import calls
    from serving.gateway.ledger import Caller
    from serving.selectors import live_deployments
    from youman.core.database.ids import new_id

    request = RewriteRequest(PROMPT, system=SYSTEM, prompt=PROMPT, max_output_tokens=600, deadline_s=30)

    def ask() -> object:
        live = [availability.candidate_of(one, "medium", "auto") for one in live_deployments()]
        features = router.TextFeatures(300, "en", "medium", False, 0)
        route = router.plan(tier="BASIC", model="auto", features=features, live=live, policy=DEFAULTS["BASIC"])
        caller = Caller(1, "BASIC", new_id())
        return calls.rewrite(deployment=route.candidates[0].name, request=request, caller=caller)

    return ask


def main() -> None:
    way, url, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    ask = {"sdk": sdk, "ours": ours}[way](url)
    for threads in map(int, sys.argv[4:]):
        print(json.dumps(measure(ask, threads, seconds, _leave if way == "ours" else lambda: None)), flush=True)


def _leave() -> None:
    """Give the thread's connection back to the pool."""
    from django.db import connection

    connection.close()


if __name__ == "__main__":
    main()
