"""Whatever the API's description allows, and what it does not, is answered: by no 5xx, for a writer and a superuser.

Schemathesis draws the requests from the description, half of them by its rules and half against them.
"""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import urlencode

import hypothesis
import pytest
import schemathesis
from django.db import transaction
from django.http.response import HttpResponseBase
from hypothesis import HealthCheck, Phase
from rest_framework.test import APIClient

from tests.writers import writer
from tests.youman.api.addresses import description
from tests.youman.api.furnished import Furnished
from tests.youman.api.test_hostile import complaint

pytestmark = [pytest.mark.attack("api_fuzz"), pytest.mark.fuzz, pytest.mark.django_db]
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "6"))  # for each operation and role; more of them with more time
FOUND = schemathesis.openapi.from_dict(description()).get_all_operations()
OPERATIONS: dict[str, Any] = {f"{one.method.upper()} {one.path}": one for one in (found.ok() for found in FOUND)}  # type: ignore[union-attr]  # all are valid
SETTINGS = hypothesis.settings(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def send(client: APIClient, case: Any, path: str) -> HttpResponseBase:
    query = urlencode({str(name): value for name, value in (case.query or {}).items()}, doseq=True, errors="replace")
    headers = {name: value for name, value in (case.headers or {}).items() if isinstance(value, str)}
    headers = {name: value.encode("latin-1", "replace").decode("latin-1") for name, value in headers.items()}
    headers.pop("Authorization", None)
    place = f"{path}?{query}" if query else path
    if case.media_type == "multipart/form-data" and isinstance(case.body, dict):
        parts = {str(name): str(value) for name, value in case.body.items()}
        form, kind = _form(parts)
        return client.generic(case.method, place, form, kind, headers=headers)
    body: Any = case.body if isinstance(case.body, bytes) else json.dumps(case.body, default=str)
    return client.generic(case.method, place, body, case.media_type or "application/json", headers=headers)


def _form(parts: dict[str, str]) -> tuple[Any, str]:
    head = "--B\r\nContent-Disposition: form-data; name="
    lines = [f'{head}"{name}"\r\n\r\n{value}\r\n' for name, value in parts.items()]
    return ("".join(lines) + "--B--\r\n").encode(errors="replace"), "multipart/form-data; boundary=B"


@pytest.mark.parametrize("role", ["writer", "superuser"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_request_is_a_failure(house: Furnished, operation: str, role: str) -> None:
    """What a request changes is undone after it."""
    client = house.root.api if role == "superuser" else writer("alice", "ENTERPRISE").api
    client.raise_request_exception = False
    drawn = OPERATIONS[operation]
    kinds = [drawn.as_strategy(generation_mode=mode) for mode in schemathesis.GenerationMode]
    found = []

    @SETTINGS
    @hypothesis.given(case=hypothesis.strategies.one_of(*kinds), exists=hypothesis.strategies.booleans())
    def examples(case: Any, exists: bool) -> None:
        with transaction.atomic():
            wrong = complaint(send(client, case, house.path(operation) if exists else case.formatted_path))
            transaction.set_rollback(True)
        if wrong:
            found.append(f"{wrong}: {case.as_curl_command()[:500]}")

    examples()
    assert found == []
