"""Idempotency-Key: once, replayed, refused, freed, taken over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from youman.core.accounts import lifecycle, stored_answers
from youman.core.accounts.stored_answers import RETENTION
from youman.core.api.idempotency import LEASE, run_once
from youman.core.errors import IdempotencyMismatch, InvalidInput, RequestInFlight, TooLarge
from youman.core.models import Account, IdempotencyRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> Account:
    return lifecycle.create_account(username="alice", password="correct horse battery")


class Counter:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> Response:
        self.calls += 1
        return Response({"n": self.calls}, status=201, headers={"Location": "/x"})


def asked(key: str, text: str = "one") -> Request:
    raw = APIRequestFactory().post("/api/v1/x", {"text": text}, format="json", headers={"Idempotency-Key": key})
    return Request(raw, parsers=[JSONParser()])


def test_the_second_request_gets_the_first_answer(alice: Account) -> None:
    do = Counter()
    first, second = run_once(asked("k"), alice, do), run_once(asked("k"), alice, do)
    assert (first.status_code, first.data) == (second.status_code, second.data) == (201, {"n": 1})
    assert (second.headers["Idempotency-Replayed"], second.headers["Location"]) == ("true", "/x")
    assert do.calls == 1


def test_without_a_key_each_request_is_done(alice: Account) -> None:
    do = Counter()
    run_once(asked(""), alice, do)
    assert run_once(asked(""), alice, do).data == {"n": 2}


def test_another_body_under_the_same_key_is_refused(alice: Account) -> None:
    do = Counter()
    run_once(asked("k"), alice, do)
    with pytest.raises(IdempotencyMismatch):
        run_once(asked("k", "two"), alice, do)
    assert do.calls == 1


def test_keys_of_two_accounts_do_not_meet(alice: Account) -> None:
    bob = lifecycle.create_account(username="bob", password="correct horse battery")
    do = Counter()
    run_once(asked("k"), alice, do)
    assert run_once(asked("k", "two"), bob, do).data == {"n": 2}


def test_while_the_first_runs_the_second_is_refused(alice: Account) -> None:
    def nested() -> Response:
        with pytest.raises(RequestInFlight):
            run_once(asked("k"), alice, Counter())
        return Response({})

    assert run_once(asked("k"), alice, nested).data == {}


def test_an_error_frees_the_key(alice: Account) -> None:
    def refuse() -> Response:
        raise TooLarge

    with pytest.raises(TooLarge):
        run_once(asked("k"), alice, refuse)
    assert run_once(asked("k"), alice, Counter()).data == {"n": 1}


def test_a_request_that_died_is_taken_over_after_its_lease(alice: Account) -> None:
    run_once(asked("k"), alice, Counter())
    IdempotencyRecord.objects.update(status=None, started_at=timezone.now() - LEASE)
    do = Counter()
    assert run_once(asked("k"), alice, do).data == {"n": 1}
    assert do.calls == 1


def test_too_long_a_key_is_refused(alice: Account) -> None:
    with pytest.raises(InvalidInput, match="255"):
        run_once(asked("k" * 256), alice, Counter())


def test_pruning_removes_only_what_has_expired(alice: Account) -> None:
    run_once(asked("old"), alice, Counter())
    IdempotencyRecord.objects.update(started_at=timezone.now() - RETENTION - timedelta(seconds=1))
    run_once(asked("new"), alice, Counter())
    assert stored_answers.prune_answers() == 1
    assert IdempotencyRecord.objects.get().key == "new"
