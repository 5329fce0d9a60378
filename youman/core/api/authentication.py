"""Authentication by `Authorization: Bearer ym_…`. The last use of a key is stored no more than once per minute."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from youman.core.accounts import attempts
from youman.core.database.compiled_query import CompiledQuery
from youman.core.errors import NotAuthenticated
from youman.core.http.client_address import client_network
from youman.core.models import ApiKey
from youman.core.security import crypto

_LAST_USE_STEP = timedelta(minutes=1)  # no more than one write per key and minute, instead of one per request
_LIVE_KEY = CompiledQuery(
    lambda digest: (
        ApiKey.objects.select_related("account__user")
        .filter(digest=digest, revoked_at=None, account__user__is_active=True)
        .order_by()
    ),
    str,
)


class ApiKeyAuthentication(BaseAuthentication):
    """Authenticates a request by its API key.

    Raises NotAuthenticated for an unknown or revoked key, and RateLimited after 30 of them from one client in five
    minutes. A valid key is always let in, whatever others at its address send: nobody guesses 32 random bytes.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        kind, _, token = get_authorization_header(request).decode("latin-1").partition(" ")
        if kind.lower() != "bearer":
            return None
        key = _LIVE_KEY.first(crypto.digest(token.strip()))
        if key is None:
            attempts.reserve(attempts.token_bound(client_network(request)))
            raise NotAuthenticated("The API key is unknown or revoked; create one with `manage.py api_key create`")
        _note_use(key)
        return key.account.user, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _note_use(key: ApiKey) -> None:
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > _LAST_USE_STEP:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - _LAST_USE_STEP)
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
