"""The peer: `texthumanize` from PyPI, in an environment of its own, on a stated sample of the texts."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.support.peers import peer_python

VERSION = "0.35.0"
_PROGRAM = """
import json, sys, time
import texthumanize
for line in sys.stdin:
    started = time.perf_counter()
    result = texthumanize.humanize(json.loads(line), lang="en", seed=1)
    spent = time.perf_counter() - started
    print(json.dumps([result.text, spent]), flush=True)
"""


@dataclass(frozen=True, slots=True)
class PeerRun:
    """The peer's rewrites in order, and the seconds that all of them took without start-up."""

    results: tuple[str, ...]
    seconds: float


def rewrite(texts: Sequence[str], environment: Path) -> PeerRun:
    """Install the peer into `environment` on first use, and let it rewrite the texts one by one."""
    python = peer_python(environment, [f"texthumanize=={VERSION}"], "texthumanize")
    lines = "".join(json.dumps(text) + "\n" for text in texts)
    done = subprocess.run(
        [str(python), "-c", _PROGRAM], input=lines, stdout=subprocess.PIPE, text=True, check=True, timeout=1800
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return PeerRun(tuple(answer[0] for answer in answers), sum(answer[1] for answer in answers))
