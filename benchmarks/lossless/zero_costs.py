"""Calls that are booked at a certain zero though the vendor may bill them, over all shapes of a bill that is hard to
read: three vendors and a server that speaks OpenAI's protocol, whole and streamed."""

from __future__ import annotations

from contextlib import ExitStack

from benchmarks.support.report import Figure, judged
from benchmarks.support.servers import private_installation, run_inside
from tests.vendors import KEY_HOSTS_TEXT

KEYS = dict.fromkeys(("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY"), "sk-bench-0123456789")


def certain_zero_costs() -> tuple[Figure, str]:
    """Count them in an installation of its own, with the vendors on 127.0.0.1; and say how many calls there were."""
    with ExitStack() as stack:
        environment = private_installation(
            stack, PRIVATE_ENDPOINTS="127.0.0.1", PROVIDER_KEY_HOSTS=KEY_HOSTS_TEXT, **KEYS
        )
        zeros, asked = map(int, run_inside(environment, "benchmarks.lossless.odd_bills.count")[-1].split())
    note = f"{asked} answers and errors whose bill is hard to read, of three vendors and an OpenAI-compatible server"
    return judged("certain_zero_costs", zeros, "calls", "=", 0), note
