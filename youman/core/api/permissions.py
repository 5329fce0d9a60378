"""Checks the rule that a view declares in `access`, for DRF's views and for those that DRF does not serve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from django.http import HttpRequest
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from youman.core.accounts.access import Access, AccessRule
from youman.core.api.authentication import ApiKeyAuthentication
from youman.core.errors import NotAuthenticated
from youman.core.models import ApiKey

if TYPE_CHECKING:
    from rest_framework.views import APIView


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request; `key` is None for a session."""

    user: User
    key: ApiKey | None


class HasAccess(BasePermission):
    """Checks `view.access`, which every view must declare. Raises NotAuthenticated, MissingScope or Forbidden."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        access: Access = view.access  # type: ignore[attr-defined]  # declared by ApiView; without it nobody gets in
        access.rule(str(request.method)).check(request.user, _key_of(request))
        return True


def caller_of(request: HttpRequest, rule: AccessRule) -> Caller:
    """Return the caller of a view outside DRF, who meets the rule.

    Raises NotAuthenticated, MissingScope, Forbidden, and DRF's PermissionDenied when the CSRF check fails.
    """
    asked = Request(request, authenticators=[ApiKeyAuthentication(), SessionAuthentication()])
    rule.check(asked.user, _key_of(asked))
    if not isinstance(asked.user, User):
        raise NotAuthenticated
    return Caller(asked.user, _key_of(asked))


def _key_of(request: Request) -> ApiKey | None:
    return request.auth if isinstance(request.auth, ApiKey) else None
