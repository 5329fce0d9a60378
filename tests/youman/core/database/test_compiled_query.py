"""Compiled queries find what the same query finds uncompiled, in one statement, in every thread; on SQLite too."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.db.models import Count, QuerySet
from django.test.utils import CaptureQueriesContext

from tests.waiting import join
from youman.core.accounts import lifecycle
from youman.core.database.compiled_query import CompiledQuery
from youman.core.models import Account, ApiKey

pytestmark = pytest.mark.django_db(transaction=True)


def build(tier: str, words: int) -> QuerySet[Account]:
    """Build a query with all that the project's queries use: a join, a deferred field, an annotation, a filter."""
    rows = Account.objects.select_related("user").defer("consent_version").annotate(keys=Count("api_keys"))
    return rows.filter(tier=tier, monthly_words__gte=words, user__is_active=True).order_by("-monthly_words")


@pytest.fixture
def found(db: None) -> CompiledQuery[Account]:
    for name, words in (("alice", 10), ("bob", 20), ("away", 90)):
        account = lifecycle.create_account(username=name, password="correct horse battery", tier="BASIC")
        Account.objects.filter(pk=account.pk).update(monthly_words=words)
    account.user.is_active = False
    account.user.save()
    ApiKey.objects.create(account=Account.objects.get(user__username="bob"), name="k", prefix="p", digest="d")
    return CompiledQuery(build, str, int)


def check(found: CompiledQuery[Account]) -> None:
    for tier, words in (("BASIC", 0), ("BASIC", 20), ("BASIC", 21), ("FREE", 0), ("'; --", 0), ("%s", 0)):
        plain = build(tier, words).first()
        with CaptureQueriesContext(connection) as queries:
            row = found.first(tier, words)
            assert (row, row and row.user.username) == (plain, plain and "bob")
        assert len(queries) == 1
        assert row is None or (row.get_deferred_fields(), vars(row)["keys"]) == ({"consent_version"}, 1)


def test_it_finds_what_the_query_finds(found: CompiledQuery[Account]) -> None:
    check(found)
    row = found.first("BASIC", 20)
    assert row is not None
    assert (row.user.username, row.monthly_words) == ("bob", 20)
    assert found.first("BASIC", 21) is None


@pytest.mark.embedded
def test_on_sqlite_too(found: CompiledQuery[Account]) -> None:
    check(found)


def test_each_thread_asks_over_its_own_connection(found: CompiledQuery[Account]) -> None:
    assert found.first("BASIC", 0) is not None
    seen: list[object] = []

    def ask() -> None:
        try:
            row = found.first("BASIC", 0)
            seen.append(row and row.user.username)
            seen.append(connection.connection is not None)
        finally:
            connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    join(thread)
    assert seen == ["bob", True]


def test_it_takes_as_many_values_as_it_has_kinds(found: CompiledQuery[Account]) -> None:
    with pytest.raises(ValueError, match="shorter"):
        found.first("BASIC")
