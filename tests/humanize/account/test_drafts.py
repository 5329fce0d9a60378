"""Drafts on the server: kept byte for byte, never overwritten by a stale tab, seen by their writer alone."""

from __future__ import annotations

import json
import threading
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import AsyncClient
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from rest_framework.test import APIClient

from humanize.account import drafts
from humanize.account.drafts import DraftContent
from humanize.errors import StaleVersion
from humanize.models import Draft
from humanize.validation import check_options
from tests.waiting import join
from tests.writers import PASSWORD, Writer, streamed, writer
from youman.core.accounts.lifecycle import create_account
from youman.core.models import Account

pytestmark = pytest.mark.django_db
DEFAULTS = {"level": 3, "strategy": "auto", "language": "auto", "format": "auto", "model": "auto", "protected": []}
BYTES = [
    "", " ", "\n", "a\r\nb\r\n", "a\rb\r", "\ufeffWith a mark", "Trailing \t\n\n", "  Leading", "𝕊𝕠 it goes 👩‍👧",
    "e\u0301 and é", "[[kept]] brackets", "\u2028 line", "\u0085next", "a\u00a0b", "<b>&amp;</b>",
    '"quotes" \\ and \\n', "\x0b\x0c", "العربية\n", "日本語の文章", "word " * 500,
]  # fmt: skip


def save(who: Writer, draft: str, version: int, text: str, **options: object) -> Any:
    return who.send("PUT", f"drafts/{draft}", {"text": text, "version": version, **options})


@pytest.mark.parametrize("text", BYTES)
def test_a_text_is_kept_byte_for_byte(alice: Writer, text: str) -> None:
    draft = alice.post("drafts", {"text": text}).body
    assert (draft["text"], draft["version"]) == (text, 1)
    saved = save(alice, draft["id"], 1, f"{text}{text}")
    assert (saved.status, saved.body["version"]) == (200, 2)
    read = alice.get(f"drafts/{draft['id']}").body
    assert (read["text"], read["version"], read["options"]) == (f"{text}{text}", 2, DEFAULTS)


@pytest.mark.parametrize("text", BYTES)
@pytest.mark.parametrize("behind", [1, 2])
def test_a_stale_save_is_refused_and_changes_nothing(alice: Writer, text: str, behind: int) -> None:
    draft = str(uuid4())
    for version in range(3):
        assert save(alice, draft, version, f"{text} newer {version}").status == 200
    reply = save(alice, draft, 3 - behind, f"{text} stale")
    assert (reply.status, reply.body["code"]) == (409, "stale_version")
    assert f"its version is 3 now, and you sent {3 - behind}" in reply.body["detail"]
    assert (Draft.objects.get().text, Draft.objects.get().version) == (f"{text} newer 2", 3)


def test_the_same_save_again_is_answered_and_not_counted(alice: Writer) -> None:
    draft = str(uuid4())
    replies = [save(alice, draft, 0, "Once"), save(alice, draft, 0, "Once"), save(alice, draft, 1, "Twice")]
    replies += [save(alice, draft, 1, "Twice")]
    assert [(reply.status, reply.body["version"]) for reply in replies] == [(200, 1), (200, 1), (200, 2), (200, 2)]
    assert save(alice, draft, 1, "Twice", level=5).status == 409


@pytest.mark.parametrize(
    ("name", "value"),
    [("level", 5), ("strategy", "academic"), ("language", "de"), ("format", "html"), ("model", "rules"),
     ("protected", ["in order to", "Ruth"])],
)  # fmt: skip
def test_options_are_part_of_the_draft(alice: Writer, name: str, value: object) -> None:
    draft = str(uuid4())
    save(alice, draft, 0, "Text")
    assert save(alice, draft, 1, "Text", **{name: value}).body["version"] == 2
    assert alice.get(f"drafts/{draft}").body["options"] == DEFAULTS | {name: value}


