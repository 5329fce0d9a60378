"""Invitations and forgotten passwords, as a browser without scripts meets them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from tests.writers import PASSWORD
from youman.core.accounts.lifecycle import create_account
from youman.core.models import Account, AuditEvent, Invitation

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(create_account(username="stan", password=PASSWORD, staff=True).user)
    return client


def invited(staff: Client) -> str:
    page = staff.post("/people", {"email": "ann@example.org", "tier": "BASIC"}, follow=True)
    found = re.search(r"http://testserver(/invite/\S+?)[\s<\"]", page.content.decode())
    assert found
    return found[1]


def test_an_invitation_link_makes_one_account_and_signs_it_in(staff: Client) -> None:
    link, ann = invited(staff), Client()
    assert ann.get(link).status_code == 200
    made = ann.post(link, {"username": "ann", "password": "a long sentence 2"})
    assert (made.status_code, made["Location"]) == (302, "/")
    account = Account.objects.get(user__username="ann")
    assert (account.tier, account.user.email, account.user.is_staff) == ("BASIC", "ann@example.org", False)
    assert ann.get("/").status_code == 200
    assert Client().get(link).status_code == 404


def test_the_link_is_shown_once(staff: Client) -> None:
    link = invited(staff)
    assert link not in staff.get("/people").content.decode()
    assert "ann@example.org" in staff.get("/people").content.decode()


def test_a_withdrawn_link_opens_nothing_and_only_staff_withdraw(staff: Client) -> None:
    link, row = invited(staff), Invitation.objects.get()
    stranger = Client()
    stranger.force_login(create_account(username="ann", password=PASSWORD).user)
    assert stranger.post(f"/people/{row.pk}/withdraw").status_code == 403
    assert Client().get(link).status_code == 200
    assert staff.post(f"/people/{row.pk}/withdraw").status_code == 302
    assert staff.post(f"/people/{row.pk}/withdraw").status_code == 302
    assert Client().get(link).status_code == 404
    Client().post(link, {"username": "bea", "password": "a long sentence 2"})
    assert not Account.objects.filter(user__username="bea").exists()
    assert list(AuditEvent.objects.filter(verb="withdraw invitation").values_list("actor", flat=True)) == ["stan"]
    assert staff.post("/people/0/withdraw").status_code == 404


def test_a_weak_password_is_refused_and_the_link_still_works(staff: Client) -> None:
    link = invited(staff)
    refused = Client().post(link, {"username": "ann", "password": "1234"})
    assert (refused.status_code, Account.objects.filter(user__username="ann").exists()) == (200, False)
    assert Client().post(link, {"username": "ann", "password": "a long sentence 2"}).status_code == 302


def test_a_bad_address_is_refused_and_nothing_is_made(staff: Client) -> None:
    assert staff.post("/people", {"email": "nobody", "tier": "BASIC"}).status_code == 400
    assert Invitation.objects.count() == 0


def test_a_forgotten_password_is_set_anew_by_mail(client: Client) -> None:
    create_account(username="ann", password=PASSWORD, email="ann@example.org")
    client.post("/password/reset", {"email": "ann@example.org"})
    found = re.search(r"http://testserver(/password/reset/\S+)", str(mail.outbox[0].body))
    assert found
    page = client.get(found[1], follow=True)
    form = {"new_password1": "another sentence 3", "new_password2": "another sentence 3"}
    assert client.post(page.redirect_chain[-1][0], form).status_code == 302
    assert client.login(username="ann", password="another sentence 3")
    assert not Client().login(username="ann", password=PASSWORD)


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client: Client) -> None:
    known: Any = client.post("/password/reset", {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"], len(mail.outbox)) == (302, "/password/reset/sent", 0)
