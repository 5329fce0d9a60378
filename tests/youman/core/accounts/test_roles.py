"""The usual roles: their groups hold what the page says, and never what would give them everything."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command

from tests.house_rules.source import ROOT
from youman.core.accounts import roles
from youman.core.accounts.access import is_permitted

pytestmark = [pytest.mark.attack("staff_permissions"), pytest.mark.django_db]
NAMES = [role.name for role in roles.ROLES]


def test_they_are_written_once_and_then_left_alone() -> None:
    out = StringIO()
    call_command("sync_roles", stdout=out)
    call_command("sync_roles", stdout=out)
    assert out.getvalue().splitlines() == [
        f"6 of 6 roles written: {', '.join(NAMES)}",
        "0 of 6 roles written: none changed",
    ]
    assert sorted(Group.objects.values_list("name", flat=True)) == sorted(NAMES)


def test_a_release_takes_back_what_was_added_to_a_role_and_leaves_other_groups_and_members() -> None:
    roles.sync_roles()
    finance, own = Group.objects.get(name="Finance"), Group.objects.create(name="Finance, larger")
    everything = Permission.objects.all()
    user = User.objects.create(username="fin", is_staff=True)
    user.groups.add(finance)
    for group in (finance, own):
        group.permissions.set(everything)
    assert roles.sync_roles() == ("Finance",)
    assert (finance.permissions.count(), own.permissions.count()) == (10, everything.count())
    assert is_permitted(user, "serving.view_invocation")
    assert not is_permitted(user, "serving.view_providerkey")


@pytest.mark.parametrize("role", roles.ROLES, ids=NAMES)
def test_no_role_reads_writers_texts_or_gives_rights(role: roles.Role) -> None:
    held = set(role.permissions.split())
    texts = {f"humanization.view_{name}" for name in ("transformation", "document", "feedback", "batch", "draft")}
    assert held & texts == set()
    assert {one for one in held if (one.startswith("auth.") and "group" in one) or "permission" in one} == set()
    assert (role.name == "Approvers") == ("registry.move_protected_alias" in held)
    assert all(one.partition("_")[0].endswith(".view") for one in held) == (role.name == "Auditors")


def test_each_role_has_a_line_in_the_page() -> None:
    page = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8").partition("## Operations")[0]
    assert re.findall(r"^\| ([A-Z][a-z ]+) \|", page, re.M) == NAMES
