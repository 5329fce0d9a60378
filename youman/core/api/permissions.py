"""Permissions: a view names the scope that it needs; an API key must have it, and a session the matching rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from youman.core.accounts import scopes
from youman.core.errors import Forbidden, MissingScope, NotAuthenticated
from youman.core.models import ApiKey

if TYPE_CHECKING:
    from rest_framework.views import APIView


class HasScope(BasePermission):
    """Checks the scope in `view.required_scope`, or `view.scope_by_method[METHOD]` if methods differ.

    Raises NotAuthenticated, MissingScope or Forbidden.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        needed = getattr(view, "scope_by_method", {}).get(request.method) or getattr(
            view, "required_scope", scopes.REWRITE
        )
        if not request.user or not request.user.is_authenticated:
            raise NotAuthenticated
        if isinstance(request.auth, ApiKey) and needed not in request.auth.scopes:
            raise MissingScope(f"This key lacks the scope {needed}; create a key that has it")
        if needed in scopes.STAFF and not request.user.is_staff:
            raise Forbidden("Only staff may do this; ask an administrator")
        return True
