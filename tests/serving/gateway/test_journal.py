"""An answered call has its row whatever dies: the process at any moment, the database for seconds or for longer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from serving.backends.base import RewriteRequest
from serving.gateway import calls, journal, ledger_write, recovery, snapshot
from serving.gateway.budgets import BudgetHold, MaximumCost
from serving.gateway.ledger import Caller
from serving.models import Budget, BudgetPeriod, Deployment, Invocation, ProviderModel, Reservation
from serving.states import DeploymentState
from tests.vendors import KEY_HOSTS_TEXT, Seen, VendorServer
from tests.waiting import HANG_S, wait_until
from tests.workers.worker import database_url

ASK = RewriteRequest("We leverage tools.", system="Edit.", prompt="1: We leverage tools.")
FAKE = Caller(7, "BASIC")
needs_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="needs a server that can be cut off")
_CALL = """
import os, signal
import django
django.setup()
from serving.backends.base import RewriteRequest
from serving.gateway import calls, journal, ledger_write
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
{patch}
ask = RewriteRequest("We leverage tools.", system="Edit.", prompt="1: We leverage tools.")
calls.rewrite(deployment="wire", request=ask, caller=calls.Caller(account_id=7, tier="BASIC"))
"""


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the journals of this test alone, and of the processes it starts."""
    monkeypatch.setattr(journal, "_kept", journal._Journal())
    monkeypatch.setattr(recovery, "_looked", 0)
    monkeypatch.setenv("YOUMAN_VAR", str(tmp_path))
    settings.LEDGER_JOURNAL_PATH = tmp_path / "ledger"
    return tmp_path / "ledger"


def deployment(url: str = "", **options: object) -> Deployment:
    luna = ProviderModel.objects.get_or_create(
        provider="openai", model_id="gpt-6-luna",
        defaults={"name": "GPT-6 Luna", "context_window": 400_000, "max_output": 128_000},
    )[0]  # fmt: skip
    name, backend = ("wire", "openai") if url else ("fake", "recorded")
    made = Deployment.objects.create(
        name=name, kind="llm", backend=backend, endpoint=url, provider_model=luna, state=DeploymentState.ACTIVE,
        options=options,
    )  # fmt: skip
    Budget.objects.create(scope="account", subject="7", span="month", money=1_000)
    snapshot.clear_cache()
    return made


@pytest.fixture
def wire(transactional_db: None, vendor_server: VendorServer, settings: Settings) -> Iterator[VendorServer]:
    settings.PROVIDER_KEYS = {"openai": "k1"}
    deployment(vendor_server.url("openai"))
    yield vendor_server
    snapshot.clear_cache()


