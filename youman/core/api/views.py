"""The endpoints of API keys. Views only parse, call and answer."""

from __future__ import annotations

from django.contrib.auth.models import User
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from youman.core import selectors
from youman.core.accounts import lifecycle, scopes
from youman.core.api.base import WriterView
from youman.core.api.requests import RequestSerializer
from youman.core.api.responses import ApiKeyResponse, CreatedApiKeyResponse
from youman.core.models import Account, ApiKey


def account_of(request: Request) -> Account:
    """Return the caller's account; with an API key it has been read already."""
    if isinstance(request.auth, ApiKey):
        return request.auth.account
    assert isinstance(request.user, User)  # the permission admits only signed-in users
    return lifecycle.account_of(request.user)


class NewApiKeySerializer(RequestSerializer):
    name = serializers.CharField(max_length=100)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=scopes.ALL), default=list(scopes.DEFAULT))


class ApiKeysView(WriterView):
    authentication_classes = [SessionAuthentication]  # a key cannot make keys

    @extend_schema(responses=ApiKeyResponse(many=True))
    def get(self, request: Request) -> Response:
        """List the account's active keys, without the keys themselves, which cannot be shown again."""
        return Response(ApiKeyResponse(selectors.live_api_keys(account_of(request)), many=True).data)

    @extend_schema(request=NewApiKeySerializer, responses={201: CreatedApiKeyResponse})
    def post(self, request: Request) -> Response:
        """Create a key. It is shown only in this answer."""
        asked = NewApiKeySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        name, key_scopes = asked.validated_data["name"], asked.validated_data["scopes"]
        account = account_of(request)
        key = lifecycle.create_api_key(account=account, name=name, key_scopes=key_scopes, actor=request.user)
        return Response(CreatedApiKeyResponse(key).data, status=201)


class ApiKeyView(WriterView):
    authentication_classes = [SessionAuthentication]

    @extend_schema(responses={204: None})
    def delete(self, request: Request, key_id: int) -> Response:
        """Revoke a key at once."""
        lifecycle.revoke_api_key(account=account_of(request), key_id=key_id, actor=request.user)
        return Response(status=204)
