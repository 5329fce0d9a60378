"""Every address of the API refuses a query it does not understand, and takes every value that its description names."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
import yaml
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.house_rules.source import ROOT
from youman.core.accounts.lifecycle import create_account

pytestmark = pytest.mark.django_db
NOBODY = str(UUID(int=7))
# What a parameter without a narrower type may hold.
EXAMPLES = {
    "account": ["all", "7"], "as": ["editor"], "before": ["editor/1"], "version": ["editor/1"], "sha256": ["0" * 64],
    "cursor": [base64.urlsafe_b64encode(f'["2026-11-24T12:00:00+00:00", "{NOBODY}"]'.encode()).decode().rstrip("=")],
    "token": [],  # only links that this installation made have one
    "q": ["two words", "%", "a'b\"c"],
}  # fmt: skip
VALID = {
    "boolean": ["true", "True", "TRUE", "1", "false", "False", "FALSE", "0"],
    "uuid": [NOBODY, NOBODY.upper()],
    "date": [],  # the first must not be later than the last; tests/serving has them
    "date-time": ["2026-11-24T12:00:00Z", "2026-11-24T12:00:00.5+02:00", "2026-11-24t12:00-02:00"],
}
MALFORMED = {
    "boolean": ["yes", "2", "tru", "on", "true ", "null", "ＴＲＵＥ"],
    "integer": ["x", "1.0", "1e2", "+5", " 5", "٣", "0x10", "9" * 5_000],
    "number": ["x", "nan", "inf", "1_0", "0,5", "٣", "1e999", "9" * 5_000],
    "uuid": ["x", "0" * 32, f"{{{NOBODY}}}", f"urn:uuid:{NOBODY}", f"{NOBODY}0"],
    "date": [
        "yesterday", "20261124", "2026-W48-2", "2026-02-30", "2026-11-24T00:00:00Z", "0001-01-01", "9999-12-31",
    ],
    "date-time": [
        "yesterday", "2026-11-24", "2026-11-24T12:00:00", "2026-11-24T25:00:00Z", "0001-01-01T00:00:00+14:00",
    ],
    "enum": ["nothing", "0"],
    "text": ["a\x00b"],
}  # fmt: skip


@dataclass(frozen=True)
class Parameter:
    name: str
    required: bool
    schema: dict[str, Any]  # of one value, where it may be given several times
    several: bool

    @property
    def kind(self) -> str:
        words = {"string": "text", "double": "number", "int64": "integer"}
        found = "enum" if "enum" in self.schema else self.schema.get("format") or self.schema["type"]
        return words.get(found, found)

    def malformed(self) -> list[str]:
        found = MALFORMED[self.kind] + ["", " "]
        if "maximum" in self.schema:
            found += [str(self.schema["minimum"] - 1), str(self.schema["maximum"] + 1)]
        if self.kind == "enum":
            found += [self.schema["enum"][0].upper(), self.schema["enum"][0] + " "]
        if "maxLength" in self.schema:
            found += ["x" * (self.schema["maxLength"] + 1)]
        return found

    def valid(self) -> list[str]:
        match self.kind:
            case "enum":
                return list(self.schema["enum"])
            case "integer" | "number":
                return [str(self.schema["minimum"]), str(self.schema["maximum"])]
            case "text":
                return EXAMPLES.get(self.name, ["x"])
        return VALID[self.kind]


@dataclass(frozen=True)
class Address:
    path: str
    parameters: tuple[Parameter, ...]

    def query(self, *given: tuple[str, str]) -> str:
        """The address with what it cannot be called without."""
        names = {name for name, _ in given}
        needed = [(one.name, one.valid()[0]) for one in self.parameters if one.required and one.name not in names]
        return f"{self.path}?{urlencode([*needed, *given])}"


def _addresses() -> dict[str, Address]:
    """Each operation of the description, with made-up ids in its path."""
    described = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text(encoding="utf-8"))["paths"]
    return {
        f"{method.upper()} {path}": _address(path, operation.get("parameters", []))
        for path, operations in described.items()
        for method, operation in operations.items()
        if path.startswith("/api/v1/")
    }


def _address(path: str, parameters: list[dict[str, Any]]) -> Address:
    places = {one["name"]: one["schema"] for one in parameters if one["in"] == "path"}
    for name, schema in places.items():
        value = NOBODY if schema.get("format") == "uuid" else "7" if schema["type"] == "integer" else "nothing"
        path = path.replace(f"{{{name}}}", value)
    query = tuple(_parameter(one, one["schema"]) for one in parameters if one["in"] == "query")
    return Address(path, query)


def _parameter(one: dict[str, Any], schema: dict[str, Any]) -> Parameter:
    return Parameter(one["name"], one.get("required", False), schema.get("items", schema), "items" in schema)


ADDRESSES = _addresses()
READS = {name.removeprefix("GET "): one for name, one in ADDRESSES.items() if name.startswith("GET ")}
WITH_QUERY = {name: one for name, one in ADDRESSES.items() if one.parameters}
each_address = pytest.mark.parametrize(("name", "address"), ADDRESSES.items(), ids=ADDRESSES)
each_with_query = pytest.mark.parametrize(("name", "address"), WITH_QUERY.items(), ids=WITH_QUERY)


class Staff(Client):
    """Signed in, so that every address is open."""

    def ask(self, name: str, address: str) -> HttpResponseBase:
        method = name.partition(" ")[0]
        return self.generic(method, address)


@pytest.fixture
def staff() -> Staff:
    client = Staff()
    client.force_login(create_account(username="root", password="a long sentence 1", staff=True).user)
    return client


def problem_of(response: HttpResponseBase) -> dict[str, Any]:
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    return dict(json.loads(response.content))  # type: ignore[attr-defined]  # the answer is not a stream


def test_the_walk_leaves_no_address_out() -> None:
    shape = re.compile(r"\{[^}]+\}")
    assert {shape.sub("{}", path) for path in READS} == set(_readable(get_resolver(), "/"))


def _readable(resolver: URLResolver, prefix: str) -> list[str]:
    """The addresses that answer GET; a view without a class streams, and answers nothing else."""
    found = []
    for entry in resolver.url_patterns:
        path = prefix + re.sub(r"<[^>]+>", "{}", str(entry.pattern))
        if isinstance(entry, URLResolver):
            found += _readable(entry, path)
        elif isinstance(entry, URLPattern) and path.startswith("/api/v1/"):
            view = getattr(entry.callback, "cls", None)
            found += [path] if view is None or hasattr(view, "get") else []
    return found


@each_address
def test_a_parameter_nobody_knows_is_refused(staff: Staff, name: str, address: Address) -> None:
    problem = problem_of(staff.ask(name, address.query(("colour", "red"))))
    assert [one["field"] for one in problem["errors"]] == ["colour"]
    message, known = problem["errors"][0]["message"], [one.name for one in address.parameters]
    named = message.removeprefix("unknown parameter; expected one of ").split(", ")
    assert sorted(named) == sorted(known) if known else message == "unknown parameter; this URL takes none"


@each_with_query
def test_malformed_empty_and_repeated_values_are_refused(staff: Staff, name: str, address: Address) -> None:
    for one in address.parameters:
        for value in one.malformed():
            problem = problem_of(staff.ask(name, address.query((one.name, value))))
            assert [error["field"].partition(".")[0] for error in problem.get("errors", ())] == [one.name], value
        if not one.several:
            problem = problem_of(staff.ask(name, address.query((one.name, "x"), (one.name, "x"))))
            assert problem["detail"] == f"{one.name}: is given 2 times; give it once"


@pytest.mark.parametrize("name", [name for name in WITH_QUERY if name.startswith("GET ")])
def test_what_the_description_names_is_taken(staff: Staff, name: str) -> None:
    """404 where the made-up object of the path is missing: it is looked for after the query is read."""
    address = ADDRESSES[name]
    for one in address.parameters:
        for value in one.valid():
            assert staff.ask(name, address.query((one.name, value))).status_code in {200, 404}, (one.name, value)


@each_address
def test_more_parameters_than_django_reads_are_no_error_of_ours(staff: Staff, name: str, address: Address) -> None:
    assert problem_of(staff.ask(name, f"{address.path}?{'a=1&' * 1_001}"))["code"] == "invalid_input"


def test_a_stranger_is_told_to_sign_in_before_which_parameters_there_are() -> None:
    assert Client().get("/api/v1/transformations?colour=red").status_code == 401


@pytest.mark.parametrize("format", ["json", "api", "xml"])
def test_the_frameworks_own_format_is_no_parameter_of_ours(staff: Staff, format: str) -> None:
    assert problem_of(staff.get(f"/api/v1/transformations?format={format}"))["errors"][0]["field"] == "format"


def test_what_asks_about_an_address_is_not_held_to_its_parameters(staff: Staff) -> None:
    assert staff.options("/api/v1/transformations?state=completed").status_code == 200
