"""Decisions in the editor: undo and redo of their own, and what a selection of the rewrite gives."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from humanize.models import Edit, Transformation
from humanize.text import edits as text_edits
from humanize.transformations.decisions import OneDecision, decide
from humanize.transformations.row_mapping import edit_from_row
from tests.browser.conftest import Someone
from tests.browser.people import Person
from tests.waiting import wait_until
from tests.writers import DRAFT

pytestmark = pytest.mark.browser
TEXT = f"{DRAFT}\n\nA line that stays.\n{DRAFT}"


def decisions() -> list[str]:
    return list(Edit.objects.order_by("start", "end").values_list("decision", flat=True))


def decide_first(person: Person, letter: str) -> None:
    person.page.locator(".edit").first.click()
    with person.page.expect_response("**/edits/decide"):
        person.page.keyboard.press(letter)


@pytest.mark.parametrize("undo", ["Control+z", "Meta+z"])
@pytest.mark.parametrize("redo", ["Control+Shift+z", "Control+y"])
def test_the_undo_key_after_a_decision_takes_back_the_decision_and_not_the_draft(
    alice: Person, undo: str, redo: str
) -> None:
    alice.go()
    alice.draft.focus()
    alice.page.keyboard.insert_text(DRAFT)
    alice.press("Rewrite")
    expect(alice.page.locator("#work")).to_be_visible()
    decide_first(alice, "r")
    with alice.page.expect_response("**/decisions/undo"):
        alice.page.keyboard.press(undo)
    expect(alice.page.locator(".edit.rejected")).to_have_count(0)
    assert (set(decisions()), alice.draft.input_value()) == ({"undecided"}, DRAFT)
    with alice.page.expect_response("**/decisions/redo"):
        alice.page.keyboard.press(redo)
    expect(alice.page.locator(".edit.rejected")).to_have_count(1)
    assert (decisions()[0], alice.draft.input_value()) == ("rejected", DRAFT)


def test_in_the_draft_the_undo_key_is_the_browsers(alice: Person) -> None:
    alice.go()
    alice.draft.focus()
    alice.page.keyboard.insert_text(DRAFT)
    alice.press("Rewrite")
    expect(alice.page.locator("#work")).to_be_visible()
    decide_first(alice, "a")
    alice.draft.press("Control+End")
    alice.page.keyboard.insert_text(" Typed later.")
    alice.page.keyboard.press("Control+z")
    expect(alice.draft).to_have_value(DRAFT)
    alice.page.keyboard.press("Control+Shift+z")
    expect(alice.draft).to_have_value(f"{DRAFT} Typed later.")
    assert decisions()[0] == "accepted"


def test_accept_all_keeps_a_rejection_until_the_writer_overrules_it_and_each_step_can_be_undone(alice: Person) -> None:
    alice.go()
    alice.rewrite(DRAFT)
    undo, redo = (alice.page.get_by_role("button", name=name, exact=True) for name in ("Undo", "Redo"))
    expect(undo).to_be_disabled()
    expect(redo).to_be_disabled()
    decide_first(alice, "r")
    alice.press("Accept all")
    expect(alice.page.locator("#kept-text")).to_have_text("1 edit that you had decided separately stays as decided.")
    count = Edit.objects.count()
    assert decisions() == ["rejected", *["accepted"] * (count - 1)]
    alice.press("Accept it too")
    expect(alice.page.locator(".edit.accepted")).to_have_count(count)
    undo.click()
    expect(alice.page.locator(".edit.rejected")).to_have_count(1)
    undo.click()
    expect(alice.page.locator(".edit.accepted")).to_have_count(0)
    undo.click()
    expect(alice.page.locator(".edit.rejected")).to_have_count(0)
    expect(undo).to_be_disabled()
    for _ in range(3):
        expect(redo).to_be_enabled()
        with alice.page.expect_response("**/decisions/redo"):
            redo.click()
    expect(redo).to_be_disabled()
    expect(undo).to_be_focused()
    assert set(decisions()) == {"accepted"}


def test_decisions_of_two_tabs_are_shown_in_both_and_none_is_undone_unseen(someone: Someone) -> None:
    alice = someone("alice")  # her console tells of the refusal
    alice.go()
    alice.rewrite(DRAFT)
    other = alice.context.new_page()
    other.goto(alice.address)
    expect(other.locator("#work")).to_be_visible()
    decide_first(alice, "r")
    other.get_by_role("button", name="Accept all", exact=True).click()
    count = Edit.objects.count()
    expect(other.locator(".edit.accepted")).to_have_count(count - 1)
    expect(other.locator(".edit.rejected")).to_have_count(1)
    alice.press("Undo")
    expect(alice.page.locator("#failure")).to_contain_text("changed in another tab")
    expect(alice.page.locator(".edit.accepted")).to_have_count(count - 1)
    alice.press("Undo")
    expect(alice.page.locator(".edit.accepted")).to_have_count(0)
    assert decisions() == ["rejected", *["undecided"] * (count - 1)]


def copied(page: Page) -> str:
    page.keyboard.press("Control+c")
    return str(page.evaluate("navigator.clipboard.readText()"))


@pytest.fixture
def reader(someone: Someone) -> Person:
    """A rewrite whose edits are accepted, rejected and undecided by turns."""
    person = someone("alice", permissions=["clipboard-read", "clipboard-write"])
    person.go()
    person.rewrite(TEXT)
    row = Transformation.objects.get()
    rows = Edit.objects.order_by("start", "end")
    answers = ("accepted", "rejected", "undecided")
    decide(transformation=row, decisions=[OneDecision(edit.pk, answers[n % 3]) for n, edit in enumerate(rows)])
    person.reload()
    expect(person.page.locator(".edit.rejected")).not_to_have_count(0)
    return person


def final() -> str:
    applied = Edit.objects.exclude(decision="rejected").order_by("start", "end")
    return text_edits.apply(TEXT, [edit_from_row(edit) for edit in applied])


def test_select_all_and_copy_give_the_text_as_decided(reader: Person) -> None:
    reader.page.locator("#result").click(position={"x": 5, "y": 5})
    reader.page.locator("#result").press("Control+a")
    assert copied(reader.page) == final()
    html = reader.page.evaluate(
        "navigator.clipboard.read().then(([item]) => item.getType('text/html')).then((blob) => blob.text())"
    )
    assert html.count("</p>") == 2
    assert "A line that stays.<br>" in html
    assert "<del" not in html


def test_a_selection_by_mouse_gives_what_it_covers_as_decided(reader: Person) -> None:
    """From the first word to the middle of the second line, over edits of each decision."""
    page = reader.page
    corners = page.evaluate(
        """() => {
            const place = (node, offset) => {
                const range = document.createRange();
                range.setStart(node, offset);
                range.setEnd(node, offset + 1);
                const box = range.getBoundingClientRect();
                return { x: box.left + 0.5, y: box.top + box.height / 2 };
            };
            const nodes = [...document.getElementById("result").childNodes].filter((node) => node.nodeType === 3);
            const last = nodes.find((node) => node.data.includes("A line that stays."));
            const first = nodes.find((node) => node.data.length > 8 && node !== last);
            return [place(first, 3), place(last, last.data.indexOf("stays"))];
        }"""
    )
    page.mouse.move(**corners[0])
    page.mouse.down()
    page.mouse.move(**corners[1], steps=5)
    page.mouse.up()
    text = copied(page)
    assert text.endswith("\n\nA line that ")
    assert text in final()
    assert len(text) > 100


SELECT = """([from, to]) => {
    const box = document.getElementById("result");
    const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
    const ends = [];
    let seen = 0;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        for (const at of [from, to]) if (at >= seen && at < seen + node.length) ends.push([node, at - seen]);
        seen += node.length;
    }
    document.getSelection().setBaseAndExtent(...ends[0], ...ends[1]);
    box.focus({ preventScroll: true });
}"""


def shown() -> list[tuple[str, bool]]:
    """Each character of the pane, and whether it counts: the old words of an edit stand before the new ones."""
    found: list[tuple[str, bool]] = []
    at = 0
    for edit in Edit.objects.order_by("start", "end"):
        rejected = edit.decision == "rejected"
        found += [(character, True) for character in TEXT[at : edit.start]]
        found += [(character, rejected) for character in edit.before]
        found += [(character, not rejected) for character in edit.after]
        at = edit.end
    return found + [(character, True) for character in TEXT[at:]]


def test_any_part_of_the_pane_gives_its_characters_that_count(reader: Person) -> None:
    characters = shown()
    length = len(characters)
    spans = [(start, start + size) for start in range(0, length - 60, 17) for size in (7, 29, 58)]
    assert len(spans) > 50
    wrong: list[Any] = []
    for start, end in spans:
        reader.page.evaluate(SELECT, [start, end])
        expected = "".join(character for character, counts in characters[start:end] if counts)
        got = copied(reader.page)
        if expected and got != expected:
            wrong.append((start, end, expected, got))
    assert wrong == []


def test_a_selection_beyond_the_rewrite_has_no_words_that_do_not_count(reader: Person) -> None:
    reader.page.evaluate("document.getSelection().selectAllChildren(document.getElementById('result-pane'))")
    text = copied(reader.page)
    assert final() in text
    assert "Accept all" in text


def test_what_is_dragged_out_is_the_text_as_decided(reader: Person) -> None:
    dragged = reader.page.evaluate(
        """() => {
            const box = document.getElementById("result");
            document.getSelection().selectAllChildren(box);
            const data = new DataTransfer();
            box.dispatchEvent(new DragEvent("dragstart", { dataTransfer: data, bubbles: true, cancelable: true }));
            return data.getData("text/plain");
        }"""
    )
    assert dragged == final()


def test_a_decision_by_a_program_is_shown_when_the_tab_is_looked_at_again(alice: Person) -> None:
    alice.go()
    alice.rewrite(DRAFT)
    decide(transformation=Transformation.objects.get(), everything="rejected")
    alice.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(alice.page.locator(".edit.rejected")).to_have_count(Edit.objects.count())
    wait_until(lambda: alice.page.get_by_role("button", name="Undo", exact=True).is_enabled())
