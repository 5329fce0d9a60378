"""Restarts of Redis under a text in flight: which ones one worker survives, with each text ending right.

`python -m benchmarks.hardening.restarts RESTARTS` prints what became of each as JSON; a process of its own, since it
sets Django up for an installation of its own.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.support.data import ROOT
from benchmarks.support.servers import private_installation
from tests.services import valkey

if TYPE_CHECKING:
    from humanize.models import Transformation
    from tests.workers.worker import Worker
    from youman.core.models import Account

RESTARTS = 20
_SEED = 11
_LONGEST_OUTAGE_S = 3.0
# Killed or stopped; empty or with its data; back while the text is still being rewritten, or only after its end, when
# the worker cannot acknowledge its message.
_KINDS = tuple(itertools.product(("kill", "stop"), ("with data", "empty"), ("during", "after")))


@dataclass(frozen=True, slots=True)
class Restart:
    """One restart, what became of the worker and of the text; `trouble` is empty where both are right."""

    number: int
    kind: str
    trouble: str


def redis_restarts_survived(restarts: int = RESTARTS) -> tuple[int, list[Restart]]:
    """Return how many restarts were survived, and all of them. Takes about 12 s for each."""
    command = [sys.executable, "-m", "benchmarks.hardening.restarts", str(restarts)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    found = [Restart(**one) for one in json.loads(done.stdout.splitlines()[-1])]
    return sum(not one.trouble for one in found), found


def main(restarts: int) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(valkey.server(on_port=True))
        environment = private_installation(stack) | {"REDIS_URL": server.url}
        os.environ |= environment | {"DJANGO_SETTINGS_MODULE": "youman.settings"}
        import django

        django.setup()
        print(json.dumps([asdict(one) for one in _through(server, restarts)]))


def _through(server: valkey.Valkey, restarts: int) -> list[Restart]:
    from tests.workers import worker
    from tests.writers import writer

    alice = writer("alice", "ENTERPRISE").account
    draw = random.Random(_SEED)
    here = worker.start("default,long,reaper", slots="2")
    found: list[Restart] = []
    try:
        for number in range(1, restarts + 1):
            kind = _KINDS[(number - 1) % len(_KINDS)]
            trouble = _trouble(server, here, alice, kind, draw.uniform(0, _LONGEST_OUTAGE_S))
            if here.child.poll() is not None:
                trouble = f"the worker exited with {here.child.returncode}: {here.log.read_text()[-3000:]}"
                here = worker.start("default,long,reaper", slots="2")
            found.append(Restart(number, ", ".join(kind), trouble))
            print(found[-1], file=sys.stderr)
    finally:
        here.stop()
    return found


def _trouble(server: valkey.Valkey, here: Worker, alice: Account, kind: tuple[str, str, str], outage_s: float) -> str:
    """Restart the server under one text; return what went wrong."""
    from humanize.models import Transformation
    from humanize.pipeline.rewrite import rewrite_text
    from humanize.transformations import create
    from humanize.validation import check_options

    how, store, back = kind
    text = _long_text()
    request = create.CreateRequest(text=text, options=check_options(level=5), wait=False)
    row = create.create_transformation(account=alice, request=request).row

    def restart() -> None:
        server.kill() if how == "kill" else server.stop()
        if back == "during":
            time.sleep(outage_s)
            server.start(empty=store == "empty")

    if not _until(lambda: _while_running(row, restart), here):
        return "the text was never claimed"
    if back == "after":
        _until(lambda: _state(row) == "completed", here)
        time.sleep(outage_s)
        server.start(empty=store == "empty")
    if not _until(lambda: _state(row) == "completed", here):
        return f"the text is {_state(row)}"
    row = Transformation.objects.get(pk=row.pk)
    whole = rewrite_text(text, check_options(level=5))
    return "" if (row.result, row.attempt) == (whole.result, 1) else f"the result differs, or attempt {row.attempt}"


def _while_running(row: Transformation, do: Callable[[], None]) -> bool:
    """Do it under the row's lock once two parts are stored, so that the text cannot end before."""
    from django.db import transaction

    from humanize.models import Transformation

    with transaction.atomic():
        now = Transformation.objects.select_for_update().get(pk=row.pk)
        if now.state != "running" or now.done_chunks < 2:
            return False
        do()
        return True


def _state(row: Transformation) -> str:
    from humanize.models import Transformation

    return Transformation.objects.values_list("state", flat=True).get(pk=row.pk)


def _until(condition: Callable[[], bool], here: Worker) -> bool:
    from tests.workers.worker import wait_until

    with suppress(AssertionError):
        wait_until(condition, here)
        return True
    return False


def _long_text() -> str:
    samples = [path.read_text(encoding="utf-8") for path in sorted(Path(ROOT, "humanize", "samples").glob("*.md"))]
    return "\n".join(samples[number % len(samples)].replace("# ", f"# {number} ") for number in range(60))


if __name__ == "__main__":
    main(int(sys.argv[1]))
