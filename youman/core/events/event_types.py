"""Event types. Each is a frozen class, from which the webhook form, the API and the test of `docs/events.md` are made.

The kernel declares none. Each app declares its own in its module `events`, which is imported once all apps are loaded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, ClassVar, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from django.apps import apps
from django.core.exceptions import AppRegistryNotReady, ImproperlyConfigured

Json = str | int | float | bool | None
_NAME = re.compile(r"[a-z_]{1,31}\.[a-z_]{1,32}")
_JSON_NAMES: Mapping[type, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    UUID: "string (UUID)",
    date: "string (ISO 8601 date)",
    datetime: "string (ISO 8601 time)",
    Decimal: "string (decimal)",
    NoneType: "null",
}


@dataclass(frozen=True, slots=True)
class About:
    """The description of a field, without a full stop, and an example of its value as a receiver sees it."""

    text: str
    example: Json


@dataclass(frozen=True, slots=True)
class EventField:
    """A field of an event type. `kinds` are the Python types that its value may have."""

    name: str
    kinds: tuple[type, ...]
    about: About

    @property
    def json_type(self) -> str:
        return " or ".join(_JSON_NAMES[kind] for kind in self.kinds)


class Event:
    """The base of all event types. Each is a frozen dataclass whose docstring says when the event is sent.

    Its fields hold identifiers, names, numbers and states, but never a writer's text, which must not leave by webhook.
    """

    __slots__ = ()
    type: ClassVar[str]

    def data(self) -> dict[str, Json]:
        """Return the fields as JSON values. Raises TypeError for a value of another type than declared."""
        return {field.name: _plain(self, field) for field in fields_of(type(self))}


E = TypeVar("E", bound=Event)
_declared: dict[str, type[Event]] = {}
_fields: dict[type[Event], tuple[EventField, ...]] = {}


def declare(event_type: type[E]) -> type[E]:
    """Register an event type; use it as a class decorator. Raises ImproperlyConfigured saying what the class lacks."""
    name = getattr(event_type, "type", "")
    if not _NAME.fullmatch(name):
        raise ImproperlyConfigured(f"{event_type.__qualname__} needs a type such as 'model.registered', not {name!r}")
    if name in _declared:
        raise ImproperlyConfigured(
            f"{event_type.__qualname__}: {name} is already declared by {_declared[name].__qualname__}"
        )
    if "__dataclass_fields__" not in vars(event_type) or _lacks_docstring(event_type):
        raise ImproperlyConfigured(f"{name} must be a dataclass with a docstring that says when it is sent")
    _fields[event_type] = tuple(_field(name, key, hint) for key, hint in _hints(event_type).items())
    _declared[name] = event_type
    return event_type


def declared_types() -> Mapping[str, type[Event]]:
    """Return all event types by name, in alphabetical order. Raises AppRegistryNotReady before all apps are loaded."""
    if not apps.ready:
        raise AppRegistryNotReady("Event types are known only after all apps have been loaded")
    return dict(sorted(_declared.items()))


def fields_of(event_type: type[Event]) -> tuple[EventField, ...]:
    """Return the fields of an event type, in their order. Raises ImproperlyConfigured if it is not declared."""
    if event_type not in _fields:
        raise ImproperlyConfigured(f"{event_type.__qualname__} is not declared; decorate it with @declare")
    return _fields[event_type]


def _lacks_docstring(event_type: type[Event]) -> bool:
    text = event_type.__doc__ or ""
    return not text or text.startswith(
        f"{event_type.__name__}("
    )  # the docstring that `dataclass` adds if there is none


def _hints(event_type: type[Event]) -> dict[str, object]:
    hints = get_type_hints(event_type, include_extras=True)
    return {field.name: hints[field.name] for field in fields(event_type)}  # type: ignore[arg-type]  # checked above


def _field(event: str, name: str, hint: object) -> EventField:
    kind, *extras = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    about = next((one for one in extras if isinstance(one, About)), None)
    kinds = get_args(kind) if get_origin(kind) in {Union, UnionType} else (kind,)
    if about is None or not set(kinds) <= set(_JSON_NAMES):
        known = ", ".join(one.__name__ for one in _JSON_NAMES)
        raise ImproperlyConfigured(f"{event}: write {name} as Annotated[one of {known}, About(text, example)]")
    return EventField(name, tuple(kinds), about)


def _plain(event: Event, field: EventField) -> Json:
    value: Json | UUID | Decimal | date = getattr(event, field.name)
    if not isinstance(value, field.kinds) and not (float in field.kinds and isinstance(value, int)):
        raise TypeError(f"{event.type}: {field.name} must be {field.json_type}, not {type(value).__name__}")
    if isinstance(value, date):  # a datetime too
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"  # without the column's trailing zeros and without an exponent
    return str(value) if isinstance(value, UUID) else value
