"""The whole job as a writer does it, in a real Chromium: from the password to the feedback."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from humanize.judging import shipped_judge
from humanize.models import Document, Edit, Feedback, Transformation
from tests.browser.conftest import Someone
from tests.browser.people import Person, known
from tests.writers import DRAFT, PASSWORD

pytestmark = pytest.mark.browser

REPORT = (
    "It is important to note that the town library opened in 1921 with 4,300 books. Furthermore, the building plays a "
    "pivotal role in our street.\n\n"
    "Many families utilize the reading room on Saturdays, and the staff conduct an analysis of the loans every spring. "
    '"We never close early," says Ruth Adeyemi. In addition, the garden behind the house serves as a quiet place for '
    "children in order to read. The roof was mended in 2019 for £12,400, and the neighbours paid half of it.\n"
)


def test_a_writer_does_the_whole_job(someone: Someone) -> None:
    known("alice")
    visitor = someone()
    page = visitor.page
    sign_in(visitor)
    visitor.rewrite(REPORT)
    sees_edits_with_reasons(page)
    decides(page)
    sees_scores(page)
    assert downloaded(page) == final_text(visitor)
    gives_feedback(page)
    finds_it_again(page)
    assert visitor.complaints == []


def sign_in(visitor: Person) -> None:
    visitor.go("/")
    visitor.page.get_by_label("Username").fill("alice")
    visitor.page.get_by_label("Password").fill(PASSWORD)
    visitor.press("Sign in")
    expect(visitor.page.get_by_role("heading", name="Your draft")).to_be_visible()


def sees_edits_with_reasons(page: Page) -> None:
    edit = page.get_by_role("button", name="“utilize” becomes “use”")
    expect(edit.locator("del")).to_have_text("utilize")
    expect(edit.locator("ins")).to_have_text("use")
    edit.hover()
    reason = Edit.objects.get(before="utilize").reason
    assert reason
    expect(page.get_by_role("dialog", name="Reason for the edit")).to_contain_text(reason)
    expect(page.locator("#result")).to_contain_text('"We never close early," says Ruth Adeyemi.')


def decides(page: Page) -> None:
    page.get_by_role("button", name="“utilize” becomes “use”").click()
    page.get_by_role("dialog").get_by_role("button", name="Reject").click()
    expect(page.locator("#summary")).to_contain_text("0 accepted, 1 rejected")
    page.get_by_role("button", name="Accept all: Openers").click()
    expect(page.locator("#summary")).to_contain_text("1 accepted, 1 rejected")
    assert decision_on("utilize") == "rejected"
    assert set(decisions_on("rules/openers")) == {"accepted"}


def sees_scores(page: Page) -> None:
    table = page.get_by_role("region", name="Scores, before and after")
    expect(table.get_by_role("row")).to_have_count(9)
    expect(table.get_by_role("img")).to_have_count(5)
    expect(table).to_contain_text("AI-likeness is")


def downloaded(page: Page) -> str:
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    assert waiting.value.suggested_filename == "It-is-important-to-note-that-the-town.txt"
    return waiting.value.path().read_text(encoding="utf-8")


def final_text(writer: Person) -> str:
    text = writer.api(f"transformations/{Transformation.objects.get().pk}/final")["text"]
    assert "families utilize the reading room" in text
    assert "It is important to note" not in text
    return str(text)


def gives_feedback(page: Page) -> None:
    page.locator(".rating label", has_text="5").click()
    page.get_by_label("Comment").fill("Reads like us.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#feedback-said")).to_have_text("Thank you. Your feedback is saved with this rewrite.")
    given = Feedback.objects.get()
    assert (given.rating, given.comment) == (5, "Reads like us.")


def finds_it_again(page: Page) -> None:
    page.get_by_role("link", name="History").click()
    page.get_by_label("Search in titles and drafts").fill("no such words")
    expect(page.locator("#said")).to_contain_text("No texts contain “no such words”")
    page.get_by_label("Search in titles and drafts").fill("reading room")
    page.get_by_role("link", name="It is important to note").click()
    expect(page.locator("#result")).to_contain_text("Ruth Adeyemi")
    expect(page.locator(".edit.rejected")).to_have_count(1)


def decision_on(before: str) -> str:
    return str(Edit.objects.get(before=before).decision)


def decisions_on(kind: str) -> list[str]:
    return list(Edit.objects.filter(source__startswith=kind).values_list("decision", flat=True))


def test_all_edits_are_accepted_rejected_and_taken_back(alice: Person) -> None:
    alice.go()
    alice.rewrite(DRAFT)
    for name, decision in (("Accept all", "accepted"), ("Reject all", "rejected"), ("Reset", "undecided")):
        with alice.page.expect_response("**/edits/decide"):
            alice.press(name)
        assert set(Edit.objects.values_list("decision", flat=True)) == {decision}
    alice.press("Reject all")
    expect(alice.page.locator("#score-rows")).to_contain_text("100 %")  # the scores follow: nothing is changed any more
    reads = alice.page.locator("#score-rows tr", has_text="Reads")
    expect(reads).to_contain_text(f"judge {shipped_judge().version}")
    expect(reads.locator("td").last).to_have_text("the same")


def test_a_rewrite_of_the_changed_draft_is_its_next_version(alice: Person) -> None:
    alice.go()
    alice.rewrite(DRAFT)
    alice.write(DRAFT + " We are ready.")
    expect(alice.page.locator("#stale")).to_contain_text("The draft has changed since this rewrite.")
    alice.press("Rewrite")
    expect(alice.page.get_by_label("Version of this text")).to_be_visible()
    alice.rewrite("Quite another text, of which nobody has made a version so far.")
    expect(alice.page.locator("#result")).to_contain_text("Quite another text")
    counts = sorted(len(one.transformations.all()) for one in Document.objects.prefetch_related("transformations"))
    assert counts == [1, 2]


def test_copying_gives_the_text_as_decided(someone: Someone) -> None:
    writer = someone("alice", permissions=["clipboard-read", "clipboard-write"])
    writer.go()
    writer.rewrite(DRAFT)
    writer.press("Copy")
    expect(writer.page.locator("#summary")).to_have_text("Copied.")
    copied = writer.page.evaluate("navigator.clipboard.readText()")
    assert copied == Transformation.objects.get().result


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "My sister rang on Sunday. We talked for an hour about her dog, who bit the postman again, and the rain.",
            "Nothing found. Youman looked for stock phrases, padding, empty openers and closings, overused words "
            "and stiff sentence patterns. It did not check spelling or grammar.",
        ),
        (
            "Wir gehen heute in den Garten und pflanzen Tomaten, und dann trinken wir Kaffee unter dem alten Baum.",
            "The text was left unchanged.",
        ),
    ],
)
def test_where_nothing_is_found_the_page_says_what_was_looked_for(alice: Person, text: str, said: str) -> None:
    alice.go()
    alice.rewrite(text)
    expect(alice.page.locator("#summary")).to_have_text(said)
    expect(alice.page.locator("#result")).to_have_text(text)
    expect(alice.page.get_by_role("button", name="Accept all")).to_be_hidden()


def test_a_short_text_gets_no_verdict(alice: Person) -> None:
    alice.go()
    alice.rewrite(DRAFT)
    expect(alice.page.locator("#likeness")).to_contain_text("No verdict on AI-likeness: a text needs at least 60 words")
    expect(alice.page.locator("#score-rows tr").first.locator("td").last).to_have_text("–")
