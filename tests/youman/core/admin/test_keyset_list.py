"""Admin lists of big tables page by key and never count."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.writers import writer
from youman.core.accounts import audit
from youman.core.models import Account, ApiKey, AuditEvent, Invitation

pytestmark = pytest.mark.django_db

AUDIT = "/admin/core/auditevent/"
LISTS = [
    AUDIT,
    "/admin/auth/user/",
    "/admin/core/account/",
    "/admin/core/apikey/",
    "/admin/core/invitation/",
    "/admin/humanization/transformation/",
    "/admin/humanization/document/",
    "/admin/humanization/feedback/",
]


@pytest.fixture
def staff(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return client


def test_pages_follow_each_other_by_key_and_miss_nothing(staff: Client) -> None:
    root = User.objects.get()
    for number in range(120):
        audit.record(actor="tests", verb=f"verb {number}", subject=root)
    seen, address = [], "?q=verb"
    for size in (50, 50, 20):
        page = staff.get(AUDIT + address).context["cl"]
        assert len(page.result_list) == size
        seen += [event.verb for event in page.result_list]
        address = page.older
    assert address == ""
    assert sorted(seen) == sorted(f"verb {number}" for number in range(120))


@pytest.mark.parametrize("path", LISTS)
def test_no_list_counts_its_table(staff: Client, path: str) -> None:
    writer("alice")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert staff.get(path, {"q": "a"}).status_code == 200
    assert [query["sql"] for query in queries if "COUNT(" in query["sql"] or "DISTINCT" in query["sql"]] == []


def test_a_key_that_is_none_leads_back_to_the_beginning(staff: Client) -> None:
    answer = staff.get(AUDIT, {"before": "no key"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{AUDIT}?e=1")


def test_tier_and_quota_change_with_a_record_and_nothing_else_does(staff: Client) -> None:
    account = writer("alice", "FREE").account
    AuditEvent.objects.all().delete()
    page = f"/admin/core/account/{account.pk}/change/"
    change = {"tier": "BASIC", "monthly_words": "5000", "consent_version": "forged"}
    assert staff.post(page, change).status_code == 302
    assert staff.post(page, change).status_code == 302
    account.refresh_from_db()
    assert (account.tier, account.monthly_words, account.consent_version) == ("BASIC", 5000, "")
    event = AuditEvent.objects.get()
    assert (event.actor, event.verb) == ("root", "set limits")
    assert (event.before, event.after) == (
        {"tier": "FREE", "monthly_words": None},
        {"tier": "BASIC", "monthly_words": 5000},
    )
    assert staff.post(page, {"tier": "GOLD", "monthly_words": ""}).status_code == 200
    assert Account.objects.get(pk=account.pk).tier == "BASIC"


@pytest.mark.parametrize("path", ["/admin/core/account/add/", "/admin/core/apikey/add/", AUDIT + "add/"])
def test_rows_born_elsewhere_are_not_made_here(staff: Client, path: str) -> None:
    assert staff.post(path, {"tier": "FREE"}).status_code == 403
    assert Account.objects.count() == 0


def test_an_invitation_made_here_shows_its_link_once(staff: Client) -> None:
    page = staff.post("/admin/core/invitation/add/", {"email": "bea@example.org", "tier": "BASIC"}, follow=True)
    assert Invitation.objects.get().email == "bea@example.org"
    assert page.content.decode().count("/invite/inv_") == 1
    assert b"/invite/" not in staff.get("/admin/core/invitation/").content


def test_keys_are_revoked_from_their_list_and_the_rest_stay(staff: Client) -> None:
    alice, bob = writer("alice"), writer("bob")
    chosen = ApiKey.objects.get(account=alice.account)
    action = {"action": "revoke", "_selected_action": [str(chosen.pk)]}
    assert staff.post("/admin/core/apikey/", action).status_code == 302
    assert (alice.get("usage").status, bob.get("usage").status) == (401, 200)
    assert AuditEvent.objects.filter(verb="revoke", actor="root").count() == 1


def test_a_user_is_found_by_the_beginning_of_the_name_and_switched_off(staff: Client) -> None:
    alice = writer("alice")
    assert [user.username for user in staff.get("/admin/auth/user/", {"q": "ali"}).context["cl"].result_list] == [
        "alice"
    ]
    page = f"/admin/auth/user/{alice.account.user.pk}/change/"
    form = staff.get(page).context["adminform"].form.initial
    kept = {name: value for name, value in form.items() if isinstance(value, str)}
    dates = {"date_joined_0": "2026-11-24", "date_joined_1": "08:00:00"}
    assert staff.post(page, kept | dates).status_code == 302
    assert alice.get("usage").status == 401
