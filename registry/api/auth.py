"""Authentication of the routes that DRF does not serve, with the same API keys, sessions, scopes and errors."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import HttpRequest
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from youman.core.api.authentication import ApiKeyAuthentication
from youman.core.api.permissions import HasScope
from youman.core.errors import NotAuthenticated


class _Wanting:
    """The part of a view that the permission class reads."""

    def __init__(self, scope: str) -> None:
        self.required_scope = scope


def user_of(request: HttpRequest, scope: str) -> User:
    """Return the caller, who holds the scope.

    Raises NotAuthenticated, MissingScope, Forbidden, and DRF's PermissionDenied when the CSRF check fails.
    """
    asked = Request(request, authenticators=[ApiKeyAuthentication(), SessionAuthentication()])
    HasScope().has_permission(asked, _Wanting(scope))  # type: ignore[arg-type]  # all that it reads of a view
    if not isinstance(asked.user, User):
        raise NotAuthenticated
    return asked.user
