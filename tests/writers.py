"""Writers with an account and a key, who speak to the API as a program would."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from rest_framework.test import APIClient

from tests.response_contract import check_event
from youman.core.accounts.lifecycle import create_account, create_api_key
from youman.core.api.schema import EVENTS
from youman.core.models import Account

PASSWORD = "a long sentence 1"
DRAFT = (
    "It is important to note that the team must leverage robust tools in order to finish by 12 May. "
    "Furthermore, the plan plays a pivotal role in our work."
)


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Writer:
    account: Account
    api: APIClient
    key: str

    def post(self, path: str, body: object = None, headers: dict[str, str] | None = None) -> Reply:
        return _reply(self.api.post(f"/api/v1/{path}", body, format="json", headers=headers))

    def get(self, path: str) -> Reply:
        return _reply(self.api.get(f"/api/v1/{path}"))

    def send(self, method: str, path: str, body: object = None) -> Reply:
        return _reply(self.api.generic(method, f"/api/v1/{path}", json.dumps(body), content_type="application/json"))


def _reply(response: HttpResponse) -> Reply:
    return Reply(response.status_code, json.loads(response.content) if response.content else None, response.headers)


def writer(name: str, tier: str = "BASIC") -> Writer:
    account = create_account(username=name, password=PASSWORD, tier=tier)
    key = create_api_key(account=account, name="tests", actor="tests")
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return Writer(account, api, key)


async def streamed(response: object) -> AsyncIterator[bytes]:
    """The parts of a streamed answer as they come; events are compared with what is declared."""
    assert isinstance(response, StreamingHttpResponse)
    path = response.request["path"] if response["Content-Type"] == EVENTS else ""  # type: ignore[attr-defined]
    async for part in response:
        if path:
            check_event(path, part)
        yield part
