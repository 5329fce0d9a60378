"""Invitations, passwords, consent, the dictionary, keys, export, leaving: as people do them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from humanize.models import Document, Transformation
from tests.browser.conftest import Someone
from tests.browser.people import Person, known
from tests.waiting import HANG_S
from tests.writers import DRAFT, PASSWORD
from youman.core.models import Account, Invitation

pytestmark = pytest.mark.browser


def test_an_invited_writer_makes_an_account_once(someone: Someone) -> None:
    staff, guest, late = someone("root", staff=True), someone(), someone()
    staff.go("/people")
    staff.page.get_by_label("E-mail").fill("bea@example.org")
    staff.page.get_by_label("Tier").select_option("PROFESSIONAL")
    staff.press("Create a link")
    link = staff.page.get_by_label("The link for bea@example.org").input_value()
    staff.reload()
    expect(staff.page.get_by_label("The link for bea@example.org")).to_have_count(0)
    assert Invitation.objects.count() == 1
    assert link not in staff.page.content()

    guest.page.goto(link)
    guest.page.get_by_label("User name").fill("bea")
    guest.page.get_by_label("Password").fill("short")
    guest.press("Create my account")
    expect(guest.page.get_by_role("alert")).to_contain_text("too short")
    guest.page.get_by_label("Password").fill(PASSWORD)
    guest.press("Create my account")
    expect(guest.page.get_by_role("heading", name="Your draft")).to_be_visible()
    made = Account.objects.get(user__username="bea")
    assert (made.tier, made.user.email, made.user.is_staff) == ("PROFESSIONAL", "bea@example.org", False)

    late.page.goto(link)
    expect(late.page.get_by_role("heading", name="This invitation is no longer valid")).to_be_visible()


@pytest.mark.parametrize("path", ["/people", "/admin/"])
def test_a_writer_is_not_let_into_the_staff_s_rooms(someone: Someone, path: str) -> None:
    writer = someone("alice")
    writer.go(path)
    expect(writer.page.get_by_role("heading", name="Not allowed")).to_be_visible()
    assert Invitation.objects.count() == 0


def test_a_forgotten_password_is_set_again_by_mail(someone: Someone) -> None:
    known("alice")
    visitor = someone()
    visitor.go("/login")
    visitor.page.get_by_role("link", name="Forgot your password?").click()
    visitor.page.get_by_label("Email").fill("alice@example.org")
    visitor.press("Send the link")
    expect(visitor.page.get_by_role("heading", name="Check your e-mail")).to_be_visible()
    visitor.page.goto(link_in_mail())
    for label in ("New password", "New password confirmation"):
        visitor.page.get_by_label(label, exact=True).fill("quite another sentence 2")
    visitor.press("Save the password")
    expect(visitor.page.get_by_role("heading", name="Password saved")).to_be_visible()
    sign_in(visitor.page, PASSWORD)
    expect(visitor.page.get_by_role("alert")).to_contain_text("correct username and password")
    sign_in(visitor.page, "quite another sentence 2")
    expect(visitor.page.get_by_role("heading", name="Your draft")).to_be_visible()


def link_in_mail() -> str:
    newest = max(Path(settings.EMAIL_FILE_PATH).iterdir(), key=lambda path: path.stat().st_mtime_ns)
    found = re.search(r"http\S+/password/reset/\S+", newest.read_text(encoding="utf-8"))
    assert found
    return found[0]


def sign_in(page: Page, password: str) -> None:
    page.goto(page.url.split("/password")[0].split("/login")[0] + "/login")
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_consent_is_asked_given_seen_and_withdrawn_in_one_click(alice: Person) -> None:
    alice.go("/account")
    expect(alice.page.locator("#consent-state")).to_have_text("You have not agreed. None of your edits are used.")
    alice.press("Yes, use my edits")
    expect(alice.page.locator("#consent-state")).to_have_text(re.compile(r"^You agreed on \d+ \w+ \d{4}\.$"))
    assert Account.objects.get().consents
    alice.press("Withdraw my consent")
    expect(alice.page.locator("#consent-state")).to_have_text("You have not agreed. None of your edits are used.")
    assert not Account.objects.get().consents


@pytest.mark.parametrize(("said", "consents"), [("Yes, use my edits", True), ("No", False)])
def test_consent_is_asked_for_once_after_the_first_rewrite(alice: Person, said: str, consents: bool) -> None:
    alice.go()
    alice.rewrite(DRAFT)
    asked = alice.page.get_by_role("region", name="May your edits train our models?")
    asked.get_by_role("button", name=said, exact=True).click()
    expect(asked.get_by_role("status")).to_contain_text("under Account")
    assert Account.objects.get().consents is consents
    with alice.page.expect_response("**/api/v1/usage"):
        alice.reload()
    expect(alice.page.locator("#work")).to_be_visible()
    expect(asked).to_be_hidden()


def test_the_dictionary_is_saved_shown_and_kept_to(alice: Person) -> None:
    alice.go("/account")
    alice.page.get_by_label("Prefer").fill("tools -> instruments")
    alice.page.get_by_label("Never touch").fill("in order to")
    alice.press("Save the dictionary")
    expect(alice.page.locator("#toast")).to_have_text("The dictionary is saved.")
    alice.reload()
    expect(alice.page.get_by_label("Prefer")).to_have_value("tools → instruments")
    alice.go("/")
    alice.rewrite(DRAFT)
    assert "instruments in order to" in Transformation.objects.get().result


def test_a_key_is_shown_once_works_and_is_revoked(someone: Someone) -> None:
    writer = someone("alice")
    writer.go("/account")
    writer.page.get_by_label("Name", exact=True).fill("my script")
    writer.press("Create a key")
    made = writer.page.get_by_label("Your new key")
    expect(made).to_have_value(re.compile("^ym"))
    key = made.input_value()
    assert status_with(key, writer.address) == 200
    writer.reload()
    expect(writer.page.locator("#keys")).to_contain_text("my script")
    assert key not in writer.page.content()
    revoke = writer.page.get_by_role("button", name="Revoke my script")
    revoke.click()
    expect(revoke).to_have_text("Revoke this key?")
    revoke.click()
    expect(writer.page.locator("#no-keys")).to_be_visible()
    assert status_with(key, writer.address) == 401


def status_with(key: str, address: str) -> int:
    return httpx.get(f"{address}/api/v1/usage", headers={"Authorization": f"Bearer {key}"}, timeout=HANG_S).status_code


def test_everything_is_exported_then_texts_then_the_account_are_deleted(someone: Someone) -> None:
    writer = someone("alice")
    known("bob")
    writer.go()
    writer.rewrite(DRAFT)
    writer.page.get_by_role("link", name="Account").click()
    with writer.page.expect_download() as waiting:
        writer.page.get_by_role("link", name="Export everything").click()
    exported = json.loads(waiting.value.path().read_text(encoding="utf-8"))
    assert [one["text"] for one in exported["transformations"]] == [DRAFT]

    writer.press("Delete all my texts")
    writer.press("Delete all of them?")
    expect(writer.page.locator("#deleted")).to_have_text("1 text and 1 draft deleted.")
    assert Document.objects.count() == 0

    writer.page.get_by_text("Delete the account and every text").click()
    writer.page.get_by_label("Your password").fill("wrong")
    writer.press("Delete the account")
    expect(writer.page.locator("#toast")).to_contain_text("The password is wrong")
    writer.page.get_by_label("Your password").fill(PASSWORD)
    writer.press("Delete the account")
    expect(writer.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert list(User.objects.values_list("username", flat=True)) == ["bob"]


def test_a_text_is_deleted_from_the_history_on_the_second_click(alice: Person) -> None:
    alice.go()
    alice.rewrite(DRAFT)
    alice.page.get_by_role("link", name="History").click()
    delete = alice.page.get_by_role("button", name="Delete It is important")
    delete.click()
    assert Transformation.objects.count() == 1
    delete.click()
    expect(alice.page.get_by_text("Nothing here yet.")).to_be_visible()
    assert Transformation.objects.count() == 0


def test_a_text_is_renamed_in_the_history_by_keyboard(alice: Person) -> None:
    alice.go()
    alice.rewrite(DRAFT)
    alice.page.get_by_role("link", name="History").click()
    alice.page.get_by_role("button", name="Rename It is important").click()
    field = alice.page.get_by_label("New title")
    field.fill("never mind")
    field.press("Escape")
    expect(alice.page.get_by_role("link", name="It is important")).to_be_visible()
    alice.page.get_by_role("button", name="Rename It is important").click()
    field.fill("Note to the team")
    field.press("Enter")
    expect(alice.page.get_by_role("link", name="Note to the team")).to_be_visible()
    assert Document.objects.get().title == "Note to the team"
