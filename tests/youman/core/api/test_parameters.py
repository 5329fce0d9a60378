"""What each kind of parameter takes, what it makes of it, and what it says of the rest."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.test import RequestFactory

from youman.core.api.parameters import (
    BooleanParameter,
    ChoiceParameter,
    DateParameter,
    IntegerParameter,
    NumberParameter,
    Query,
    RepeatableParameter,
    TextParameter,
    TimeParameter,
    UUIDParameter,
)
from youman.core.errors import FieldProblem, InvalidInput


def _even(text: str) -> int:
    if int(text) % 2:
        raise InvalidInput("must be even")
    return int(text)


class Everything(Query):
    flag = BooleanParameter()
    switch = BooleanParameter(default=False)
    count = IntegerParameter(min_value=-5, max_value=12, default=7)
    share = NumberParameter(min_value=0, max_value=1)
    owner = UUIDParameter()
    day = DateParameter()
    at = TimeParameter()
    by = ChoiceParameter(["day", "model"])
    words = TextParameter(max_length=5)
    even = TextParameter(check=_even)
    key = RepeatableParameter(child=TextParameter(max_length=5), max_length=3)


class Needed(Query):
    at = TimeParameter(required=True)


def read(query: type[Query], *given: tuple[str, str]) -> dict[str, Any]:
    return query.read(RequestFactory().get(f"/?{urlencode(given)}"))


def refusal(query: type[Query], *given: tuple[str, str]) -> tuple[FieldProblem, ...]:
    with pytest.raises(InvalidInput) as error:
        read(query, *given)
    return error.value.problems


def test_what_is_left_out_is_absent_or_has_its_default() -> None:
    assert read(Everything) == {"switch": False, "count": 7}


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        *((name, text, True) for name in ("flag", "switch") for text in ("true", "True", "TRUE", "tRuE", "1")),
        *((name, text, False) for name in ("flag", "switch") for text in ("false", "False", "FALSE", "fAlSe", "0")),
        ("count", "-5", -5), ("count", "012", 12),
        ("share", "0", 0.0), ("share", "0.25", 0.25), ("share", "2.5E-1", 0.25),
        ("owner", "01890A5D-ac96-774b-bcce-b302099a8057", UUID("01890a5d-ac96-774b-bcce-b302099a8057")),
        ("day", "2024-02-29", date(2024, 2, 29)),
        ("at", "2026-11-24T12:00:00Z", datetime(2026, 11, 24, 12, tzinfo=UTC)),
        ("at", "2026-11-24t14:00:00.5+02:00", datetime(2026, 11, 24, 12, 0, 0, 500_000, UTC)),
        ("at", "2026-11-24T14:00 02:00", datetime(2026, 11, 24, 12, tzinfo=UTC)),
        ("by", "model", "model"),
        ("words", " a b ", " a b "),
        ("even", "8", 8),
    ],
)  # fmt: skip
def test_a_value_is_read_as_what_it_means(name: str, given: str, value: object) -> None:
    found = read(Everything, (name, given))[name]
    assert (found, type(found)) == (value, type(value))


def test_a_plus_sign_that_was_not_encoded_is_still_an_offset() -> None:
    request = RequestFactory().get("/?at=2026-11-24T14:00:00+02:00")
    assert Needed.read(request) == {"at": datetime(2026, 11, 24, 12, tzinfo=UTC)}


EMPTY = "must not be empty; give a value or leave the parameter out"


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        *(("flag", text, "must be true or false (or 1 or 0)") for text in ("yes", "on", "2", "tru", "null", "01")),
        *(("count", text, "must be a whole number from -5 to 12") for text in ("13", "-6", "1.0", "x")),
        ("share", "-0.1", "must be a number from 0 to 1"), ("share", "nan", "must be a number from 0 to 1"),
        ("owner", "7", "must be an id (a UUID) such as 01890a5d-ac96-774b-bcce-b302099a8057"),
        ("day", "2026-02-30", "must be a day such as 2026-11-24"),
        ("at", "2026-11-24T12:00:00", "must be a time in ISO 8601 with its offset, such as 2026-11-24T12:00:00Z"),
        ("at", "0001-01-01T00:00:00+14:00", "must be a time in ISO 8601 with its offset, such as 2026-11-24T12:00:00Z"),
        ("by", "Day", "must be one of day, model"),
        ("words", "sixsix", "must have at most 5 characters"),
        ("even", "7", "must be even"),
        *((name, text, EMPTY) for name in Everything().fields for text in ("", "  ")),
        *((name, "1\x00", "must not contain NUL characters") for name in Everything().fields),
    ],
)  # fmt: skip
def test_any_other_value_is_refused_with_a_sentence(name: str, given: str, message: str) -> None:
    assert refusal(Everything, (name, given)) == (FieldProblem(name, message),)


def test_a_parameter_is_given_once_unless_it_may_be_repeated() -> None:
    assert refusal(Everything, ("flag", "1"), ("flag", "1")) == (
        FieldProblem("flag", "is given 2 times; give it once"),
    )
    assert read(Everything, ("key", "b"), ("key", "a"))["key"] == ["b", "a"]
    assert refusal(Everything, *[("key", "a")] * 4) == (FieldProblem("key", "may be given at most 3 times"),)
    assert refusal(Everything, ("key", "a"), ("key", "sixsix")) == (
        FieldProblem("key.1", "must have at most 5 characters"),
    )


def test_unknown_parameters_are_named_with_the_known_ones_and_all_problems_are_told_at_once() -> None:
    assert refusal(Query, ("a", "1")) == (FieldProblem("a", "unknown parameter; this URL takes none"),)
    expected = "unknown parameter; expected one of at"
    assert refusal(Needed, ("At", "x"), ("at", "x")) == (
        FieldProblem("At", expected),
        FieldProblem("at", "must be a time in ISO 8601 with its offset, such as 2026-11-24T12:00:00Z"),
    )
    assert refusal(Needed) == (FieldProblem("at", "is required"),)


def test_an_answer_names_ten_unknown_parameters_at_most_and_none_at_length() -> None:
    found = refusal(Query, *[(f"{number:02}{'x' * 500}", "") for number in range(30)])
    assert [(one.field[:2], len(one.field)) for one in found] == [(f"{number:02}", 100) for number in range(10)]