@pytest.mark.parametrize(
    "change",
    [
        {"text": None}, {"text": ["a"]}, {"text": "a\x00b"}, {"text": "\ud800"}, {"level": 0}, {"level": 6},
        {"level": "x"},
        {"strategy": "poetic"}, {"language": "klingon"}, {"format": "pdf"}, {"model": "m" * 101}, {"protected": "word"},
        {"protected": ["x" * 2_001]}, {"protected": ["x"] * 201}, {"version": -1}, {"version": None},
        {"version": "new"},
        {"version": 2**31}, {"title": "unknown"}, {"txt": "misspelt"}, {"id": 1},
    ],
)  # fmt: skip
def test_what_is_malformed_is_refused_and_changes_nothing(alice: Writer, change: dict[str, object]) -> None:
    draft = str(uuid4())
    save(alice, draft, 0, "Before")
    reply = alice.send("PUT", f"drafts/{draft}", {"text": "After", "version": 1} | change)
    assert (reply.status, reply.body["code"]) == (400, "invalid_input")
    assert (Draft.objects.get().text, Draft.objects.get().version) == ("Before", 1)


@pytest.mark.parametrize("missing", ["text", "version"])
def test_a_save_without_text_or_version_is_refused(alice: Writer, missing: str) -> None:
    body = {"text": "Text", "version": 0}
    del body[missing]
    assert alice.send("PUT", f"drafts/{uuid4()}", body).status == 400
    assert Draft.objects.count() == 0


def test_drafts_are_listed_without_their_texts_and_deleted(alice: Writer) -> None:
    first, second = (alice.post("drafts", {"text": f"{word} draft\nof two"}) for word in ("First", "Second"))
    assert (first.status, first.headers["Location"]) == (201, f"/api/v1/drafts/{first.body['id']}")
    page = alice.get("drafts?page_size=1").body
    assert [(row["excerpt"], row["words"], "text" in row) for row in page["results"]] == [
        ("Second draft of two", 4, False)
    ]
    rest = alice.get(f"drafts?page_size=1&cursor={page['next']}").body
    assert ([row["id"] for row in rest["results"]], rest["next"]) == ([first.body["id"]], None)
    assert alice.send("DELETE", f"drafts/{second.body['id']}").status == 204
    assert alice.send("DELETE", f"drafts/{second.body['id']}").status == 404
    assert save(alice, second.body["id"], 1, "Gone").status == 404
    assert list(Draft.objects.values_list("excerpt", flat=True)) == ["First draft of two"]


def test_a_stranger_finds_nothing_and_changes_nothing(alice: Writer, charlie: Writer) -> None:
    draft = alice.post("drafts", {"text": "For nobody else"}).body["id"]
    charlie.account.user.is_staff = charlie.account.user.is_superuser = True
    charlie.account.user.save()
    staff = APIClient()
    staff.force_login(charlie.account.user)
    replies = [charlie.get(f"drafts/{draft}").status, charlie.send("DELETE", f"drafts/{draft}").status]
    replies += [save(charlie, draft, version, "Mine").status for version in (0, 1, 2)]
    replies += [staff.get(f"/api/v1/drafts/{draft}").status_code, staff.delete(f"/api/v1/drafts/{draft}").status_code]
    assert replies == [404] * 7
    assert charlie.get("drafts").body == {"next": None, "results": []}
    assert staff.get("/admin/humanization/draft/").status_code == 404
    assert [APIClient().get(f"/api/v1/{path}").status_code for path in ("drafts", f"drafts/{draft}")] == [401, 401]
    assert Draft.objects.get().text == "For nobody else"


