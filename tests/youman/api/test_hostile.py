"""No body and no query makes the API fail: thousands of odd ones, drawn from the description, end in a plain refusal.

What it takes is undone after each request, so every one meets the same installation.
"""

from __future__ import annotations

import json
import os
from itertools import groupby

import pytest
from django.db import transaction
from django.http.response import HttpResponseBase

from tests.youman.api import hostile
from tests.youman.api.furnished import Furnished

pytestmark = [pytest.mark.attack("api_fuzz"), pytest.mark.fuzz, pytest.mark.django_db]
MOST = 150  # bodies and queries of one operation
SEED = int(os.environ.get("FUZZ_SEED", "0"))
BODIES = {
    name: [body for _, body in group][:MOST]
    for name, group in groupby(sorted(hostile.bodies(SEED), key=lambda one: one[0]), key=lambda one: one[0])
}
QUERIES = {
    name: [query for _, query in group][:MOST]
    for name, group in groupby(sorted(hostile.queries(), key=lambda one: one[0]), key=lambda one: one[0])
}


def complaint(response: HttpResponseBase) -> str:
    """What is wrong with an answer; empty if it is one that a hostile request may get."""
    # Its files only: `close` itself would also end the connection to the database.
    for close in response._resource_closers:  # type: ignore[attr-defined]  # of Django, not in its stubs
        close()
    if response.status_code >= 500:
        return f"status {response.status_code}"
    if response.status_code >= 400:
        if response["Content-Type"] != "application/problem+json":
            return f"{response.status_code} is {response['Content-Type']}"
        json.loads(response.content)["detail"].encode()  # type: ignore[attr-defined]  # the answer is not a stream
    return ""


def test_there_are_thousands() -> None:
    assert sum(len(found) for found in BODIES.values()) >= 3_000
    assert sum(len(found) for found in QUERIES.values()) >= 1_000


@pytest.mark.parametrize("operation", BODIES)
def test_bodies(house: Furnished, operation: str) -> None:
    found = []
    for body in BODIES[operation]:
        with transaction.atomic():
            if wrong := complaint(house.send(operation, body)):
                found.append(f"{wrong}: {body[:300]}")
            transaction.set_rollback(True)
    assert found == []


@pytest.mark.parametrize("operation", QUERIES)
def test_queries(house: Furnished, operation: str) -> None:
    found = []
    for query in QUERIES[operation]:
        with transaction.atomic():
            if wrong := complaint(house.send(operation, "", f"{house.path(operation)}?{query}")):
                found.append(f"{wrong}: {query[:300]}")
            transaction.set_rollback(True)
    assert found == []
