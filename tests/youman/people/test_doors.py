"""Who is let in where, and that a name, a password or a draft is the account's own."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.writers import PASSWORD, writer
from youman.core.models import Invitation

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return client


@pytest.fixture
def alice(db: None) -> Client:
    client = Client()
    client.force_login(writer("alice").account.user)
    return client


def test_a_writer_cannot_invite(alice: Client) -> None:
    assert alice.get("/people").status_code == 403
    assert alice.post("/people", {"email": "bea@example.org", "tier": "BASIC"}).status_code == 403
    assert Invitation.objects.count() == 0


def test_the_admin_has_the_same_door_as_everybody(alice: Client) -> None:
    asked = Client().get("/admin/login/?next=/admin/core/account/")
    assert (asked.status_code, asked.headers["Location"]) == (302, "/login?next=/admin/core/account/")
    assert alice.get("/admin/", follow=True).status_code == 403
    guess = Client().post("/admin/login/", {"username": "root", "password": "guess"})
    assert guess.headers["Location"].startswith("/login")


@pytest.mark.parametrize("name", ["two words", "a/b", ""])
def test_a_name_that_cannot_be_is_refused_and_the_link_stays_good(staff: Client, name: str) -> None:
    shown = staff.post("/people", {"email": "bea@example.org", "tier": "BASIC"}, follow=True).content.decode()
    link = re.search(r"http://testserver(/invite/\S+)\"", shown)
    assert link
    assert Client().post(link[1], {"username": name, "password": PASSWORD}).status_code == 200
    assert User.objects.count() == 1
    assert Client().post(link[1], {"username": "bea", "password": PASSWORD}).status_code == 302


def test_a_changed_password_is_confirmed(alice: Client) -> None:
    new = "quite another sentence 2"
    given = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert "Your new password has been saved." in alice.post("/password/change", given, follow=True).content.decode()
    assert Client().login(username="alice", password=new)


def test_drafts_are_kept_by_account(alice: Client) -> None:
    user = User.objects.get()
    assert f'data-user="{user.pk}"' in alice.get("/").content.decode()
    assert 'data-user=""' in Client().get("/login").content.decode()
