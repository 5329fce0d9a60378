"""Every page and action of the admin against staff who lack exactly the permission, and staff who have only that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Model
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import URLPattern, reverse

from tests.house_rules.source import ROOT
from youman.core.accounts.access import permission_of

pytestmark = [pytest.mark.attack("staff_permissions"), pytest.mark.django_db]
NOBODY = UUID(int=7)
OF_DJANGO = ("changelist", "add", "history", "delete", "change")
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label_lower)
LABELS = [model._meta.label_lower for model in MODELS]
_LINE = re.compile(r"^\| `/admin/(\S+)` \| `([a-z_.]+)` \|$", re.M)
LINES = dict(_LINE.findall((ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")))


def custom_pages() -> Iterator[tuple[str, URLPattern]]:
    """The addresses that our own pages add to Django's."""
    for model, page in admin.site._registry.items():
        names = {f"{model._meta.app_label}_{model._meta.model_name}_{kind}" for kind in OF_DJANGO}
        for pattern in page.get_urls():
            if pattern.name not in names | {None, "auth_user_password_change"}:
                yield f"{model._meta.app_label}/{model._meta.model_name}/{pattern.pattern}", pattern


def staff(*permissions: str) -> Client:
    user = User.objects.create(username=f"clerk{User.objects.count()}", is_staff=True)
    for name in permissions:
        app, _, codename = name.partition(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    client = Client()
    client.force_login(user)
    return client


def staff_without(*permissions: str) -> Client:
    """Staff with all other permissions of the installation."""
    client = staff()
    user = User.objects.latest("pk")
    user.user_permissions.set(Permission.objects.exclude(codename__in=[one.partition(".")[2] for one in permissions]))
    return client


@pytest.mark.parametrize(("path", "permission"), LINES.items(), ids=LINES)
def test_pages_and_buttons_of_ours(path: str, permission: str) -> None:
    place = "/admin/" + re.sub(r"<uuid:\w+>", str(NOBODY), path)
    for client, is_let_in in (
        (staff(permission), True), (staff(), False), (staff_without(permission), False),
    ):  # fmt: skip
        for answer in (client.get(place), client.post(place, {})):
            assert (answer.status_code != 403) == is_let_in
            assert answer.status_code < 500
    writer = User.objects.create(username="writer")
    writer.user_permissions.set(Permission.objects.all())
    for stranger in (Client(), Client()):
        assert stranger.get(place)["Location"].startswith("/admin/login/")
        stranger.force_login(writer)


def test_every_page_of_ours_asks_for_a_permission_that_is_written_down() -> None:
    found = {path: getattr(pattern.callback, "permission", "") for path, pattern in custom_pages()}
    assert found == LINES


@pytest.mark.parametrize("model", MODELS, ids=LABELS)
def test_lists_and_forms(model: type[Model]) -> None:
    """403 or, where the page does not exist for anybody, the same for all."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    pk = str(NOBODY) if model._meta.pk.get_internal_type() == "UUIDField" else "7"
    view, change = permission_of(model, "view"), permission_of(model, "change")
    pages = {
        reverse(f"{name}_changelist"): (view, change),
        reverse(f"{name}_change", args=[pk]): (view, change),
        reverse(f"{name}_history", args=[pk]): (view, change),
        reverse(f"{name}_delete", args=[pk]): (permission_of(model, "delete"),),
    }
    clerk, reader = staff(), staff(view)
    for place, needed in pages.items():
        assert clerk.get(place).status_code in {403, 404, 302}
        assert "content-main" not in clerk.get(place).content.decode() or clerk.get(place).status_code == 403
        assert staff_without(*needed).get(place).status_code in {403, 302}, place
    if model is not Group:
        assert reader.get(reverse(f"{name}_changelist")).status_code == 200
    adding = reverse(f"{name}_add")
    assert [one.get(adding).status_code for one in (clerk, reader, staff_without(permission_of(model, "add")))] in (
        [403, 403, 403], [403, 403, 200],
    )  # fmt: skip


@pytest.mark.parametrize("model", MODELS, ids=LABELS)
def test_who_may_only_view_is_offered_no_action(model: type[Model]) -> None:
    page = admin.site._registry[model]
    request = RequestFactory().get("/")
    own = set(page.get_actions(_asked_by(request, User(is_superuser=True, is_staff=True))))
    viewer = User.objects.create(username="viewer", is_staff=True)
    for verb in ("view", "add"):
        app, _, codename = permission_of(model, verb).partition(".")
        viewer.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    assert list(page.get_actions(_asked_by(request, viewer))) == []
    changer = User.objects.create(username="changer", is_staff=True)
    app, _, codename = permission_of(model, "change").partition(".")
    changer.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    assert set(page.get_actions(_asked_by(request, changer))) == own - {"delete_selected"}


def _asked_by(request: HttpRequest, user: User) -> HttpRequest:
    request.user = user
    return request


def test_the_first_page_shows_only_what_may_be_viewed() -> None:
    captions = {
        "registry.view_registeredmodel": "<caption>Models</caption>",
        "training.view_trainingjob": "<caption>Training</caption>",
        "serving.view_deployment": "<caption>Your own models in use",
        "training.view_trainingdatapoint": "Training pairs</a></th>",
        "serving.view_invocation": "the baseline model would have cost",
    }
    for client, shown in [(staff(), set()), *((staff(one), {text}) for one, text in captions.items())]:
        html = client.get("/admin/").content.decode()
        assert {text for text in captions.values() if text in html} == shown


@pytest.mark.parametrize("field", ["is_superuser", "is_staff", "groups", "user_permissions"])
def test_nobody_but_a_superuser_gives_rights(field: str) -> None:
    client = staff("auth.view_user", "auth.change_user", "auth.add_user")
    writer = User.objects.create(username="writer")
    group = Group.objects.create(name="all")
    value = {"groups": str(group.pk), "user_permissions": str(Permission.objects.earliest("pk").pk)}.get(field, "on")
    form = {"username": "writer", "is_active": "on", "date_joined_0": "2026-11-24", "date_joined_1": "12:00:00"}
    assert client.post(f"/admin/auth/user/{writer.pk}/change/", form | {field: value}).status_code == 302
    writer.refresh_from_db()
    assert (writer.is_superuser, writer.is_staff, writer.groups.count(), writer.user_permissions.count()) == (
        False, False, 0, 0,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["is_staff", "is_superuser"])
@pytest.mark.parametrize("page", ["change", "password", "delete"])
def test_nobody_but_a_superuser_touches_other_staff(kind: str, page: str) -> None:
    """A new password or e-mail address of somebody with more rights would be a way to them."""
    client = staff("auth.view_user", "auth.change_user", "auth.delete_user")
    other = User.objects.create(username="other", email="o@example.org", **{kind: True})
    form = {"username": "other", "email": "me@example.org", "password1": "x" * 20, "password2": "x" * 20, "post": "yes"}
    assert client.post(f"/admin/auth/user/{other.pk}/{page}/", form).status_code == 403
    picked = {"action": "delete_selected", "_selected_action": [str(other.pk)], "post": "yes"}
    client.post("/admin/auth/user/", picked)
    stored = User.objects.get(pk=other.pk)
    assert (stored.email, stored.password) == ("o@example.org", "")


@pytest.mark.parametrize(
    ("method", "path", "permission"),
    [
        ("GET", "/people", "core.view_invitation"),
        ("POST", "/people", "core.add_invitation"),
        ("POST", "/people/7/withdraw", "core.delete_invitation"),
    ],
)
def test_invitations(method: str, path: str, permission: str) -> None:
    assert staff(permission).generic(method, path).status_code != 403
    for client in (staff(), staff_without(permission)):
        assert client.generic(method, path).status_code == 403
