"""Answers of the API. A response serializer is the only description of an answer: it both makes and documents it.

    class HoldResponse(ResponseSerializer):
        holder = serializers.UUIDField()
        days = serializers.IntegerField()

        def read_days(self, row: Hold) -> int:
            return (timezone.now() - row.created_at).days

    return Response(HoldResponse(row).data)

The value of a field is what the method `read_<field>` returns, or else the attribute or key of its name; `source=`
names another attribute or a path, or with `*` the whole object. Values that JSON knows are not converted, so a field
states a type without enforcing it; a test compares every answer with its serializer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from operator import attrgetter, itemgetter
from typing import Any, ClassVar, TypeAlias

from rest_framework import serializers
from rest_framework.fields import empty

from youman.core.models import ApiKey, Webhook
from youman.core.states import DeliveryState

Json: TypeAlias = dict[str, Any]
Field: TypeAlias = serializers.Field[Any, Any, Any, Any]
_READ = "read_"
_PLAIN = frozenset(
    {
        type(serializers.DictField.child),  # anything
        serializers.BooleanField,
        serializers.CharField,
        serializers.ChoiceField,
        serializers.FloatField,
        serializers.IntegerField,
        serializers.JSONField,
    }
)
_COLLECTIONS = (serializers.DictField, serializers.ListField)
_PLACE = "__class__"  # an attribute that every object has: a placeholder for fields that a method reads


class ResponseSerializer(serializers.Serializer[Any]):
    """Makes an answer from a row, a frozen dataclass, or a dict from the database.

    DRF copies every field for each serializer and asks each copy for its value and representation. The fields of an
    answer never change, so they are analysed once, when the class is created, and an answer costs about as much as a
    dict written by hand.

    A path such as `parent.name` gives None if one of its objects is None and the field may be null. A field that is not
    required is left out if a dict lacks its key or its method returns DRF's `empty`. Methods find additional data from
    the view in `self.context`; nested serializers have no context.
    """

    _names: ClassVar[tuple[str, ...]] = ()
    _values_of: ClassVar[staticmethod[[Any], Sequence[Any]]]
    _required: ClassVar[tuple[str, ...]] = ()
    _items_of: ClassVar[staticmethod[[Any], Sequence[Any]]]
    _optional: ClassVar[tuple[tuple[str, str], ...]] = ()
    _readers: ClassVar[tuple[tuple[str, Callable[[Any, Any], Any]], ...]] = ()
    _representations: ClassVar[tuple[tuple[str, Callable[[Any], Any]], ...]] = ()

    def __init_subclass__(cls) -> None:
        """Analyse the fields of the class. Raises TypeError for a method `read_…` without a field of that name."""
        super().__init_subclass__()
        fields: Mapping[str, Field] = cls._declared_fields
        methods = {name.removeprefix(_READ): getattr(cls, name) for name in dir(cls) if name.startswith(_READ)}
        if stray := sorted(methods.keys() - fields.keys()):
            raise TypeError(f"{cls.__name__} has read_ methods for {', '.join(stray)}, but no such fields; add them")
        paths = {name: one.source or name for name, one in fields.items() if name not in methods}
        nullable = {name: path for name, path in paths.items() if fields[name].allow_null and "." in path}
        readers = methods | {name: partial(_at_nullable_path, path.split(".")) for name, path in nullable.items()}
        readers |= {name: _whole for name, path in paths.items() if path == "*"}
        sources = {name: path for name, path in paths.items() if name not in readers}
        cls._names = tuple(fields)
        cls._values_of = staticmethod(_all_of(attrgetter, [sources.get(name, _PLACE) for name in fields]))
        cls._required = tuple(name for name in sources if fields[name].required)
        cls._items_of = staticmethod(_all_of(itemgetter, [sources[name] for name in cls._required]))
        cls._optional = tuple((name, key) for name, key in sources.items() if not fields[name].required)
        cls._readers = tuple((name, readers[name]) for name in fields if name in readers)
        found = {name: _representation(one) for name, one in fields.items()}
        cls._representations = tuple((name, one) for name, one in found.items() if one is not None)

    def to_representation(self, instance: Any) -> Json:
        if isinstance(instance, dict):
            answer = dict(zip(self._required, self._items_of(instance)))  # noqa: B905  # the getter gives one value a name
            for name, key in self._optional:
                if key in instance:
                    answer[name] = instance[key]
        else:
            answer = dict(zip(self._names, self._values_of(instance)))  # noqa: B905  # the getter gives one value a name
        for name, read in self._readers:
            answer[name] = value = read(self, instance)
            if value is empty:
                del answer[name]
        for name, represent in self._representations:
            value = answer.get(name)
            if value is not None:
                answer[name] = represent(value)
        return answer


def _all_of(getter: Callable[..., Callable[[Any], Any]], paths: list[str]) -> Callable[[Any], Sequence[Any]]:
    """Return a function that reads all paths by attrgetter or itemgetter and always returns a sequence."""
    if not paths:
        return lambda _: ()
    get = getter(*paths)
    return get if len(paths) > 1 else lambda instance: (get(instance),)


def _whole(_: ResponseSerializer, instance: Any) -> Any:
    return instance


def _at_nullable_path(path: list[str], _: ResponseSerializer, instance: Any) -> Any:
    for name in path:
        if instance is None:
            return None
        instance = instance[name] if isinstance(instance, dict) else getattr(instance, name)
    return instance


def _representation(field: Field) -> Callable[[Any], Any] | None:
    """Return the conversion of a field's values, or None if they need none.

    Only exact types are known, since a subclass may represent its values differently.
    """
    kind = type(field)
    if kind in _PLAIN or (kind in _COLLECTIONS and _representation(field.child) is None):  # type: ignore[attr-defined]  # collections have a child
        return None
    if kind is serializers.UUIDField:
        return str
    return _moment if kind is serializers.DateTimeField else field.to_representation


def _moment(value: datetime) -> str:
    """Format a time, which is already in UTC; DRF would convert each one again."""
    text = value.isoformat()
    return f"{text[:-6]}Z" if text.endswith("+00:00") else text


class TextOrNullField(serializers.CharField):
    """A text that is null in the answer if the row has an empty string."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_null=True, **options)

    def to_representation(self, value: str) -> str | None:  # type: ignore[override]  # DRF's method never returns None
        return value or None