def call_and_die(patch: str = "") -> None:
    """A process that calls the vendor and is killed where `patch` says."""
    environment = os.environ | {
        "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "youman.settings", "OPENAI_API_KEY": "k1",
        "PRIVATE_ENDPOINTS": "127.0.0.1", "PROVIDER_KEY_HOSTS": KEY_HOSTS_TEXT,
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", _CALL.format(patch=patch)], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text().splitlines()]


def assert_settled(row: Invocation) -> None:
    period = BudgetPeriod.objects.get()
    assert (period.money_spent, period.tokens_spent) == (row.cost, row.tokens_in + row.tokens_out)
    assert (period.money_reserved, period.tokens_reserved, Reservation.objects.count()) == (Decimal(0), 0, 0)


KILLED_WITH_THE_ANSWER = {
    "before the row is written": "ledger_write.post = die",
    "in the statement that writes it": (
        "run = ledger_write.prepared_statements.run\n"
        "def stop(sql, values): return die() if 'INTO serving_invocation' in sql else run(sql, values)\n"
        "ledger_write.prepared_statements.run = stop"
    ),
    "after its commit": "post = ledger_write.post\nledger_write.post = lambda one: (post(one), die())",
}


@needs_postgresql
@pytest.mark.worker
@pytest.mark.parametrize("moment", KILLED_WITH_THE_ANSWER)
def test_a_process_that_dies_with_the_answer_in_hand(wire: VendorServer, folder: Path, moment: str) -> None:
    call_and_die(KILLED_WITH_THE_ANSWER[moment])
    assert (recovery.book_journals(), list(folder.glob("*.jsonl"))) == (0 if "after" in moment else 1, [])
    row = Invocation.objects.get()
    assert (row.tokens_in, row.tokens_out, row.estimated, row.error) == (
        wire.tokens.sent, wire.tokens.back, False, "",
    )  # fmt: skip
    assert row.usage is not None
    assert_settled(row)
    assert recovery.sweep(now=timezone.now() + timedelta(days=1)) == 0
    assert Invocation.objects.count() == 1


@needs_postgresql
@pytest.mark.worker
@pytest.mark.parametrize("has_disk", [True, False])
def test_a_process_that_dies_before_it_has_the_answer_is_booked_as_an_estimate(
    wire: VendorServer, folder: Path, has_disk: bool
) -> None:
    call_and_die("calls._ended = die")
    if not has_disk:
        for path in folder.glob("*.jsonl"):
            path.unlink()
    assert recovery.sweep() == (1 if has_disk else 0)
    assert recovery.sweep(now=timezone.now() + timedelta(minutes=10)) == (0 if has_disk else 1)
    row = Invocation.objects.get()
    assert (row.error, row.estimated, row.tokens_in, row.tokens_out) == ("lost", True, 7, 2)
    assert row.cost == Decimal("0.0000017")
    assert_settled(row)


@needs_postgresql
def test_a_database_that_cuts_every_connection_is_asked_again(wire: VendorServer) -> None:
    def answer(seen: Seen) -> str:
        cut(allow=True)
        return seen.prompt

    wire.answer = answer
    connection.ensure_connection()
    answered = calls.rewrite(deployment="wire", request=ASK, caller=FAKE)
    row = Invocation.objects.get()
    assert (row.pk, row.cost) == (answered.invocation_id, answered.cost)
    assert_settled(row)


def cut(*, allow: bool) -> None:
    """End every connection to the database of the test, and let new ones in or not."""
    parts = connection.settings_dict
    with psycopg.connect(host=parts["HOST"], user=parts["USER"], dbname="postgres", autocommit=True) as other:
        other.execute(f'ALTER DATABASE "{parts["NAME"]}" ALLOW_CONNECTIONS {str(allow).lower()}'.encode())
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [parts["NAME"]])


@needs_postgresql
def test_a_database_that_stays_away_gets_the_row_when_it_is_back(
    wire: VendorServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(seen: Seen) -> str:
        cut(allow=False)
        return seen.prompt

    monkeypatch.setattr(journal, "PATIENCE_S", 0.2)
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "pool", False)  # it would wait ten seconds
    wire.answer = answer
    try:
        with pytest.raises(OperationalError):
            calls.rewrite(deployment="wire", request=ASK, caller=FAKE)
        assert [one["sent"] for one in lines(folder)] == [True, False]
    finally:
        connection.close()
        cut(allow=True)
    wait_until(lambda: Invocation.objects.exists())
    row = Invocation.objects.get()
    assert (row.tokens_out, row.error) == (wire.tokens.back, "")
    assert_settled(row)
    wait_until(lambda: not journal._kept.due)


