"""The editor under a writer's hands: keyboard, phone, dark, reloads, lost connections, files, strangers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from humanize.models import Edit, Transformation
from humanize.scoring import shipped_detector
from tests.browser.conftest import Someone
from tests.browser.people import PHONE, Person
from tests.humanize.uploads.word_files import paragraph, run, styled, word
from tests.writers import DRAFT
from youman.core.models import Account, WordUsage

pytestmark = pytest.mark.browser


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.className"))


def decisions() -> list[str]:
    return list(Edit.objects.order_by("start").values_list("decision", flat=True))


def test_everything_is_done_without_a_mouse(alice: Person) -> None:
    alice.go()
    keys = alice.page.keyboard
    alice.draft.focus()
    keys.insert_text(DRAFT)
    while focused(alice.page) != "rewrite":
        keys.press("Tab")
    keys.press("Enter")
    expect(alice.page.locator("#work")).to_be_visible()
    expect(alice.page.locator("#result-title")).to_be_focused()
    keys.press("j")
    expect(alice.page.locator(".edit").first).to_be_focused()
    expect(alice.page.get_by_role("dialog")).to_contain_text(Edit.objects.earliest("start").reason)
    with alice.page.expect_response("**/edits/decide"):
        keys.press("a")
    keys.press("j")
    with alice.page.expect_response("**/edits/decide"):
        keys.press("r")
    expect(alice.page.locator("#edit-place")).to_have_text(f"2 of {Edit.objects.count()}")
    assert decisions()[:3] == ["accepted", "rejected", "undecided"]
    keys.press("Enter")
    expect(alice.page.get_by_role("button", name="Accept", exact=True)).to_be_focused()
    keys.press("Escape")
    expect(alice.page.get_by_role("dialog")).to_be_hidden()
    expect(alice.page.locator(".edit").nth(1)).to_be_focused()


def test_single_letters_do_nothing_while_one_writes(alice: Person) -> None:
    alice.go()
    alice.rewrite(DRAFT)
    alice.page.locator(".edit").first.click()
    alice.draft.press("End")
    alice.draft.type(" a r j")
    assert set(decisions()) == {"undecided"}
    assert alice.draft.input_value().endswith(" a r j")


@pytest.mark.parametrize("path", ["/", "/history", "/account", "/people", "/login"])
def test_a_phone_never_scrolls_sideways(someone: Someone, path: str) -> None:
    writer = someone("alice", staff=True, viewport=PHONE, has_touch=True)
    writer.go()
    writer.rewrite(DRAFT)
    writer.go(path)
    expect(writer.page.locator("main")).to_be_visible()
    writer.page.wait_for_load_state("networkidle")
    assert writer.overflow() == 0


def test_on_a_phone_the_reason_is_a_sheet_at_the_bottom(someone: Someone) -> None:
    writer = someone("alice", viewport=PHONE, has_touch=True)
    writer.go()
    writer.rewrite(DRAFT)
    writer.page.locator(".edit").first.tap()
    expect(writer.page.get_by_role("dialog")).to_be_visible()
    sheet = writer.page.get_by_role("dialog").bounding_box()
    assert sheet is not None
    assert (sheet["x"], sheet["width"], sheet["y"] + sheet["height"]) == (0, PHONE["width"], PHONE["height"])
    assert writer.complaints == []


def test_dark_follows_the_system_and_the_choice_is_kept(someone: Someone) -> None:
    writer = someone("alice", color_scheme="dark")
    writer.go()
    root = writer.page.locator("html")
    expect(root).to_have_attribute("data-theme", "dark")
    writer.press("Change between light and dark")
    writer.reload()
    expect(root).to_have_attribute("data-theme", "light")


def test_a_reload_keeps_draft_options_rewrite_and_decisions(alice: Person) -> None:
    alice.go()
    alice.page.get_by_label("Tone").select_option("academic")
    alice.rewrite(DRAFT)
    alice.press("Accept all")
    expect(alice.page.locator("#summary")).to_contain_text("All decided")
    alice.draft.press("End")
    alice.draft.type(" And one more thing.")
    alice.reload()
    expect(alice.draft).to_have_value(DRAFT + " And one more thing.")
    expect(alice.page.get_by_label("Tone")).to_have_value("academic")
    expect(alice.page.locator(".edit.accepted")).to_have_count(Edit.objects.count())


def test_the_scores_name_their_detector_and_keep_it_while_one_decides(alice: Person) -> None:
    alice.go()
    alice.rewrite(DRAFT)
    named = f"Scored by the detector {shipped_detector().version}."
    expect(alice.page.locator("#detector")).to_have_text(named)
    with alice.page.expect_response("**/final*"):
        alice.page.locator(".edit").first.click()
        alice.page.keyboard.press("r")
    expect(alice.page.locator("#detector")).to_have_text(named)
    assert alice.complaints == []


def test_what_replaces_the_draft_can_be_undone(alice: Person) -> None:
    alice.go()
    alice.write("My own words.")
    alice.press("Try a sample")
    expect(alice.draft).to_have_value(re.compile("^# The Changing Nature of Remote Work"))
    alice.press("Undo and restore my text")
    expect(alice.draft).to_have_value("My own words.")


def test_two_people_at_one_browser_do_not_see_each_other_s_drafts(someone: Someone) -> None:
    alice, bob = someone("alice"), someone("bob")
    alice.go()
    alice.write("For nobody else.")
    alice.press("Sign out")
    alice.context.clear_cookies()
    alice.context.add_cookies(bob.context.cookies())  # type: ignore[arg-type]  # as they were given
    alice.go()
    expect(alice.page.get_by_role("button", name="Rewrite")).to_be_visible()
    expect(alice.draft).to_have_value("")


def test_a_lost_connection_loses_no_text_and_charges_once(someone: Someone) -> None:
    writer = someone("alice")
    writer.go()
    answers_lost = 0

    def lose_the_answer(route: Route) -> None:
        nonlocal answers_lost
        route.fetch()  # the server heard it, the browser hears nothing
        answers_lost += 1
        route.abort()

    writer.page.route("**/api/v1/transformations", lose_the_answer, times=1)
    writer.write(DRAFT)
    writer.press("Rewrite")
    expect(writer.page.locator("#failure")).to_contain_text(
        "The connection was lost. Your text is safe here; try again."
    )
    expect(writer.draft).to_have_value(DRAFT)
    writer.press("Rewrite")
    expect(writer.page.locator("#work")).to_be_visible()
    assert (answers_lost, Transformation.objects.count()) == (1, 1)
    assert WordUsage.objects.get().words == 29


def test_a_decision_that_the_server_did_not_hear_is_taken_back(someone: Someone) -> None:
    writer = someone("alice")
    writer.go()
    writer.rewrite(DRAFT)
    writer.context.set_offline(True)
    writer.press("Accept all")
    expect(writer.page.locator("#failure")).to_contain_text("Your last decision was not saved.")
    expect(writer.page.locator(".edit.accepted")).to_have_count(0)
    assert set(decisions()) == {"undecided"}


def test_a_word_file_becomes_the_draft(alice: Person, tmp_path: Path) -> None:
    picture = "<w:r><w:drawing><pic:pic/></w:drawing></w:r>"
    sentence = paragraph(run("It is important to note that we begin on ") + run("Monday.", "<w:b/>") + picture)
    (tmp_path / "plan.docx").write_bytes(word(styled("berschrift1", run("Our Plan")) + sentence))
    alice.go()
    alice.page.get_by_label("Open a file").set_input_files(tmp_path / "plan.docx")
    expect(alice.draft).to_have_value("# Our Plan\n\nIt is important to note that we begin on **Monday.**\n")
    expect(alice.page.locator("#draft-said")).to_have_text("plan.docx: 13 words. Not read: 1 image.")


@pytest.mark.parametrize(("name", "kind"), [("note.txt", "text"), ("note.md", "markdown")])
def test_a_dropped_file_becomes_the_draft(alice: Person, name: str, kind: str) -> None:
    alice.go()
    alice.page.evaluate(
        """([name]) => {
            const data = new DataTransfer();
            data.items.add(new File(["Dropped words."], name));
            const event = (kind) => new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true });
            const box = document.getElementById("draft");
            box.dispatchEvent(event("dragover"));
            box.dispatchEvent(event("drop"));
        }""",
        [name],
    )
    expect(alice.draft).to_have_value("Dropped words.")
    expect(alice.page.locator("#format")).to_have_value(kind)


def test_a_book_is_pasted_at_once_and_can_be_taken_back(alice: Person) -> None:
    alice.go()
    alice.write("Mine.")
    alice.page.evaluate(
        """([words]) => {
            const data = new DataTransfer();
            data.setData("text/plain", "word ".repeat(words).trim());
            const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
            const box = document.getElementById("draft");
            box.select();
            box.dispatchEvent(paste);
        }""",
        [400_000],
    )
    expect(alice.page.locator("#draft-count")).to_have_text("400,000 words")
    alice.reload()
    expect(alice.page.locator("#draft-count")).to_have_text("400,000 words")
    alice.press("Clear")
    alice.press("Undo and restore my text")
    expect(alice.page.locator("#draft-count")).to_have_text("400,000 words")


def test_a_file_that_cannot_be_read_is_refused_in_plain_words(someone: Someone, tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(b"\x89PNG")
    writer = someone("alice")
    writer.go()
    writer.write("Mine.")
    writer.page.get_by_label("Open a file").set_input_files(tmp_path / "photo.png")
    expect(writer.page.locator("#draft-said")).to_contain_text("save it as .txt, .md or .docx")
    expect(writer.draft).to_have_value("Mine.")


def test_a_stranger_s_text_is_not_there(someone: Someone) -> None:
    alice, bob = someone("alice"), someone("bob")
    alice.go()
    alice.rewrite(DRAFT)
    made = Transformation.objects.get().pk
    assert bob.context.request.get(f"{bob.address}/api/v1/transformations/{made}").status == 404
    bob.go(f"/?open={made}")
    expect(bob.page.locator("#failure")).to_have_text("This text does not exist, or it belongs to somebody else.")
    assert DRAFT not in bob.page.content()


def test_the_models_are_those_that_the_account_may_use(alice: Person) -> None:
    alice.go()
    usable = [one["name"] for one in alice.api("models")["results"] if one["available"]]
    expect(alice.page.get_by_label("Model", exact=True).locator("option")).to_have_text(usable)
    assert usable[0] == "Automatic"
    alice.page.get_by_label("Model", exact=True).select_option("rules")
    alice.rewrite(DRAFT)
    assert Transformation.objects.get().model == "rules"


def test_limits_are_told_before_and_after_asking(someone: Someone) -> None:
    writer = someone("alice", "FREE")
    writer.go()
    writer.write("word " * 2_001)
    expect(writer.page.locator("#draft-count")).to_have_text("2,001 words – your limit is 2,000 words per text")
    writer.press("Rewrite")
    expect(writer.page.locator("#failure")).to_contain_text("2,000")
    Account.objects.update(monthly_words=10)
    writer.write(DRAFT)
    writer.press("Rewrite")
    expect(writer.page.locator("#failure")).to_contain_text("ask for a higher tier")
    assert Transformation.objects.count() == 0


def test_a_failing_server_is_told_plainly_and_the_draft_stays(someone: Someone) -> None:
    writer = someone("alice")
    writer.go()
    problem = json.dumps({"detail": "Internal error; quote the request id when you report it"})
    writer.page.route(
        "**/api/v1/transformations",
        lambda route: route.fulfill(status=500, body=problem, content_type="application/problem+json"),
    )
    writer.write(DRAFT)
    writer.press("Rewrite")
    expect(writer.page.locator("#failure")).to_contain_text("Internal error")
    expect(writer.draft).to_have_value(DRAFT)
    expect(writer.page.get_by_role("button", name="Rewrite")).to_be_enabled()
