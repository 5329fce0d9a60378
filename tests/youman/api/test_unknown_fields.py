"""A field that nobody knows is refused by every operation, named with its nearest neighbours, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework import serializers

from tests.response_contract import _schema_of
from tests.youman.api.addresses import ADDRESSES
from tests.youman.api.furnished import Furnished, spelt
from youman.core.api.requests import RequestSerializer, unknown_field

pytestmark = [pytest.mark.attack("unknown_fields"), pytest.mark.django_db]
BODIES = {name: one.body for name, one in ADDRESSES.items() if "properties" in one.body}
JSON = {name for name in BODIES if ADDRESSES[name].media == "application/json"}


def misspelt(name: str) -> set[str]:
    """What a hurried hand makes of a name."""
    found = {name.upper(), f"{name}s", f"{name}\u200b", name.replace("_", "-"), name[1:], name[::-1], f" {name}"}
    found |= {name[:-1] + name[-1:] * 2, name.replace("e", "é"), f"__{name}__"}
    return found - {name, ""}


def places(schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """The path of each object in a body whose fields are known, with their names."""
    if "properties" in schema:
        yield path, list(schema["properties"])
        for name, inner in schema["properties"].items():
            yield from places(inner, (*path, name))
    elif "items" in schema:
        yield from places(schema["items"], (*path, "0"))


def nested(path: tuple[str, ...], inner: object) -> Any:
    for name in reversed(path):
        inner = [inner] if name == "0" else {name: inner}
    return inner


def errors_of(response: Any) -> dict[str, str]:
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json"), response.content[:300]
    return {one["field"]: one["message"] for one in json.loads(response.content)["errors"]}


@pytest.mark.parametrize("operation", sorted(JSON))
def test_a_misspelt_field_is_named_with_its_neighbours(house: Furnished, operation: str) -> None:
    for path, known in places(BODIES[operation]):
        for name in known:
            for wrong in misspelt(name) - set(known):
                found = errors_of(house.send(operation, spelt(nested(path, {wrong: 1}))))
                field = ".".join((*path, wrong))
                assert found[field].startswith("unknown field; "), (field, found)
                assert found[field].endswith(f"expected one of {', '.join(known)}")


@pytest.mark.parametrize("operation", sorted(set(BODIES) - JSON))
def test_a_form_takes_no_part_that_it_does_not_know_and_none_twice(house: Furnished, operation: str) -> None:
    path = house.path(operation)
    for wrong in misspelt("licence") - {" licence"}:  # Django strips white space around a name
        found = errors_of(house.root.api.post(path, {wrong: "x"}, format="multipart"))
        assert [text for text in found.values() if text.startswith("unknown field; ")] != []
    for name in BODIES[operation]["properties"]:
        twice = {name: ["a", "b"]}
        assert errors_of(house.root.api.post(path, twice, format="multipart"))[name] == "is given 2 times; give it once"


@pytest.mark.parametrize("operation", sorted(JSON))
@pytest.mark.parametrize("body", ["[]", '[{"a": 1}]', '"x"', "7", "true", "null", "0", '""', "false", "-0.0"])
def test_a_body_that_is_no_object(house: Furnished, operation: str, body: str) -> None:
    response = house.send(operation, body)
    assert response.status_code == 400
    assert json.loads(response.content)["code"] in {"invalid_input", "parse_error"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("operation", sorted(JSON))
def test_a_field_given_twice(house: Furnished, operation: str) -> None:
    for path, known in places(BODIES[operation]):
        twice = spelt(nested(path, {"HERE": 1})).replace('"HERE": 1', f'"{known[0]}": 1, "{known[0]}": 2')
        response = house.send(operation, twice)
        assert response.status_code == 400
        assert "is given twice in one object" in json.loads(response.content)["detail"]  # type: ignore[attr-defined]


def test_a_dictionary_survives_the_typing_error(house: Furnished) -> None:
    house.root.send("PUT", "dictionary", {"never_touch": ["Acme"], "avoid": ["very"]})
    for wrong in misspelt("never_touch"):
        assert house.root.send("PUT", "dictionary", {wrong: ["Beta"]}).status == 400
    assert house.root.get("dictionary").body == {"prefer": [], "avoid": ["very"], "never_touch": ["Acme"]}


def test_neighbours_are_named_first() -> None:
    known = ("prefer", "avoid", "never_touch")
    assert unknown_field("never_tuch", known) == (
        "unknown field; did you mean never_touch? expected one of prefer, avoid, never_touch"
    )
    assert unknown_field("colour", known) == "unknown field; expected one of prefer, avoid, never_touch"
    assert unknown_field("colour", ()) == "unknown field; this URL takes none"


def test_every_request_refuses_unknown_fields() -> None:
    """None is exempt: what may hold anything is a field for it, such as `config` of a version."""
    found = {type(one).__name__ for one in _requests() if not isinstance(one, RequestSerializer)}
    assert found == set()
    assert len({type(one) for one in _requests()}) >= 30


def _requests() -> Iterator[serializers.Serializer[Any]]:
    for view in _views(get_resolver()):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            schema = _schema_of(view(), method)
            declared = schema.get_request_serializer() if schema is not None else None
            for one in declared.values() if isinstance(declared, dict) else [declared]:
                yield from _all_of(one() if isinstance(one, type) else one)


def _all_of(field: Any) -> Iterator[serializers.Serializer[Any]]:
    if isinstance(field, serializers.ListSerializer | serializers.ListField):
        yield from _all_of(field.child)
    elif isinstance(field, serializers.Serializer):
        yield field
        for inner in field.fields.values():
            yield from _all_of(inner)


def _views(resolver: URLResolver) -> Iterator[Any]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _views(entry)
        elif isinstance(entry, URLPattern) and getattr(entry.callback, "cls", None) is not None:
            yield entry.callback.cls  # type: ignore[attr-defined]  # of DRF's views