@pytest.mark.django_db
def test_a_fault_of_ours_after_the_call_was_sent_is_booked_as_an_estimate(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    deployment()
    monkeypatch.setattr(calls, "_ended", stop)
    with pytest.raises(KeyboardInterrupt):
        calls.rewrite(deployment="fake", request=ASK, caller=FAKE)
    row = Invocation.objects.get()
    assert (row.error, row.estimated, row.cost) == ("lost", True, Decimal("0.0000017"))
    assert_settled(row)


@pytest.mark.django_db
def test_a_journal_holds_no_text_and_a_living_process_keeps_its_own(folder: Path) -> None:
    deployment()
    calls.rewrite(deployment="fake", request=ASK, caller=FAKE)
    sent, came = lines(folder)
    assert (sent["sent"], came["sent"], came["row"]["id"]) == (True, False, str(Invocation.objects.get().pk))  # type: ignore[index]
    assert not {"leverage", "tools", "Edit"} & set(json.dumps([sent, came]).replace('"', " ").split())
    assert recovery.book_journals() == 0
    assert len(list(folder.glob("*.jsonl"))) == 1


@pytest.mark.django_db
def test_a_full_file_goes_with_the_last_of_its_calls(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment()
    monkeypatch.setattr(journal, "FULL_BYTES", 3_000)
    for _ in range(20):
        calls.rewrite(deployment="fake", request=ASK, caller=FAKE)
        (path,) = folder.glob("*.jsonl")
        assert path.stat().st_size < 3 * 3_000
    assert Invocation.objects.count() == 20


@pytest.mark.django_db
def test_where_no_file_can_be_written_calls_go_on(folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    deployment()
    calls.rewrite(deployment="fake", request=ASK, caller=FAKE)
    assert Invocation.objects.count() == 1


def left(folder: Path, change: Callable[[str], str] = lambda line: line, name: str = "") -> UUID:
    """The journal of a process that died after it had written down an answer."""
    made = deployment()
    calls.rewrite(deployment="fake", request=ASK, caller=FAKE)
    (path,) = folder.glob("*.jsonl")
    row = Invocation.objects.get()
    (folder / f"{name or journal.database_mark()}-1-dead.jsonl").write_text(change(path.read_text()))
    made.refresh_from_db()
    return row.pk


@pytest.mark.django_db
def test_lines_that_are_damaged_or_cut_do_not_keep_the_others_from_being_booked(folder: Path) -> None:
    new = UUID(int=5)
    old = left(folder, lambda text: f'{{"se\n{text.replace(lines(folder)[0]["row"]["id"], str(new))}{{"sent": tr')  # type: ignore[index]
    assert recovery.book_journals() == 1
    assert set(Invocation.objects.values_list("pk", flat=True)) == {old, new}
    assert not (folder / f"{journal.database_mark()}-1-dead.jsonl").exists()


@pytest.mark.django_db
def test_the_journal_of_another_database_is_left_alone(folder: Path) -> None:
    left(folder, lambda text: text.replace(lines(folder)[0]["row"]["id"], str(UUID(int=5))), name="00000000")  # type: ignore[index]
    assert recovery.book_journals() == 0
    assert Invocation.objects.count() == 1


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_what_the_database_never_takes_is_set_aside_for_a_person(folder: Path) -> None:
    def change(text: str) -> str:
        row = lines(folder)[1]["row"]
        assert isinstance(row, dict)
        return text.replace(row["id"], str(UUID(int=5))).replace('"latency_ms": ', '"latency_ms": -1')

    left(folder, change)
    recovery.book_journals()
    assert Invocation.objects.count() == 1
    assert str(UUID(int=5)) in (folder / journal.UNBOOKABLE).read_text()


@pytest.mark.django_db
def test_a_call_that_two_book_is_booked_once(folder: Path) -> None:
    """The owner's thread and the sweep of the reservation may do so at once."""
    left(folder)
    row = Invocation.objects.get()
    period = BudgetPeriod.objects.get()
    before = (period.money_spent, period.tokens_spent)
    hold = BudgetHold(row.pk, MaximumCost(Decimal(1), 1), (period.pk,))
    ledger_write.post_entry(row, hold)
    period.refresh_from_db()
    assert (period.money_spent, period.tokens_spent) == before
    assert Invocation.objects.count() == 1


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_the_first_call_of_a_process_books_what_an_earlier_one_left(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left(folder, lambda text: text.replace(lines(folder)[0]["row"]["id"], str(UUID(int=5))))  # type: ignore[index]
    monkeypatch.setattr(recovery, "_looked", 0)
    calls.rewrite(deployment="fake", request=ASK, caller=FAKE)
    wait_until(lambda: Invocation.objects.filter(pk=UUID(int=5)).exists())
    for thread in threading.enumerate():
        if thread.name == "ledger-recovery":
            thread.join(HANG_S)