class UsageResponse(ResponseSerializer):
    month = serializers.CharField()
    words = serializers.IntegerField()
    requests = serializers.IntegerField()
    words_left = serializers.IntegerField(allow_null=True)
    words_per_month = serializers.IntegerField(allow_null=True)
    words_per_request = serializers.IntegerField()
    requests_per_minute = serializers.IntegerField(allow_null=True)


class ApiKeyResponse(serializers.ModelSerializer[ApiKey]):
    class Meta:
        model = ApiKey
        fields = ["id", "name", "prefix", "scopes", "created_at", "last_used_at"]


class CreatedApiKeyResponse(ResponseSerializer):
    key = serializers.CharField(source="*", help_text="The key; it cannot be shown again")


class WebhookResponse(ResponseSerializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField(), help_text="Types of events; empty for all")
    is_active = serializers.BooleanField()
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()


# Takes a webhook; the context holds its `secret`, since the one in the row is encrypted.
class CreatedWebhookResponse(WebhookResponse):
    secret = serializers.CharField(help_text="Signs every delivery; it cannot be shown again")

    def read_secret(self, _: Webhook) -> str:
        secret: str = self.context["secret"]
        return secret


class DeliveryAttemptResponse(ResponseSerializer):
    at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True, help_text="HTTP status; null if there was no answer")
    milliseconds = serializers.IntegerField()
    problem = serializers.CharField()


class DeliveryResponse(ResponseSerializer):
    id = serializers.UUIDField(help_text="The `webhook-id` header of every attempt")
    event = serializers.CharField()
    payload = serializers.DictField()
    state = serializers.ChoiceField(choices=DeliveryState.choices)
    attempts = serializers.IntegerField()
    next_at = serializers.DateTimeField()
    delivered_at = serializers.DateTimeField(allow_null=True)
    log = DeliveryAttemptResponse(many=True)
    created_at = serializers.DateTimeField()