def test_size_and_number_are_bounded_and_a_refused_save_changes_nothing(bob: Writer, alice: Writer) -> None:
    draft = bob.post("drafts", {"text": "word " * 2_000}).body["id"]
    assert save(bob, draft, 1, "word " * 2_001).body["code"] == "text_too_long"
    assert alice.post("drafts", {"text": "é" * (drafts.MOST_BYTES // 2)}).status == 201
    assert alice.post("drafts", {"text": "é" * (drafts.MOST_BYTES // 2) + "a"}).body["code"] == "text_too_long"
    for _ in range(drafts.MOST_DRAFTS - 1):
        assert bob.post("drafts", {"text": ""}).status == 201
    refused = [bob.post("drafts", {"text": ""}), save(bob, str(uuid4()), 0, "")]
    assert [(reply.status, reply.body["code"]) for reply in refused] == [(409, "conflict")] * 2
    assert save(bob, draft, 1, "Shorter").status == 200
    assert save(bob, draft, 0, "Shorter").status == 200
    assert (Draft.objects.filter(owner=bob.account).count(), Draft.objects.get(pk=draft).version) == (100, 2)


class TestTabs(TestCase):
    @given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["type", "save", "reload"])), max_size=25))
    def test_no_sequence_of_three_tabs_overwrites_a_text_that_a_tab_has_not_seen(
        self, steps: list[tuple[int, str]]
    ) -> None:
        account = create_account(username="alice", password=PASSWORD, tier="ENTERPRISE")
        draft_id = uuid4()
        tabs = [{"version": 0, "text": ""} for _ in range(3)]
        stored: list[str] = []  # the texts that were saved, in their order: the version is their number
        for number, (place, what) in enumerate(steps):
            tab: dict[str, Any] = tabs[place]
            if what == "type":
                tab["text"] += f"{place}.{number} "
            elif what == "reload" and stored:
                tab.update(version=len(stored), text=stored[-1])
            elif what == "save":
                try:
                    tab["version"] = put(account, draft_id, tab["version"], tab["text"])
                except StaleVersion:
                    assert tab["version"] < len(stored)
                else:
                    if tab["version"] > len(stored):
                        stored.append(tab["text"])
                    assert (tab["version"], stored[-1]) == (len(stored), tab["text"])
            if stored:
                row = Draft.objects.get()
                assert (row.text, row.version) == (stored[-1], len(stored))


def put(account: Account, draft_id: UUID, version: int, text: str) -> int:
    content = DraftContent(text, check_options(), "auto")
    return drafts.save_draft(account=account, draft_id=draft_id, version=version, content=content).version


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer")
@pytest.mark.parametrize("version", [0, 1])
def test_of_saves_at_the_same_moment_one_wins(version: int) -> None:
    account = create_account(username="alice", password=PASSWORD, tier="ENTERPRISE")
    draft_id = uuid4()
    if version:
        put(account, draft_id, 0, "Before")
    outcomes: list[int | str] = []

    def save_beside(text: str) -> None:
        try:
            outcomes.append(put(account, draft_id, version, text))
        except StaleVersion:
            outcomes.append("stale")
        finally:
            connection.close()

    tabs = [threading.Thread(target=save_beside, args=(f"Tab {number}",)) for number in range(8)]
    for tab in tabs:
        tab.start()
    join(*tabs)
    assert sorted(outcomes, key=str) == [version + 1, *["stale"] * 7]
    assert Draft.objects.get().version == version + 1


@pytest.mark.django_db(transaction=True)
def test_drafts_are_exported_and_erased_with_the_account() -> None:
    alice, bob = writer("alice", "ENTERPRISE"), writer("bob")
    for text in ("One\r\n", "Two"):
        alice.post("drafts", {"text": text})
    bob.post("drafts", {"text": "Bob was here."})
    alice.api.logout()

    async def download() -> bytes:
        client = AsyncClient()
        await client.alogin(username="alice", password=PASSWORD)
        return b"".join([part async for part in streamed(await client.get("/api/v1/account/export"))])

    exported = json.loads(async_to_sync(download)())
    assert [(row["text"], row["version"]) for row in exported["drafts"]] == [("One\r\n", 1), ("Two", 1)]
    assert exported["transformations"] == []
    session = APIClient()
    session.force_login(alice.account.user)
    assert session.delete("/api/v1/account", {"password": PASSWORD}, format="json").status_code == 204
    assert list(Draft.objects.values_list("text", flat=True)) == ["Bob was here."]
