"""The writer's account: its data, consent to training, export, and deletion."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from itertools import islice

from asgiref.sync import sync_to_async
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.http import StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from humanize import selectors
from humanize.account import writer_data
from humanize.api import responses
from humanize.api.requests import ConsentSerializer, PasswordSerializer
from youman.core.accounts import lifecycle
from youman.core.api.base import ApiView
from youman.core.api.responses import Json
from youman.core.api.views import account_of
from youman.core.errors import Forbidden
from youman.core.models import Account, ApiKey

_AT_ONCE = 20


class AccountView(ApiView):
    @extend_schema(responses=responses.AccountResponse)
    def get(self, request: Request) -> Response:
        """Return the account's name, tier and consent."""
        return Response(_account(request))

    @extend_schema(request=PasswordSerializer, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Delete the account with all its texts. Needs the password and a session; an API key is refused."""
        if isinstance(request.auth, ApiKey):
            raise Forbidden("An API key cannot delete the account; sign in with your password instead")
        asked = PasswordSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        assert isinstance(request.user, User)
        writer_data.delete_account(user=request.user, password=asked.validated_data["password"])
        logout(request)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ConsentView(ApiView):
    @extend_schema(request=ConsentSerializer, responses=responses.AccountResponse)
    def post(self, request: Request) -> Response:
        """Give or withdraw consent to training on the account's accepted edits."""
        asked = ConsentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        account = account_of(request)
        if asked.validated_data["consent"]:
            lifecycle.give_consent(account=account, actor=request.user)
        else:
            lifecycle.withdraw_consent(account=account, actor=request.user)
        account.refresh_from_db()
        return Response(_account(request))


class ExportView(ApiView):
    @extend_schema(responses=responses.ExportResponse)
    def get(self, request: Request) -> StreamingHttpResponse:
        """Download all data of the account as a JSON file."""
        account = account_of(request)
        assert isinstance(request.user, User)
        account.user = request.user
        head = responses.ExportHeadResponse(writer_data.export_head(account)).data
        body = _pieces(head, _transformations(account))
        response = StreamingHttpResponse(body, content_type="application/json")
        response["Content-Disposition"] = 'attachment; filename="youman-export.json"'
        return response


async def _pieces(head: Json, rows: Iterator[Json]) -> AsyncIterator[bytes]:
    """Yield one JSON object in pieces, with up to `_AT_ONCE` transformations in memory."""
    yield json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "transformations": ['
    comma = b""
    while batch := await sync_to_async(lambda: list(islice(rows, _AT_ONCE)))():
        for row in batch:
            yield comma + json.dumps(row, ensure_ascii=False).encode()
            comma = b",\n"
    yield b"]}\n"


def _transformations(account: Account) -> Iterator[Json]:
    for row in selectors.everything_of(account):
        edits = sorted(row.edits.all(), key=lambda edit: (edit.start, edit.end))
        yield responses.ExportedTransformationResponse(row, context={"edits": responses.FirstEdits(edits)}).data


def _account(request: Request) -> Json:
    account = account_of(request)
    assert isinstance(request.user, User)
    account.user = request.user  # saves the query that would read it again
    return responses.AccountResponse(account).data
