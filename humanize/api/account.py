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
from humanize.account import drafts, writer_data
from humanize.api import account_responses, responses
from humanize.api.requests import ConsentSerializer, PasswordSerializer
from humanize.transformations import decision_events
from youman.core.accounts import lifecycle
from youman.core.api.base import WriterView
from youman.core.api.responses import Json
from youman.core.api.views import account_of
from youman.core.errors import Forbidden
from youman.core.http.files import attachment
from youman.core.models import Account, ApiKey

_AT_ONCE = 20


class AccountView(WriterView):
    @extend_schema(responses=account_responses.AccountResponse)
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


class ConsentView(WriterView):
    @extend_schema(request=ConsentSerializer, responses=account_responses.AccountResponse)
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


class ExportView(WriterView):
    @extend_schema(responses=account_responses.ExportResponse)
    def get(self, request: Request) -> StreamingHttpResponse:
        """Download all data of the account as a JSON file."""
        account = account_of(request)
        assert isinstance(request.user, User)
        account.user = request.user
        head = account_responses.ExportHeadResponse(writer_data.export_head(account)).data
        body = _pieces(head, drafts=_drafts(account), transformations=_transformations(account))
        response = StreamingHttpResponse(body, content_type="application/json")
        response["Content-Disposition"] = attachment("youman-export.json")
        return response


async def _pieces(head: Json, **lists: Iterator[Json]) -> AsyncIterator[bytes]:
    """One JSON object: the head, then each list with a few of its rows in memory at a time."""
    yield json.dumps(head, ensure_ascii=False)[:-1].encode()
    for name, rows in lists.items():
        yield f', "{name}": ['.encode()
        comma = b""
        while batch := await sync_to_async(lambda rows=rows: list(islice(rows, _AT_ONCE)))():
            for row in batch:
                yield comma + json.dumps(row, ensure_ascii=False).encode()
                comma = b",\n"
        yield b"]"
    yield b"}\n"


def _drafts(account: Account) -> Iterator[Json]:
    for row in drafts.drafts_with_texts(account):
        yield account_responses.DraftResponse(row).data


def _transformations(account: Account) -> Iterator[Json]:
    for row in selectors.everything_of(account):
        edits = sorted(row.edits.all(), key=lambda edit: (edit.start, edit.end))
        history = decision_events.history_of(decision_events.acts_in(row.decision_events.all()))
        context = {"edits": responses.FirstEdits(edits), "history": history}
        yield account_responses.ExportedTransformationResponse(row, context=context).data


def _account(request: Request) -> Json:
    account = account_of(request)
    assert isinstance(request.user, User)
    account.user = request.user  # saves the query that would read it again
    return account_responses.AccountResponse(account).data
