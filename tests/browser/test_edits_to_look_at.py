"""A rewritten paragraph that has to be looked at: shown with its reason, in no text until its writer accepts it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from humanize.models import Edit, Transformation
from humanize.transformations.create import CreateRequest, create_transformation
from humanize.validation import check_options
from tests.browser.conftest import Someone
from tests.browser.people import PHONE, Person
from tests.humanize.conftest import engines  # noqa: F401  # a fixture
from tests.humanize.deployments import Engines
from tests.humanize.recast_text import (
    BRIDGE,
    BRIDGE_LOOK,
    BRIDGE_RECAST,
    CERTAINTY,
    DOUBT,
    MARKET,
    MARKET_BLOCK,
    MARKET_RECAST,
    MAY_LOOK,
    RECAST_RESULT,
    decisions,
    recast,
    text_with,
)

pytestmark = pytest.mark.browser
CHECK = (Path(__file__).parent / "accessible.js").read_text(encoding="utf-8")
COPIED = """() => {
    document.getSelection().selectAllChildren(document.getElementById("result"));
    const data = new DataTransfer();
    document.getElementById("result").dispatchEvent(new ClipboardEvent("copy", { clipboardData: data, bubbles: true, cancelable: true }));
    return data.getData("text/plain");
}"""  # noqa: E501


def opened(person: Person) -> Transformation:
    row = recast(person.account)
    person.go(f"/?open={row.pk}")
    expect(person.page.locator(".edit")).to_have_count(5)
    return row


def edit_at(person: Person, place: int) -> Locator:
    return person.page.locator(".edit").nth(place)


def decide(person: Person, key: str) -> None:
    with person.page.expect_response("**/edits/decide"):
        person.page.keyboard.press(key)


def downloaded(person: Person) -> str:
    with person.page.expect_download() as download:
        person.press("Download")
    return download.value.path().read_text(encoding="utf-8")


def test_it_is_accepted_by_itself_only_and_undone_it_is_out_again(alice: Person) -> None:
    row = opened(alice)
    summary, looks = alice.page.locator("#summary"), alice.page.locator("#looks")
    expect(summary).to_have_text("5 edits, 2 to look at. Choose one to see why it was made.")
    expect(looks).to_contain_text("2 edits are left to look at. They are not in the text, and “Accept all” leaves them")
    assert alice.page.evaluate(COPIED) == RECAST_RESULT
    alice.press("Accept all")
    expect(summary).to_have_text("3 accepted, 0 rejected, 2 left to look at.")
    expect(looks).to_be_visible()
    assert decisions(row) == ["accepted"] * 3 + ["undecided"] * 2
    assert downloaded(alice) == RECAST_RESULT
    expect(summary).to_contain_text("without 2 edits left to look at")
    alice.press("Go to the next one")
    expect(edit_at(alice, BRIDGE_LOOK)).to_be_focused()
    dialog = alice.page.get_by_role("dialog", name="Reason for the edit")
    for told in (DOUBT, "It is not in your text unless you accept it.", BRIDGE, BRIDGE_RECAST, "to look at", "4 of 5"):
        expect(dialog).to_contain_text(told)
    with alice.page.expect_response("**/edits/decide"):
        dialog.get_by_role("button", name="Accept").click()
    expect(edit_at(alice, BRIDGE_LOOK)).to_contain_class("accepted")
    expect(looks).to_contain_text("1 edit is left to look at.")
    assert alice.page.evaluate(COPIED) == text_with(0, 1, 2, BRIDGE_LOOK)
    assert downloaded(alice) == text_with(0, 1, 2, BRIDGE_LOOK)
    with alice.page.expect_response("**/decisions/undo"):
        alice.press("Undo")
    expect(edit_at(alice, BRIDGE_LOOK)).to_contain_class("look")
    assert alice.page.evaluate(COPIED) == RECAST_RESULT
    expect(looks).to_contain_text("2 edits are left")


def test_a_paragraph_that_a_model_rewrote_freely_is_decided(alice: Person, engines: Engines) -> None:  # noqa: F811
    """From the model's answer to the final text: nobody gave a second opinion, so its writer has to look at it."""
    engines.add("small")
    last = "The library stays as it is."
    engines.server.answer = lambda seen: f"¶1 w\n[1 2 3] {BRIDGE_RECAST}\nEND"
    options = check_options(level=5, language="en", format="text")
    request = CreateRequest(f"{BRIDGE}\n\n{last}", options, model="small")
    row = create_transformation(account=alice.account, request=request).row
    alice.go(f"/?open={row.pk}")
    expect(alice.page.locator("#looks")).to_contain_text("1 edit is left to look at.")
    expect(edit_at(alice, 0)).to_contain_class("block look")
    alice.press("Accept all")
    expect(alice.page.locator("#summary")).to_have_text("0 accepted, 0 rejected, 1 left to look at.")
    assert downloaded(alice) == f"{BRIDGE}\n\n{last}"
    alice.press("Go to it")
    expect(alice.page.get_by_role("dialog")).to_contain_text(Edit.objects.get().look)
    decide(alice, "a")
    expect(alice.page.locator("#summary")).to_have_text("All decided: 1 accepted, 0 rejected.")
    assert downloaded(alice) == f"{BRIDGE_RECAST}\n\n{last}"
    with alice.page.expect_response("**/decisions/undo"):
        alice.press("Undo")
    assert downloaded(alice) == f"{BRIDGE}\n\n{last}"


