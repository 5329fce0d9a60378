"""Idempotency-Key: the key and what it made are one fact; repeated, refused, freed, in flight, gone."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from tests.waiting import HANG_S, join
from youman.core.accounts import idempotency_keys, lifecycle
from youman.core.accounts.idempotency_keys import RETENTION
from youman.core.api.idempotency import run_once
from youman.core.errors import AnswerGone, IdempotencyMismatch, InvalidInput, NotFound, RequestInFlight, TooLarge
from youman.core.models import Account, IdempotencyRecord, WordUsage

pytestmark = pytest.mark.django_db
_KEYS = itertools.count(1_000)  # known before a row is saved, as a UUID is


@pytest.fixture
def alice() -> Account:
    return lifecycle.create_account(username="alice", password="correct horse battery")


@dataclass
class Maker:
    """Makes a row a call; `after` is what happens before the transaction ends."""

    account: Account
    after: Callable[[], object] = lambda: None
    calls: list[int] = field(default_factory=list)

    def make(self, claim: idempotency_keys.Claim) -> WordUsage:
        number = len(self.calls) + 1
        made = WordUsage(pk=next(_KEYS), account=self.account, month=date(2026, number, 1), words=number)
        with transaction.atomic():
            claim(made)
            self.calls.append(1)
            made.save(force_insert=True)
            self.after()
        return made

    def ask(self, key: str, text: str = "one") -> Response:
        return run_once(asked(key, text), self.account, make=self.make, find=find, answer=answer)


def find(pk: str) -> WordUsage:
    found = WordUsage.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def answer(row: WordUsage) -> Response:
    return Response({"id": row.pk, "words": row.words}, status=201, headers={"Location": "/x"})


def asked(key: str, text: str = "one") -> Request:
    raw = APIRequestFactory().post("/api/v1/x", {"text": text}, format="json", headers={"Idempotency-Key": key})
    return Request(raw, parsers=[JSONParser()])


def test_the_second_request_is_answered_from_what_the_first_made(alice: Account) -> None:
    maker = Maker(alice)
    first, second = maker.ask("k"), maker.ask("k")
    assert (first.status_code, first.data) == (second.status_code, second.data)
    assert ("Idempotency-Replayed" in first, second["Idempotency-Replayed"], second["Location"]) == (
        False,
        "true",
        "/x",
    )
    assert (len(maker.calls), WordUsage.objects.count()) == (1, 1)
    record = IdempotencyRecord.objects.get()
    assert (record.made_kind, record.made_id) == ("core.wordusage", str(first.data["id"]))


def test_without_a_key_each_request_is_done_and_nothing_recorded(alice: Account) -> None:
    maker = Maker(alice)
    maker.ask("")
    assert maker.ask("").data["words"] == 2
    assert IdempotencyRecord.objects.count() == 0


def test_another_body_under_the_same_key_is_refused(alice: Account) -> None:
    maker = Maker(alice)
    maker.ask("k")
    with pytest.raises(IdempotencyMismatch):
        maker.ask("k", "two")
    assert len(maker.calls) == 1


def test_keys_of_two_accounts_do_not_meet(alice: Account) -> None:
    bob = Maker(lifecycle.create_account(username="bob", password="correct horse battery"))
    Maker(alice).ask("k")
    assert bob.ask("k", "two").status_code == 201
    assert WordUsage.objects.count() == 2


@pytest.mark.parametrize("key", ["k", ""])
@pytest.mark.parametrize("error", [TooLarge, RuntimeError, KeyboardInterrupt])
def test_an_error_has_changed_nothing_and_frees_the_key(alice: Account, key: str, error: type[BaseException]) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(error):
        Maker(alice, fail).ask(key)
    assert (WordUsage.objects.count(), IdempotencyRecord.objects.count()) == (0, 0)
    assert Maker(alice).ask(key).status_code == 201


def test_what_was_deleted_since_is_gone_and_the_key_stays_used(alice: Account) -> None:
    maker = Maker(alice)
    maker.ask("k")
    WordUsage.objects.all().delete()
    for _ in range(2):
        with pytest.raises(AnswerGone):
            maker.ask("k")
    assert WordUsage.objects.count() == 0


def test_too_long_a_key_is_refused(alice: Account) -> None:
    with pytest.raises(InvalidInput, match="255"):
        Maker(alice).ask("k" * 256)


def test_after_a_day_a_key_is_free_again(alice: Account) -> None:
    maker = Maker(alice)
    maker.ask("k")
    IdempotencyRecord.objects.update(created_at=timezone.now() - RETENTION - timedelta(seconds=1))
    assert maker.ask("k", "two").data["words"] == 2
    assert IdempotencyRecord.objects.count() == 1


def test_pruning_removes_only_what_has_expired(alice: Account) -> None:
    maker = Maker(alice)
    maker.ask("old")
    IdempotencyRecord.objects.update(created_at=timezone.now() - RETENTION - timedelta(seconds=1))
    maker.ask("new")
    assert idempotency_keys.prune_keys() == 1
    assert IdempotencyRecord.objects.get().key == "new"


def test_a_key_that_another_request_stored_during_the_work_is_answered_from_that(alice: Account) -> None:
    other = Maker(alice)

    def make(claim: idempotency_keys.Claim) -> WordUsage:
        other.ask("k")
        with transaction.atomic():
            claim(WordUsage(pk=next(_KEYS), account=alice, month=date(2027, 1, 1), words=9))
        raise AssertionError("the claim must not pass")

    response = run_once(asked("k"), alice, make=make, find=find, answer=answer)
    assert (response.data["words"], response["Idempotency-Replayed"]) == (1, "true")
    assert WordUsage.objects.count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one transaction write, and the other wait")
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_one_makes_it_and_the_other_waits_for_the_answer(self, alice: Account) -> None:
        barrier = threading.Barrier(2, timeout=HANG_S)
        maker = Maker(alice)

        def ask(number: int) -> None:
            barrier.wait()
            answers[number] = maker.ask("k")
            connection.close()

        answers: dict[int, Response] = {}
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        join(*threads)
        assert answers[0].data == answers[1].data
        assert [("Idempotency-Replayed" in one) for one in answers.values()].count(True) == 1
        assert WordUsage.objects.count() == 1

    def test_one_that_takes_long_sends_the_other_away_with_a_time(self, alice: Account) -> None:
        stored, refused = threading.Event(), threading.Event()

        def hold() -> None:
            stored.set()
            assert refused.wait(HANG_S)

        first, second = Maker(alice, hold), Maker(alice)
        answers: list[Response] = []

        def ask() -> None:
            answers.append(first.ask("k"))
            connection.close()

        thread = threading.Thread(target=ask)
        thread.start()
        assert stored.wait(HANG_S)
        with pytest.raises(RequestInFlight) as caught:
            second.ask("k")
        refused.set()
        join(thread)
        assert caught.value.retry_after_s == 1
        assert second.ask("k").data == answers[0].data
        assert (len(first.calls), len(second.calls)) == (1, 0)
