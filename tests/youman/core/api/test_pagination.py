"""Keyset pages: complete, without doubles, also when rows come in between, and at one cost."""

from __future__ import annotations

import base64

import pytest
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from youman.core.accounts import lifecycle
from youman.core.api.pagination import KeysetPagination
from youman.core.errors import InvalidInput
from youman.core.models import Account, ApiKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> Account:
    return lifecycle.create_account(username="alice", password="correct horse battery")


def add_keys(account: Account, *names: str) -> None:
    now = timezone.now()  # the same for all, so that only the id decides
    rows = [ApiKey(account=account, name=name, prefix="p", digest=name, created_at=now) for name in names]
    ApiKey.objects.bulk_create(rows)


def page(cursor: str | None, **query: str) -> tuple[list[str], str | None]:
    given = query | ({"cursor": cursor} if cursor else {})
    pages = KeysetPagination()
    rows = pages.paginate_queryset(ApiKey.objects.all(), Request(APIRequestFactory().get("/", given)))
    return [row.name for row in rows], pages.get_paginated_response([]).data["next"]


def test_pages_are_complete_and_a_row_added_meanwhile_moves_nothing(alice: Account) -> None:
    add_keys(alice, "a", "b", "c", "d", "e")
    first, cursor = page(None, page_size="2")
    add_keys(alice, "f")
    second, cursor = page(cursor, page_size="2")
    third, end = page(cursor, page_size="2")
    assert (first, second, third, end) == (["e", "d"], ["c", "b"], ["a"], None)


@pytest.mark.parametrize(
    "query",
    [{"page_size": "0"}, {"page_size": "201"}, {"page_size": "x"}, {"page_size": "²"}, {"page_size": "9" * 5000}],
)
def test_a_bad_page_size_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="from 1 to 200"):
        page(None, **query)


def cursor_of(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


FOREIGN = [
    "x", "é", *map(cursor_of, (
        "nope", "[1,2]", "[]", "{}", '["2026-01-01T00:00:00+00:00","x"]', '["2026-01-01T00:00:00+00:00",null]',
        '["2026-01-01T00:00:00+00:00",1e999]', '["0001-01-01T00:00:00+23:59","1"]',
        '["9999-12-31T23:59:59-23:59","1"]', "[" * 9000, '["x",' + "9" * 5000 + "]",
    )),
]  # fmt: skip


@pytest.mark.parametrize("cursor", FOREIGN)
def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput, match="start again without it"):
        page(cursor)
