"""Drafts on the server: typed in one tab, found in the next, and never overwritten by a tab that has not seen them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from humanize.models import Draft
from tests.browser.conftest import Someone
from tests.browser.people import Person
from tests.waiting import wait_until
from tests.writers import DRAFT

pytestmark = pytest.mark.browser
PUT = "**/api/v1/drafts/*"


def box(page: Page) -> str:
    return page.get_by_role("textbox", name="Your draft").input_value()


def texts() -> set[str]:
    return set(Draft.objects.values_list("text", flat=True))


def type_at_the_end(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Your draft").press("Control+End")
    page.keyboard.insert_text(text)


def saved(page: Page) -> None:
    expect(page.locator("#draft-state")).to_have_text("Saved.")


def written(person: Person, text: str) -> None:
    """A draft that the server has."""
    person.go()
    person.write(text)
    saved(person.page)
    assert texts() == {text}


def second_tab(person: Person) -> Page:
    page = person.context.new_page()
    page.goto(person.address)
    expect(page.get_by_role("textbox", name="Your draft")).not_to_have_value("")
    saved(page)
    return page


def test_a_draft_is_saved_as_it_is_typed_and_found_on_another_device(alice: Person) -> None:
    written(alice, "First line.\n\nÜber — “all” 𝕊.\n ")
    alice.page.get_by_label("Tone").select_option("academic")
    wait_until(lambda: Draft.objects.get().strategy == "academic")
    device = alice.context.browser.new_context()  # type: ignore[union-attr]  # launched by us
    device.add_cookies(alice.context.cookies())  # type: ignore[arg-type]  # as they were given
    page = device.new_page()
    page.goto(alice.address)
    expect(page.get_by_role("textbox", name="Your draft")).to_have_value("First line.\n\nÜber — “all” 𝕊.\n ")
    expect(page.get_by_label("Tone")).to_have_value("academic")
    device.close()


def test_a_stale_tab_cannot_overwrite_and_its_text_becomes_a_draft_of_its_own(someone: Someone) -> None:
    alice = someone("alice")  # her console tells of the refusal
    written(alice, "Start.")
    other = second_tab(alice)
    type_at_the_end(other, " An hour of work.")
    wait_until(lambda: texts() == {"Start. An hour of work."})
    type_at_the_end(alice.page, " From the stale tab.")
    expect(alice.page.locator("#conflict")).to_contain_text("changed in another tab")
    assert texts() == {"Start. An hour of work."}
    alice.press("Keep mine as a new draft")
    wait_until(lambda: texts() == {"Start. An hour of work.", "Start. From the stale tab."})
    expect(alice.page.locator("#conflict")).to_be_hidden()
    type_at_the_end(alice.page, " More.")
    wait_until(lambda: texts() == {"Start. An hour of work.", "Start. From the stale tab. More."})
    assert box(other) == "Start. An hour of work."


def test_the_other_text_can_be_taken_and_ones_own_brought_back(someone: Someone) -> None:
    alice = someone("alice")  # her console tells of the refusal
    written(alice, "Start.")
    other = second_tab(alice)
    type_at_the_end(other, " Theirs.")
    wait_until(lambda: texts() == {"Start. Theirs."})
    type_at_the_end(alice.page, " Mine.")
    alice.press("Use the other text")
    expect(alice.draft).to_have_value("Start. Theirs.")
    alice.press("Undo and restore my text")
    expect(alice.draft).to_have_value("Start. Mine.")
    wait_until(lambda: texts() == {"Start. Mine."})


@pytest.mark.parametrize("how", ["close", "leave", "reload"])
def test_a_stale_tab_that_goes_away_leaves_the_newer_text_alone(someone: Someone, how: str) -> None:
    alice = someone("alice")  # her console tells of the refusal
    written(alice, "Start.")
    stale = second_tab(alice)
    type_at_the_end(alice.page, " An hour of work.")
    wait_until(lambda: texts() == {"Start. An hour of work."})
    stale.get_by_role("textbox", name="Your draft").press("Control+End")
    stale.keyboard.insert_text(" Stale.")
    if how == "close":
        stale.close(run_before_unload=True)
    elif how == "leave":
        stale.goto(f"{alice.address}/history")
    else:
        stale.reload()
        expect(stale.locator("#conflict")).to_be_visible()  # its own words are still there
        assert box(stale) == "Start. Stale."
    alice.reload()
    expect(alice.draft).to_have_value("Start. An hour of work.")
    assert texts() == {"Start. An hour of work."}


def test_a_tab_without_changes_of_its_own_follows_the_others(alice: Person) -> None:
    written(alice, "Start.")
    other = second_tab(alice)
    type_at_the_end(other, " More.")
    wait_until(lambda: texts() == {"Start. More."})
    alice.page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(alice.draft).to_have_value("Start. More.")
    type_at_the_end(alice.page, " Still more.")
    wait_until(lambda: texts() == {"Start. More. Still more."})


def test_a_draft_that_arrives_late_leaves_the_caret_where_it_was(alice: Person) -> None:
    written(alice, "Start.")
    held: list[Route] = []
    alice.page.route(PUT, lambda route: held.append(route))
    with alice.page.expect_request(PUT):
        alice.page.reload()
    alice.draft.press("Control+Home")
    assert (alice.draft.input_value(), len(held)) == ("", 1)
    held[0].continue_()
    saved(alice.page)
    alice.page.unroute(PUT)
    alice.page.keyboard.insert_text("First: ")
    wait_until(lambda: texts() == {"First: Start."})


def test_what_is_typed_a_moment_before_the_page_goes_is_not_lost(alice: Person) -> None:
    written(alice, "Start.")
    type_at_the_end(alice.page, " Last words.")
    alice.page.goto(f"{alice.address}/history")
    wait_until(lambda: texts() == {"Start. Last words."})
    alice.go()
    expect(alice.draft).to_have_value("Start. Last words.")


def test_without_a_connection_the_browser_keeps_the_text_until_the_server_has_it(someone: Someone) -> None:
    writer = someone("alice")
    written(writer, "Start.")
    writer.page.route(PUT, lambda route: route.abort() if route.request.method == "PUT" else route.continue_())
    type_at_the_end(writer.page, " Offline.")
    expect(writer.page.locator("#draft-state")).to_contain_text("only in this browser")
    assert texts() == {"Start."}
    writer.page.unroute(PUT)
    writer.reload()
    expect(writer.draft).to_have_value("Start. Offline.")
    wait_until(lambda: texts() == {"Start. Offline."})


def test_a_save_whose_answer_was_lost_is_no_conflict(someone: Someone) -> None:
    writer = someone("alice")
    written(writer, "Start.")

    def lose_the_answer(route: Route) -> None:
        route.fetch()  # the server heard it, the browser hears nothing
        route.abort()

    writer.page.route(PUT, lose_the_answer, times=1)
    type_at_the_end(writer.page, " One.")
    expect(writer.page.locator("#draft-state")).to_contain_text("only in this browser")
    type_at_the_end(writer.page, " Two.")
    saved(writer.page)
    expect(writer.page.locator("#conflict")).to_be_hidden()
    assert list(Draft.objects.values_list("text", "version")) == [("Start. One. Two.", 3)]


def test_drafts_are_started_switched_and_deleted(alice: Person) -> None:
    written(alice, "The first draft.")
    alice.press("New draft")
    expect(alice.draft).to_have_value("")
    alice.write("The second draft.")
    saved(alice.page)
    drafts = alice.page.get_by_label("Your drafts")
    expect(drafts.locator("option")).to_have_count(2)
    first = Draft.objects.get(text="The first draft.")
    drafts.select_option(str(first.pk))
    expect(alice.draft).to_have_value("The first draft.")
    alice.reload()
    expect(alice.draft).to_have_value("The first draft.")
    alice.press("Delete draft")
    alice.press("Delete this draft?")
    expect(alice.draft).to_have_value("")
    wait_until(lambda: texts() == {"The second draft."})


def test_a_draft_deleted_elsewhere_is_not_lost_where_it_is_still_typed(someone: Someone) -> None:
    alice = someone("alice")  # her console tells of the refusal
    written(alice, "Start.")
    Draft.objects.all().delete()
    type_at_the_end(alice.page, " More.")
    expect(alice.page.locator("#conflict")).to_contain_text("deleted in another tab")
    alice.press("Keep mine as a new draft")
    wait_until(lambda: texts() == {"Start. More."})


def test_a_text_beyond_the_limit_stays_in_the_browser_and_says_why(someone: Someone) -> None:
    writer = someone("alice", "FREE")
    writer.go()
    writer.write("word " * 2_001)
    expect(writer.page.locator("#draft-state")).to_contain_text("your tier allows 2,000")
    writer.reload()
    expect(writer.draft).to_have_value("word " * 2_001)
    assert texts() == set()


def test_deleting_all_texts_deletes_the_drafts(alice: Person) -> None:
    written(alice, DRAFT)
    alice.rewrite(DRAFT)
    alice.go("/account")
    alice.press("Delete all my texts")
    alice.press("Delete all of them?")
    expect(alice.page.locator("#deleted")).to_have_text("1 text and 1 draft deleted.")
    assert texts() == set()
