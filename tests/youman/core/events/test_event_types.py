"""What a declaration must hold, and that every declared event is described in `docs/events.md` and nothing else is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

import pytest
from django.core.exceptions import ImproperlyConfigured

from registry.events import ModelRegistered
from youman.core.events import event_types
from youman.core.events.event_types import About, Event, declare


@pytest.fixture(autouse=True)
def _what_a_test_declares_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_types, "_declared", dict(event_types._declared))
    monkeypatch.setattr(event_types, "_fields", dict(event_types._fields))


@dataclass(frozen=True, slots=True)
class Sample(Event):
    """A sample was taken."""

    type: ClassVar[str] = "sample.taken"
    text: Annotated[str, About("a", "x")]
    count: Annotated[int | None, About("b", 1)]
    share: Annotated[float, About("c", 0.5)]
    id: Annotated[UUID, About("d", "x")]
    at: Annotated[datetime, About("e", "x")]
    money: Annotated[Decimal, About("f", "1.50")]


def sample(**changes: object) -> Sample:
    values: dict[str, object] = {
        "text": "t", "count": None, "share": 1, "id": UUID(int=7), "at": datetime(2026, 11, 24, tzinfo=UTC),
        "money": Decimal("1.50"),
    }  # fmt: skip
    return Sample(**{**values, **changes})  # type: ignore[arg-type]


def test_values_become_plain_json() -> None:
    declare(Sample)
    assert sample().data() == {
        "text": "t",
        "count": None,
        "share": 1,
        "id": "00000000-0000-0000-0000-000000000007",
        "at": "2026-11-24T00:00:00+00:00",
        "money": "1.5",
    }
    assert sample(money=Decimal("0E-15")).data()["money"] == "0"
    assert [one.json_type for one in event_types.fields_of(Sample)] == [
        "string", "integer or null", "number", "string (UUID)", "string (ISO 8601 time)", "string (decimal)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": None}, "sample.taken: text must be string, not NoneType"),
        ({"count": "7"}, "sample.taken: count must be integer or null, not str"),
        ({"id": "7"}, r"sample.taken: id must be string \(UUID\), not str"),
    ],
)
def test_a_value_of_another_type_is_refused(changes: dict[str, object], message: str) -> None:
    declare(Sample)
    with pytest.raises(TypeError, match=f"^{message}$"):
        sample(**changes).data()


def test_what_is_not_declared_cannot_be_announced() -> None:
    with pytest.raises(ImproperlyConfigured, match="Sample is not declared"):
        sample().data()


@dataclass(frozen=True, slots=True)
class _Nameless(Event):
    """Something happened."""


@dataclass(frozen=True, slots=True)
class _Silent(Event):
    type: ClassVar[str] = "silent.event"


class _Bare(Event):
    """Something happened."""

    type: ClassVar[str] = "bare.event"


@dataclass(frozen=True, slots=True)
class _Undescribed(Event):
    """Something happened."""

    type: ClassVar[str] = "undescribed.event"
    text: str


@dataclass(frozen=True, slots=True)
class _Nested(Event):
    """Something happened."""

    type: ClassVar[str] = "nested.event"
    parts: Annotated[list[str], About("parts", "x")]


@dataclass(frozen=True, slots=True)
class _Twice(Event):
    """A model was registered."""

    type: ClassVar[str] = ModelRegistered.type


@pytest.mark.parametrize(
    ("event_type", "message"),
    [
        (_Nameless, "needs a type such as"),
        (_Silent, "a docstring that says when it is sent"),
        (_Bare, "must be a dataclass"),
        (_Undescribed, "undescribed.event: write text as Annotated"),
        (_Nested, "nested.event: write parts as Annotated"),
        (_Twice, "model.registered is already declared by ModelRegistered"),
    ],
)
def test_a_declaration_says_what_it_lacks(event_type: type[Event], message: str) -> None:
    before = dict(event_types.declared_types())
    with pytest.raises(ImproperlyConfigured, match=message):
        declare(event_type)
    assert event_types.declared_types() == before
