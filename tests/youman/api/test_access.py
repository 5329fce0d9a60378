"""Every operation of the API against every kind of caller: a scope for keys, a permission for staff, nothing else.

What each operation needs stands in docs/permissions.md, which people read; the tests read the same lines. So an
operation without a line fails, and so does one that lets in somebody whom its line keeps out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import pytest
from django.contrib.auth.models import Permission, User
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from registry.artifacts import download
from registry.models import ModelArtifact
from tests.house_rules.source import ROOT
from tests.youman.api.addresses import ADDRESSES, Address
from youman.core.accounts import scopes
from youman.core.accounts.access import OwnData, StaffAccess
from youman.core.errors import Forbidden
from youman.core.models import Account, ApiKey
from youman.core.security import crypto

pytestmark = [pytest.mark.attack("staff_permissions"), pytest.mark.django_db]

_LINE = re.compile(r"^\| `([A-Z]+ /api/v1/\S*)` \| `([a-z:]+)` \| (?:`([a-z_.]+)`|their own data) \|$", re.M)
LINES = {
    name: (scope, permission)
    for name, scope, permission in _LINE.findall((ROOT / "docs" / "permissions.md").read_text(encoding="utf-8"))
}
# Only a session may make and revoke keys, and delete the account, whatever the key.
BY_SESSION = {"GET /api/v1/api-keys", "POST /api/v1/api-keys", "DELETE /api/v1/api-keys/{key_id}"}
BY_PASSWORD = {"DELETE /api/v1/account"}
Crowd = Callable[[str, str, bool], tuple["Caller", ...]]
STRANGE = "serving.view_budget"  # a permission that no operation needs


@dataclass(frozen=True)
class Caller:
    """Somebody who may come, and whether the operation is theirs."""

    name: str
    client: Client
    is_let_in: bool


def person(name: str, *, staff: bool = False, root: bool = False, active: bool = True, may: str = "") -> Account:
    name = name if name in {"bob", "chief"} else f"{name}{User.objects.count()}"
    user = User.objects.create(username=name, is_staff=staff, is_superuser=root, is_active=active)
    for one in may.split():
        app, _, codename = one.partition(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return Account.objects.create(user=user)


def with_key(account: Account, key_scopes: list[str], *, is_revoked: bool = False) -> Client:
    """A key of these scopes, whatever its owner may have now: it may be older than the loss of a right."""
    token = crypto.new_token("ym")
    revoked_at = timezone.now() if is_revoked else None
    ApiKey.objects.create(
        account=account,
        name="k",
        prefix=token[:8],
        digest=crypto.digest(token),
        scopes=key_scopes,
        revoked_at=revoked_at,
    )
    return Client(headers={"Authorization": f"Bearer {token}"})


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account.user)
    return client


def callers(scope: str, permission: str, by_key: bool) -> Iterator[Caller]:
    """Everybody who may come, and whether this operation is theirs. Keys have the scope, or all the others."""
    own = not permission
    others = [one for one in scopes.ALL if one != scope]
    needed = permission or STRANGE
    people = {
        "writer": (person("writer"), own),
        "writer with the permission": (person("permitted", may=needed), own),
        "staff without permissions": (person("clerk", staff=True), own),
        "staff with another permission": (person("other", staff=True, may=STRANGE), own),
        "staff with exactly the permission": (person("exact", staff=True, may=needed), True),
        "superuser": (person("root", staff=True, root=True), True),
        "superuser who is not staff": (person("odd", root=True), own),
    }
    for name, (account, is_let_in) in people.items():
        yield Caller(f"{name}, signed in", signed_in(account), is_let_in)
        yield Caller(f"{name}, key with the scope", with_key(account, [scope]), is_let_in and by_key)
        yield Caller(f"{name}, key with all other scopes", with_key(account, others), False)
        yield Caller(f"{name}, revoked key", with_key(account, list(scopes.ALL), is_revoked=True), False)
    gone = person("gone", staff=True, root=True, active=False)
    yield Caller("deactivated superuser's key", with_key(gone, list(scopes.ALL)), False)
    yield Caller("deactivated superuser, signed in", signed_in(gone), False)
    yield Caller("unknown key", Client(headers={"Authorization": "Bearer ym_unknown"}), False)
    yield Caller("nobody", Client(), False)


@pytest.fixture(scope="module")
def crowd(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Crowd]:
    """The callers of a rule, made once for all operations that have it."""

    @cache
    def made(scope: str, permission: str, by_key: bool) -> tuple[Caller, ...]:
        return tuple(callers(scope, permission, by_key))

    with django_db_blocker.unblock(), transaction.atomic():
        for rule in sorted({(*LINES[name], name not in BY_SESSION | BY_PASSWORD) for name in ADDRESSES}):
            made(*rule)
        yield made
        transaction.set_rollback(True)


@pytest.mark.parametrize(("name", "address"), ADDRESSES.items(), ids=ADDRESSES)
def test_who_may_use_the_operation(crowd: Crowd, name: str, address: Address) -> None:
    scope, permission = LINES[name]
    found = []
    for one in crowd(scope, permission, name not in BY_SESSION | BY_PASSWORD):
        response = one.client.generic(name.partition(" ")[0], address.query(), b"{}", "application/json")
        if (response.status_code not in {401, 403}) != one.is_let_in:
            found.append(f"{one.name}: {response.status_code}")
    assert found == []


def test_every_operation_has_its_line_and_every_line_its_operation() -> None:
    assert {name: (one.scope, one.permission) for name, one in ADDRESSES.items()} == LINES


def test_every_view_below_the_api_declares_its_access() -> None:
    """A stream has no class; its access stands in the description, which the test above compares."""
    found = []
    for path, pattern in _patterns(get_resolver(), "/"):
        view = getattr(pattern.callback, "cls", None)
        if view is not None and not isinstance(getattr(view, "access", None), OwnData | StaffAccess):
            found.append(path)
    assert found == []


def _patterns(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, path)
        elif path.startswith("/api/v1/"):
            yield path, entry


@pytest.mark.parametrize("path", ["usage", "usage/costs", "usage/costs.csv"])
@pytest.mark.parametrize("account", ["all", "other"])
def test_the_costs_of_others_need_the_ledger(path: str, account: str) -> None:
    """Own costs are a writer's own data; with `account=` the same address needs the right to view the ledger."""
    other = person("bob")
    place = f"/api/v1/{path}?account={other.pk if account == 'other' else account}"
    found = [
        one.name
        for one in callers(scopes.SERVING, "serving.view_invocation", by_key=True)
        if (one.client.get(place).status_code == 200) != (one.is_let_in and "key with the scope" not in one.name)
    ]
    assert found == []  # a key also needs `rewrite`, which every use of this address needs
    chief = person("chief", staff=True, may="serving.view_invocation")
    assert with_key(chief, [scopes.REWRITE]).get(place).status_code == 403
    assert with_key(chief, [scopes.REWRITE, scopes.SERVING]).get(place).status_code == 200


@pytest.mark.parametrize("right", ["staff", "permission", "active"])
def test_a_download_link_dies_with_the_right_of_its_maker(right: str) -> None:
    chief = person("chief", staff=True, may="registry.view_modelartifact")
    artifact = ModelArtifact()
    link = download.link_to(artifact, chief.user, "http://testserver/x")
    token = link.partition("token=")[2]
    assert download.user_of_link(token, artifact.pk) == chief.user
    if right == "permission":
        chief.user.user_permissions.clear()
    else:
        User.objects.filter(pk=chief.user.pk).update(**{f"is_{right}": False})
    with pytest.raises(Forbidden):
        download.user_of_link(token, artifact.pk)
