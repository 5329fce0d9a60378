"""One run: load, kills, quiet, checks."""

from __future__ import annotations

import logging
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import Error, connection

from tests.chaos import installation
from tests.chaos.installation import Installation
from tests.chaos.load import Load
from tests.waiting import HANG_S, wait_until

if TYPE_CHECKING:
    from tests.chaos.invariants import Evidence

KINDS = {"web 1": 3, "web 2": 3, "worker": 3, "database": 2, "connection": 1}
_SWEEPS = 100  # at the end, until no journal is left
_SHOWN = 5  # cases of a broken invariant
_SILENT_S = 8.0  # a worker's beat comes every five seconds; the product waits for thirty


@dataclass
class Report:
    """`broken` has the cases of each invariant; empty lists for those that hold."""

    kills: Counter[str] = field(default_factory=Counter)
    wishes: int = 0
    tries: int = 0
    answers: int = 0
    estimates: int = 0
    broken: dict[str, list[str]] = field(default_factory=dict)
    doubles: int = 0
    answers_without_row: int = 0

    @property
    def is_sound(self) -> bool:
        return not any(self.broken.values())

    @property
    def summary(self) -> str:
        killed = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        return (
            f"{self.kills.total()} kills ({killed}); {self.wishes:,} keys in {self.tries:,} tries; {self.answers:,} "
            f"answers of the vendor, {self.estimates:,} booked as estimates"
        )

    @property
    def figures(self) -> dict[str, object]:
        return {
            "idempotent_doubles": self.doubles,
            "answers_without_row": self.answers_without_row,
            "broken": {name: cases for name, cases in self.broken.items() if cases},
            "summary": self.summary,
        }

    @property
    def table(self) -> str:
        lines = [
            self.summary,
            f"idempotent_doubles {self.doubles}, answers_without_row {self.answers_without_row}",
        ]
        for name, cases in self.broken.items():
            lines.append(f"{'BROKEN' if cases else 'holds':8}{name}{f' ({len(cases)} cases)' if cases else ''}")
            lines.extend(f"          {case}" for case in cases[:_SHOWN])
        return "\n".join(lines)


def run(*, kills: int, seed: int, minutes: float, clients: int = 8) -> Report:
    """Kill so often within so many minutes, wait for quiet and check. Takes about half a minute more."""
    report = Report()
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # it says at each try that the database is away
    with installation.running(seed) as site:
        load = Load(site.addresses, _prepare(site), seed)
        for process in site.processes.values():
            process.start()
        _wait_for(site, "web 1")
        threads = [threading.Thread(target=load.run, args=(number,), daemon=True) for number in range(clients)]
        keeper = _Upkeep()
        for thread in (*threads, keeper.thread):
            thread.start()
        _kill(site, report, random.Random(seed), kills, 60 * minutes / kills)
        load.end.set()
        _wait_for_all(site)
        for thread in threads:
            thread.join(HANG_S)
        wait_until(_is_quiet)
        keeper.stop()
        for process in site.processes.values():
            process.kill()
        _check(site, load, report)
    return report


def _prepare(site: Installation) -> str:
    """The tables, an account with a key and a budget, a deployment at the vendor, and a webhook that wants all."""
    from django.core.management import call_command

    from humanize.models import RoutePolicy
    from serving.models import Budget, Deployment
    from tests.humanize.deployments import MODELS, deployment, edited
    from youman.core.accounts import scopes
    from youman.core.accounts.lifecycle import create_account, create_api_key
    from youman.core.models import Webhook

    call_command("migrate", verbosity=0)
    call_command("sync_catalogue", verbosity=0)
    Deployment.objects.all().delete()
    for kind in ("small",):
        deployment(kind, site.vendor.url(MODELS[kind][0]))
    site.log.serve(site.vendor, edited)
    RoutePolicy.objects.update_or_create(tier="ENTERPRISE", defaults={"uses_own_models": False})
    account = create_account(username="bea", password="a long sentence 1", tier="ENTERPRISE", staff=True)
    Budget.objects.create(scope="account", subject=str(account.pk), span="month", money=1_000_000)
    Webhook.objects.create(name="all", url="https://127.0.0.1:9/", events=[], secret=b"s")
    key = create_api_key(account=account, name="chaos", key_scopes=scopes.ALL, actor="chaos")
    connection.close()  # it would not outlive the first kill of the database
    return key


def _kill(site: Installation, report: Report, draw: random.Random, kills: int, every_s: float) -> None:
    for _ in range(kills):
        time.sleep(every_s * draw.uniform(0.5, 1.5))
        name = draw.choices(list(KINDS), list(KINDS.values()))[0]
        if name.startswith("web"):
            _wait_for(site, name)  # one that is still starting has nothing to lose
        site.kill(name, draw)
        report.kills[name.split()[0]] += 1


def _wait_for(site: Installation, name: str) -> None:
    process = site.processes[name]

    def ended() -> str | None:
        if process.child is not None and process.child.poll() is None:
            return None
        return f"{name} ended by itself: {process.log.read_text()[-2000:]}"

    wait_until(lambda: _listens(process.port), given_up=ended)


def _wait_for_all(site: Installation) -> None:
    for name, process in site.processes.items():
        if process.port:
            _wait_for(site, name)


def _listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class _Upkeep:
    """What beat rings for, once a second and with less patience, so that a run takes minutes and not hours."""

    def __init__(self) -> None:
        self.end = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def stop(self) -> None:
        self.end.set()
        self.thread.join(HANG_S)

    def _run(self) -> None:
        while not self.end.wait(1.0):
            for step in (_reap, _sweep, _book, _settle):
                _attempt(step)
        _attempt(_book)
        _attempt(_settle)


def _attempt(step: Callable[[], object]) -> None:
    try:
        step()
    except Error:
        connection.close()  # the database is away; the next round asks again


def _reap() -> None:
    from django.utils import timezone

    from humanize.transformations import worker

    worker.reap(timezone.now() + worker.STALE_AFTER - timedelta(seconds=_SILENT_S))


def _sweep() -> None:
    from django.utils import timezone

    from humanize.transformations import worker

    worker.sweep(timezone.now() + worker.ENQUEUE_AGAIN_AFTER - timedelta(seconds=_SILENT_S))


def _book() -> None:
    from serving.tasks import sweep

    sweep()


def _settle() -> None:
    from humanize.generation import settlement

    settlement.settle_late()


def _is_quiet() -> bool:
    from humanize.models import Transformation
    from humanize.states import TERMINAL

    try:
        return not Transformation.objects.exclude(state__in=TERMINAL).exists()
    except Error:
        connection.close()
        return False


def _check(site: Installation, load: Load, report: Report) -> None:
    """When no process is left: what they hold is booked as of a day later, and then all must be right."""
    from django.utils import timezone

    from serving.gateway import recovery
    from serving.models import Invocation
    from tests.chaos import invariants

    for _ in range(_SWEEPS):
        recovery.sweep(now=timezone.now() + timedelta(days=1))
        if not list((site.var / "ledger").glob("*.jsonl")):
            break
        time.sleep(0.1)  # a process that was killed holds its file until the system has cleared it away
    _settle()
    evidence: Evidence = invariants.Evidence(load, list(site.log.answers), site.var)
    report.wishes, report.tries, report.answers = len(load.wishes), load.tries, len(evidence.answers)
    report.estimates = Invocation.objects.filter(estimated=True).count()
    report.doubles = len(invariants.doubles(evidence))
    report.answers_without_row = len(invariants.answers_without_row(evidence))
    for name, check in invariants.CHECKS.items():
        report.broken[name] = list(check(evidence))
