"""The base of all request bodies. It refuses unknown fields, which would otherwise be lost without a word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any  # as in DRF's base class

from django.http import QueryDict
from rest_framework import serializers

_MOST_UNKNOWN = 10  # named in one answer
_NAME_LENGTH = 100


class RequestSerializer(serializers.Serializer[Any]):
    # Refuses unknown and repeated fields: a misspelt `never_touch` must not silently empty a dictionary. Not a
    # docstring, because the API's description would show it for every request.

    def to_internal_value(self, data: Any) -> Any:
        problems = {name[:_NAME_LENGTH]: text for name, text in _problems(data, tuple(self.fields))}
        if problems:
            raise serializers.ValidationError(problems)
        return super().to_internal_value(data)


def _problems(data: object, known: tuple[str, ...]) -> Iterable[tuple[str, str]]:
    if not isinstance(data, Mapping):
        return  # DRF's own check answers it
    unknown = sorted(str(name) for name in data if name not in known)
    for name in unknown[:_MOST_UNKNOWN]:
        yield name, unknown_field(name, known)
    if isinstance(data, QueryDict):  # a form, in which a field may stand twice
        for name in known:
            if len(data.getlist(name)) > 1:
                yield name, f"is given {len(data.getlist(name))} times; give it once"


def unknown_field(name: str, known: Iterable[str]) -> str:
    """Return the sentence that refuses a field: the nearest known names first, then all of them."""
    names = tuple(known)
    if not names:
        return "unknown field; this URL takes none"
    near = get_close_matches(name[:_NAME_LENGTH].lower(), names)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    return f"unknown field; {hint}expected one of {', '.join(names)}"
