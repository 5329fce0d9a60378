"""Every address of the API refuses a query it does not understand, and takes every value that its description names."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.youman.api.addresses import ADDRESSES, Address
from youman.core.accounts.lifecycle import create_account

pytestmark = pytest.mark.django_db
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