def test_the_keyboard_finds_and_decides_them(alice: Person) -> None:
    row = opened(alice)
    keys = alice.page.keyboard
    alice.page.locator("#result").focus()
    keys.press("l")
    expect(edit_at(alice, BRIDGE_LOOK)).to_be_focused()
    expect(alice.page.get_by_role("dialog")).to_contain_text(DOUBT)
    decide(alice, "r")
    keys.press("l")
    expect(edit_at(alice, MAY_LOOK)).to_be_focused()
    decide(alice, "a")
    expect(alice.page.locator("#looks")).to_be_hidden()
    expect(alice.page.locator("#summary")).to_contain_text("1 accepted, 1 rejected, 3 undecided.")
    keys.press("l")
    expect(edit_at(alice, MAY_LOOK)).to_be_focused()
    decide(alice, "u")
    expect(alice.page.locator("#looks")).to_contain_text("1 edit is left to look at.")
    assert decisions(row) == ["undecided"] * 3 + ["rejected", "undecided"]


def test_a_screen_reader_hears_that_it_is_to_be_looked_at_and_both_texts(alice: Person) -> None:
    opened(alice)
    small = alice.page.get_by_role("button", name=f"To look at: “may” becomes “will”. {CERTAINTY}")
    expect(small).to_have_count(1)
    block = alice.page.get_by_role("button", name=f"To look at: “{BRIDGE}” becomes “{BRIDGE_RECAST}”. {DOUBT}")
    expect(block).to_have_count(1)
    small.click()
    decide(alice, "a")
    expect(small).to_have_count(0)
    expect(alice.page.get_by_role("button", name="“may” becomes “will”")).to_have_count(1)


def test_a_block_shows_both_sides_with_its_words_marked_and_is_decided_like_any_edit(alice: Person) -> None:
    row = opened(alice)
    block = edit_at(alice, MARKET_BLOCK)
    expect(block.locator("del")).to_have_text(MARKET)
    expect(block.locator("ins")).to_have_text(MARKET_RECAST)
    marked = [[text.strip() for text in block.locator(f"{side} b").all_inner_texts()] for side in ("del", "ins")]
    assert marked[0][-1] == "swept afterwards."
    assert marked[1][-2:] == ["then", "swept."]
    expect(edit_at(alice, BRIDGE_LOOK).locator("b")).to_have_count(0)
    assert block.evaluate("node => getComputedStyle(node.querySelector('del'), '::before').content") == '"Before"'
    block.click()
    decide(alice, "r")
    expect(block.locator("ins")).to_be_hidden()
    assert alice.page.evaluate(COPIED) == text_with(0, 1)
    decide(alice, "a")
    expect(block.locator("del")).to_be_hidden()
    with alice.page.expect_response("**/decisions/undo"):
        alice.page.keyboard.press("Control+z")
    expect(block.locator("ins")).to_be_hidden()
    assert decisions(row)[MARKET_BLOCK] == "rejected"


def test_the_clean_view_is_the_text_without_them(alice: Person) -> None:
    opened(alice)
    alice.press("Clean view")
    assert alice.page.locator("#result").inner_text() == RECAST_RESULT
    edit_at(alice, BRIDGE_LOOK).click()
    decide(alice, "a")
    expect(edit_at(alice, BRIDGE_LOOK)).to_have_text(BRIDGE + BRIDGE_RECAST)
    assert alice.page.locator("#result").inner_text() == text_with(0, 1, 2, BRIDGE_LOOK)


def test_after_a_reload_the_page_history_and_versions_count_them(alice: Person) -> None:
    row = opened(alice)
    recast(alice.account)
    edit_at(alice, MAY_LOOK).click()
    decide(alice, "a")
    alice.reload()
    expect(alice.page.locator("#summary")).to_have_text(
        "1 accepted, 0 rejected, 3 undecided, 1 to look at. Undecided edits stay in the text; those to look at are not"
        " in it."
    )
    expect(alice.page.locator("#kind-list li").first).to_contain_text("4, 1 to look at")
    alice.go("/history")
    expect(alice.page.locator("#rows li")).to_have_count(2)
    expect(alice.page.locator("#rows li", has=alice.page.locator(f"a[href$='{row.pk}']"))).to_contain_text(
        "5 edits, 1 to look at"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_are_accessible_in_every_stage(someone: Someone, scheme: str) -> None:
    writer = someone("alice", color_scheme=scheme)
    opened(writer)
    edit_at(writer, BRIDGE_LOOK).click()
    expect(writer.page.get_by_role("dialog")).to_be_visible()
    assert writer.page.evaluate(CHECK) == []
    for place, key in ((MAY_LOOK, "a"), (BRIDGE_LOOK, "r"), (MARKET_BLOCK, "a")):
        edit_at(writer, place).click()
        decide(writer, key)
    assert writer.page.evaluate(CHECK) == []


def test_on_a_phone_nothing_is_wider_than_the_window(someone: Someone) -> None:
    writer = someone("alice", viewport=PHONE, has_touch=True)
    opened(writer)
    edit_at(writer, BRIDGE_LOOK).tap()
    sheet = writer.page.get_by_role("dialog").bounding_box()
    assert sheet is not None
    assert (sheet["x"], sheet["width"], sheet["y"] + sheet["height"]) == (0, PHONE["width"], PHONE["height"])
    assert writer.overflow() == 0
    with writer.page.expect_response("**/edits/decide"):
        writer.page.get_by_role("dialog").get_by_role("button", name="Accept").tap()
    expect(edit_at(writer, BRIDGE_LOOK)).to_contain_class("accepted")
    assert writer.complaints == []


def test_the_level_says_what_it_does(alice: Person) -> None:
    alice.go()
    level = alice.page.get_by_label("How much may change")
    for value, told in (("3", "Works sentence by sentence"), ("4", "Works paragraph by paragraph")):
        level.fill(value)
        expect(alice.page.locator("#level-help")).to_contain_text(told)
        expect(level).to_have_accessible_description(alice.page.locator("#level-help").inner_text())
