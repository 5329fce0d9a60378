"""Parameters of query strings: a strict field for each kind of value, and one function that reads them all.

These are refused with 400 and an explanation, like unknown fields of a body: unknown parameters, repeated ones (unless
they may repeat), empty values and malformed ones. Silently ignoring a parameter would answer another question than the
caller asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any  # DRF's fields are generic in types that no caller sees
from uuid import UUID

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, QueryDict
from django.utils.dateparse import parse_datetime
from rest_framework import serializers

from youman.core.api.problem import translate
from youman.core.errors import InvalidInput

Field = serializers.Field[Any, Any, Any, Any]

_MOST_UNKNOWN = 10  # named in one answer
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,2})?")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# The plus sign of an offset arrives as a space unless it was percent-encoded.
_TIME = re.compile(_DATE.pattern + r"[Tt][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?([Zz]|[ +-][0-9]{2}:[0-9]{2})")


class _Optional:
    """A parameter that may be left out unless it has `required=True`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **({"required": False} | options if "default" not in options else options))


class BooleanParameter(_Optional, serializers.BooleanField):
    """The values `true`, `false`, `1` or `0` in any case, and nothing else."""

    default_error_messages = {"invalid": "must be true or false (or 1 or 0)"}

    def to_internal_value(self, data: Any) -> bool:
        if data.lower() not in _BOOLEANS:
            self.fail("invalid")
        return _BOOLEANS[data.lower()]


class IntegerParameter(_Optional, serializers.IntegerField):
    """A whole number in decimal digits, from `min_value` to `max_value`."""

    default_error_messages = {"invalid": "must be a whole number from {lowest} to {highest}"}

    def to_internal_value(self, data: Any) -> int:
        lowest, highest = int(self.min_value or 0), int(self.max_value or 0)
        if not _INTEGER.fullmatch(data) or not lowest <= int(data) <= highest:
            self.fail("invalid", lowest=lowest, highest=highest)
        return int(data)


class NumberParameter(_Optional, serializers.FloatField):
    """A finite decimal number, from `min_value` to `max_value`."""

    default_error_messages = {"invalid": "must be a number from {lowest:g} to {highest:g}"}

    def to_internal_value(self, data: Any) -> float:
        lowest, highest = float(self.min_value or 0), float(self.max_value or 0)
        if not _NUMBER.fullmatch(data) or not lowest <= float(data) <= highest:
            self.fail("invalid", lowest=lowest, highest=highest)
        return float(data)


class UUIDParameter(_Optional, serializers.UUIDField):
    """An id, written as in answers."""

    default_error_messages = {"invalid": "must be an id (a UUID) such as 01890a5d-ac96-774b-bcce-b302099a8057"}

    def to_internal_value(self, data: Any) -> UUID:
        if not _UUID.fullmatch(data):
            self.fail("invalid")
        return UUID(data)


class DateParameter(_Optional, serializers.DateField):
    """A day, written as `2026-11-24`."""

    default_error_messages = {"invalid": "must be a day such as 2026-11-24"}

    def to_internal_value(self, data: Any) -> date:
        try:
            found = date.fromisoformat(data) if _DATE.fullmatch(data) else None
        except ValueError:
            found = None
        return found or self.fail("invalid")


class TimeParameter(_Optional, serializers.DateTimeField):
    """A time in ISO 8601 with an offset; its value is in UTC."""

    default_error_messages = {"invalid": "must be a time in ISO 8601 with its offset, such as 2026-11-24T12:00:00Z"}

    def to_internal_value(self, data: Any) -> datetime:
        try:
            found = parse_datetime(data.upper().replace(" ", "+")) if _TIME.fullmatch(data) else None
            found = found and found.astimezone(UTC)
        except (ValueError, OverflowError):
            found = None
        return found or self.fail("invalid")


class ChoiceParameter(_Optional, serializers.ChoiceField):
    """One of the given values, spelt exactly."""

    default_error_messages = {"invalid_choice": "must be one of {known}"}

    def to_internal_value(self, data: Any) -> str:
        if data not in self.choices:
            self.fail("invalid_choice", known=", ".join(str(one) for one in self.choices))
        return str(data)


class TextParameter(_Optional, serializers.CharField):
    """Text of up to `max_length` characters, not trimmed. `check` converts it or raises InvalidInput."""

    default_error_messages = {"max_length": "must have at most {max_length} characters"}

    def __init__(self, *, max_length: int = 200, check: Callable[[str], object] | None = None, **options: Any) -> None:
        super().__init__(max_length=max_length, trim_whitespace=False, **options)
        self._check = check

    def run_validation(self, data: Any = serializers.empty) -> Any:
        value = super().run_validation(data)
        if data is serializers.empty or self._check is None:
            return value
        try:
            return self._check(value)
        except InvalidInput as error:
            raise serializers.ValidationError(error.detail) from error


class RepeatableParameter(_Optional, serializers.ListField):
    """A parameter that may be given up to `max_length` times; its value is the list of values in their order."""

    default_error_messages = {"max_length": "may be given at most {max_length} times"}


class Query(serializers.Serializer[object]):
    """The parameters of a URL. Subclasses declare them as fields of the kinds above; each is checked separately.

    This class itself is the query of a URL without parameters.
    """

    @classmethod
    @cache
    def fields_by_name(cls) -> Mapping[str, Field]:
        """Return the fields by name. They hold no data of a request and are made once, which takes half a ms."""
        return dict(cls().fields)

    @classmethod
    def read(cls, request: HttpRequest) -> dict[str, Any]:
        """Return the checked values by name, without parameters that were left out and have no default.

        Raises InvalidInput naming every bad parameter.
        """
        values, problems = _well_formed(_query_of(request), cls.fields_by_name())
        found: dict[str, Any] = {}
        for name, field in cls.fields_by_name().items():
            try:
                found[name] = field.run_validation(values.get(name, serializers.empty))
            except serializers.SkipField:
                continue
            except serializers.ValidationError as error:
                problems.setdefault(name, error.detail)
        if problems:
            refusal = translate(serializers.ValidationError(problems))
            assert refusal is not None  # `translate` knows DRF's errors
            raise refusal
        return found


def _query_of(request: HttpRequest) -> QueryDict:
    try:
        return request.GET
    except TooManyFieldsSent as error:
        raise InvalidInput("The URL has too many parameters; leave out the unknown ones") from error


def _well_formed(given: QueryDict, known: Mapping[str, Field]) -> tuple[dict[str, str | list[str]], dict[str, Any]]:
    """Return the values for the fields to check, and the problems of the others."""
    unknown = [name for name in given if name not in known][:_MOST_UNKNOWN]
    expected = f"expected one of {', '.join(known)}" if known else "this URL takes none"
    problems: dict[str, Any] = {name[:100]: f"unknown parameter; {expected}" for name in unknown}
    values: dict[str, str | list[str]] = {}
    for name, field in known.items():
        found = given.getlist(name)
        several = isinstance(field, RepeatableParameter)
        refusal = next(_refusals(found, required=field.required, several=several), None)
        if refusal:
            problems[name] = refusal
        elif found:
            values[name] = found if several else found[0]
    return values, problems


def _refusals(values: list[str], *, required: bool, several: bool) -> Iterator[str]:
    if required and not values:
        yield "is required"
    if len(values) > 1 and not several:
        yield f"is given {len(values)} times; give it once"
    if any(not value.strip() for value in values):
        yield "must not be empty; give a value or leave the parameter out"
    if any("\x00" in value for value in values):
        yield "must not contain NUL characters"
