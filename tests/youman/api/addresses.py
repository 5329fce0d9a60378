"""Every operation of the API, as its description names it: addresses, parameters, bodies, who may use it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import yaml

from tests.house_rules.source import ROOT

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
    """One operation. `body` is the schema of its JSON or form, `media` its kind; empty for one without a body."""

    path: str
    parameters: tuple[Parameter, ...]
    scope: str
    permission: str
    media: str
    body: dict[str, Any]

    def query(self, *given: tuple[str, str]) -> str:
        """The address with what it cannot be called without."""
        names = {name for name, _ in given}
        needed = [(one.name, one.valid()[0]) for one in self.parameters if one.required and one.name not in names]
        return f"{self.path}?{urlencode([*needed, *given])}"


@cache
def description() -> dict[str, Any]:
    """Return the API's description; a test holds it equal to the code."""
    text = (ROOT / "docs" / "openapi.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
    return found


def _addresses() -> dict[str, Address]:
    """Each operation of the description, with made-up ids in its path."""
    return {
        f"{method.upper()} {path}": _address(path, operation)
        for path, operations in description()["paths"].items()
        for method, operation in operations.items()
        if path.startswith("/api/v1/")
    }


def _address(path: str, operation: dict[str, Any]) -> Address:
    parameters = operation.get("parameters", [])
    places = {one["name"]: one["schema"] for one in parameters if one["in"] == "path"}
    for name, schema in places.items():
        value = NOBODY if schema.get("format") == "uuid" else "7" if schema["type"] == "integer" else "nothing"
        path = path.replace(f"{{{name}}}", value)
    query = tuple(_parameter(one, one["schema"]) for one in parameters if one["in"] == "query")
    content = operation.get("requestBody", {}).get("content", {})
    media = next(iter(content), "")
    body = whole(content[media]["schema"]) if media else {}
    needs = operation["x-required-scope"], operation.get("x-required-permission", "")
    return Address(path, query, *needs, media, body)


def whole(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with the references in it followed."""
    if "$ref" in schema:
        return whole(description()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    found = dict(schema)
    for one in found.pop("allOf", ()):
        found = whole(one) | found
    if "properties" in found:
        found["properties"] = {name: whole(one) for name, one in found["properties"].items()}
    if "items" in found:
        found["items"] = whole(found["items"])
    return found


def _parameter(one: dict[str, Any], schema: dict[str, Any]) -> Parameter:
    return Parameter(one["name"], one.get("required", False), schema.get("items", schema), "items" in schema)


ADDRESSES = _addresses()
