"""The same odd bodies, queries and paths on SQLite, which refuses other values than PostgreSQL does."""

from __future__ import annotations

import pytest
from django.db import transaction

from tests.youman.api.addresses import ADDRESSES
from tests.youman.api.furnished import Furnished
from tests.youman.api.test_hostile import BODIES, QUERIES, complaint
from tests.youman.api.test_unrepresentable import PARTS

pytestmark = [pytest.mark.attack("unrepresentable"), pytest.mark.embedded, pytest.mark.django_db]
FEW = 12  # of each operation; PostgreSQL gets them all


def test_there_are_hundreds() -> None:
    assert sum(len(found[:FEW]) for found in (*BODIES.values(), *QUERIES.values())) >= 500


@pytest.mark.parametrize("area", sorted({name.split("/")[3] for name in ADDRESSES}))
def test_nothing_odd_is_a_failure(house: Furnished, area: str) -> None:
    names = [name for name in ADDRESSES if name.split("/")[3] == area]
    sent = [(name, body, house.path(name)) for name in names for body in BODIES.get(name, [])[:FEW]]
    sent += [(name, "", f"{house.path(name)}?{one}") for name in names for one in QUERIES.get(name, [])[:FEW]]
    for name in names:
        method, _, path = name.partition(" ")
        places = [one for one in path.split("/") if one.startswith("{")]
        sent += [(name, "{}", house.path(f"{method} {path.replace(one, odd)}")) for one in places for odd in PARTS]
    found = []
    for name, body, place in sent:
        with transaction.atomic():
            if wrong := complaint(house.send(name, body, place)):
                found.append(f"{wrong}: {name} {place[:100]} {body[:200]}")
            transaction.set_rollback(True)
    assert found == []
