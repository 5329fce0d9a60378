"""The author's text in the editor: phrases protected by a button, line ends of files kept, nothing trimmed."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from humanize.models import Transformation
from tests.browser.conftest import Someone
from tests.browser.people import PHONE, Person
from tests.writers import DRAFT

pytestmark = pytest.mark.browser
PHRASES = "#protected li span"


def select(person: Person, words: str) -> None:
    person.draft.evaluate(
        """(box, words) => {
            const at = box.value.indexOf(words);
            box.focus();
            box.setSelectionRange(at, at + words.length);
        }""",
        words,
    )


def phrases(person: Person) -> Locator:
    return person.page.locator(PHRASES)


def test_selected_words_are_protected_listed_sent_and_kept(alice: Person) -> None:
    alice.go()
    alice.write(DRAFT)
    expect(alice.page.locator("#draft-help")).to_contain_text("select them and choose Protect")
    select(alice, "everage robust tool")  # to whole words
    alice.press("Protect")
    expect(phrases(alice)).to_have_text(["leverage robust tools"])
    expect(alice.page.locator("#draft-said")).to_have_text("No edit will touch “leverage robust tools”.")
    alice.reload()
    expect(phrases(alice)).to_have_text(["leverage robust tools"])
    alice.press("Rewrite")
    expect(alice.page.locator("#work")).to_be_visible()
    row = Transformation.objects.get()
    assert (row.source, row.protected) == (DRAFT, ["leverage robust tools"])
    assert "leverage robust tools" in row.result
    assert row.edit_count > 0


def test_a_phrase_is_protected_and_freed_by_the_keyboard_alone(alice: Person) -> None:
    alice.go()
    keys = alice.page.keyboard
    alice.draft.focus()
    keys.insert_text("Robust tools help us in order to win.")
    keys.press("Home")
    for _ in range(len("Robust tools")):
        keys.press("Shift+ArrowRight")
    while alice.page.evaluate("document.activeElement.id") != "protect":
        keys.press("Tab")
    keys.press("Enter")
    expect(phrases(alice)).to_have_text(["Robust tools"])
    keys.press("Tab")
    while alice.page.evaluate("document.activeElement.getAttribute('aria-label')") != "Stop protecting “Robust tools”":
        keys.press("Tab")
    keys.press("Enter")
    expect(alice.page.locator("#protected-phrases")).to_be_hidden()
    expect(alice.page.locator("#draft-said")).to_have_text("“Robust tools” may change again.")
    expect(alice.page.get_by_role("button", name="Protect", exact=True)).to_be_focused()


def test_a_selection_over_lines_is_protected_and_a_phrase_can_be_typed(alice: Person) -> None:
    alice.go()
    text = f"{DRAFT}\n\nWe need it in order\nto win.\n"
    alice.write(text)
    select(alice, "in order\nto win")
    alice.press("Protect")
    alice.page.get_by_text("More options").click()
    alice.page.get_by_label("Phrase to keep unchanged").fill("  Other words ")
    alice.page.get_by_label("Phrase to keep unchanged").press("Enter")
    expect(phrases(alice)).to_have_text(["in order to win", "Other words"])
    alice.press("Rewrite")
    expect(alice.page.locator("#work")).to_be_visible()
    row = Transformation.objects.get()
    assert (row.source, row.result.count("in order")) == (text, 1)
    assert row.result.endswith("\n\nWe need it in order\nto win.\n")


def test_nothing_selected_says_how_and_nothing_is_protected(someone: Someone) -> None:
    writer = someone("alice", viewport=PHONE, has_touch=True)
    writer.go()
    writer.write(DRAFT)
    writer.press("Protect")
    expect(writer.page.locator("#draft-said")).to_have_text(
        "Select the words that must not change, then choose Protect."
    )
    expect(phrases(writer)).to_have_count(0)
    for place in range(12):
        select(writer, DRAFT[: 10 + 7 * place])
        writer.press("Protect")
    assert writer.overflow() == 0


def test_a_text_opened_again_brings_its_phrases(alice: Person) -> None:
    alice.go()
    alice.write(DRAFT)
    select(alice, "robust tools")
    alice.press("Protect")
    alice.press("Rewrite")
    expect(alice.page.locator("#work")).to_be_visible()
    alice.page.get_by_role("button", name="Stop protecting “robust tools”").click()
    alice.write("Another text.")
    alice.press("Restore its draft")
    expect(alice.draft).to_have_value(DRAFT)
    expect(phrases(alice)).to_have_text(["robust tools"])


@pytest.mark.parametrize(
    ("data", "typed"),
    [
        (b"\xef\xbb\xbf# Plan\r\n\r\nWe go in order\r\nto win.\r\n\r\n", "New first.\r\n"),
        (b"Old lines\rin order\rto win.\r", "New first.\r"),
        (b"\n\n  Mixed lines\r\nin order to\nwin.\r  \n", "New first.\n"),
    ],
)
def test_a_file_keeps_its_line_ends_through_typing_reload_rewrite_and_download(
    alice: Person, tmp_path: Path, data: bytes, typed: str
) -> None:
    file = tmp_path / "draft.txt"
    file.write_bytes(data)
    alice.go()
    alice.page.get_by_label("Open a file").set_input_files(file)
    expect(alice.page.locator("#draft-said")).to_contain_text("draft.txt:")
    expect(alice.page.locator("#draft-state")).to_have_text("Saved.")
    alice.reload()
    alice.draft.press("Control+Home")
    alice.draft.press_sequentially("New first.\n")
    alice.press("Rewrite")
    expect(alice.page.locator("#work")).to_be_visible()
    expect(alice.page.locator("#stale")).to_be_hidden()
    source = typed + data.decode()
    assert Transformation.objects.get().source == source
    alice.press("Reject all")
    expect(alice.page.locator("#summary")).to_contain_text("All decided")
    with alice.page.expect_download() as download:
        alice.press("Download")
    assert Path(download.value.path()).read_bytes() == source.encode()
