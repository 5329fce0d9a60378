"""Who calls, for the routes that DRF does not serve: the same keys, sessions, scopes and refusals."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import HttpRequest
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from youman.core.api.authentication import ApiKeyAuthentication
from youman.core.api.permissions import HasScope
from youman.core.errors import NotAuthenticated


class _Wanting:
    """What the permission reads of a view."""

    def __init__(self, scope: str) -> None:
        self.required_scope = scope


def user_of(request: HttpRequest, scope: str) -> User:
    """The caller, who may do this. Raises NotAuthenticated, MissingScope, Forbidden, DRF's PermissionDenied (CSRF)."""
    asked = Request(request, authenticators=[ApiKeyAuthentication(), SessionAuthentication()])
    HasScope().has_permission(asked, _Wanting(scope))  # type: ignore[arg-type]  # all that it reads of a view
    if not isinstance(asked.user, User):
        raise NotAuthenticated
    return asked.user
