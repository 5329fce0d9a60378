"""Who may do what: one rule for the API, the admin and the pages.

A user needs a Django permission for what is not their own, an API key also needs a scope; a key never allows more than
its owner may do. Views declare an `Access`, which gives the rule of each of their methods; the admin asks Django for
the same permissions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Model

from youman.core.accounts import scopes
from youman.core.errors import Forbidden, MissingScope, NotAuthenticated
from youman.core.models import ApiKey

_VERBS = {"GET": "view", "POST": "add", "PUT": "change", "PATCH": "change", "DELETE": "delete"}
_READS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class AccessRule:
    """What a request needs: a scope of its API key, and a permission of its user, empty for their own data."""

    scope: str
    permission: str = ""

    def check(self, user: User | AnonymousUser, key: ApiKey | None) -> None:
        """Check the caller; `key` is None for a session. Raises NotAuthenticated, MissingScope, Forbidden."""
        if not user.is_authenticated or not user.is_active:
            raise NotAuthenticated
        if key is not None and self.scope not in key.scopes:
            raise MissingScope(f"This key lacks the scope {self.scope}; create a key that has it")
        if self.permission and not is_permitted(user, self.permission):
            raise Forbidden(f"Only staff with the permission {self.permission} may do this; ask an administrator")


class Access(Protocol):
    """What a view declares."""

    def rule(self, method: str) -> AccessRule:
        """Return the rule of an HTTP method."""


@dataclass(frozen=True, slots=True)
class OwnData:
    """The access of writers to their own data."""

    def rule(self, method: str) -> AccessRule:
        return AccessRule(scopes.REWRITE)


@dataclass(frozen=True, slots=True)
class StaffAccess:
    """The access of staff to the rows of a model.

    The permission of a method is Django's own for the model: GET needs view, POST add, PUT and PATCH change, DELETE
    delete. `verbs` names another verb of the model, or a whole permission such as `registry.change_alias`, for a
    method. `write_scope` is the scope of the methods that write, where it differs.
    """

    scope: str
    model: type[Model]
    write_scope: str = ""
    verbs: Mapping[str, str] = field(default_factory=dict)

    def rule(self, method: str) -> AccessRule:
        reads = method in _READS
        name = "GET" if reads else method
        verb = self.verbs.get(name) or _VERBS.get(name, "change")
        permission = verb if "." in verb else permission_of(self.model, verb)
        return AccessRule(self.scope if reads else self.write_scope or self.scope, permission)


def permission_of(model: type[Model], verb: str) -> str:
    """Return the full name of a permission, such as `core.change_webhook`."""
    return f"{model._meta.app_label}.{get_permission_codename(verb, model._meta)}"


def is_permitted(user: object, permission: str) -> bool:
    """Return whether an active member of staff has the permission; superusers have all."""
    return isinstance(user, User) and user.is_staff and user.has_perm(permission)
