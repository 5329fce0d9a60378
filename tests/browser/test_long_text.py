"""A long text in the editor, with a real worker: progress, a reload in the middle, cancel, go on, the end."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from humanize.models import Transformation
from tests.browser.conftest import Someone
from tests.browser.people import Person
from tests.waiting import HANG_MS
from tests.workers import worker
from tests.workers.conftest import start_worker  # noqa: F401  # a fixture

pytestmark = [pytest.mark.browser, pytest.mark.worker]

PARAGRAPHS = 620
LONG = "\n\n".join(
    f"It is important to note that team {number} must leverage robust tools in order to finish part {number} by May. "
    f"Furthermore, plan {number} plays a pivotal role in our work, and office {number} utilizes a myriad of lists."
    for number in range(PARAGRAPHS)
)


def test_a_long_text_waits_survives_a_reload_is_cancelled_and_goes_on(
    alice: Person,
    start_worker: Callable[[], worker.Worker],  # noqa: F811
) -> None:
    alice.go()
    alice.write(LONG)
    alice.press("Rewrite")
    waiting = alice.page.locator("#progress-text")
    expect(waiting).to_have_text("Waiting in the queue…")
    alice.reload()
    expect(waiting).to_have_text("Waiting in the queue…")
    expect(alice.draft).to_have_value(LONG)
    alice.press("Cancel")
    expect(alice.page.locator("#summary")).to_contain_text("Cancelled.")
    alice.press("Resume")
    expect(waiting).to_be_visible()
    start_worker()
    expect(alice.page.locator("#work")).to_be_visible(timeout=HANG_MS)
    row = Transformation.objects.get()
    assert (row.state, row.words) == ("completed", 38 * PARAGRAPHS)
    expect(alice.page.locator("#edit-place")).to_have_text(f"{row.edit_count:,} edits")
    expect(alice.page.get_by_role("region", name="Scores, before and after")).to_be_visible()
    reads_to_the_end(alice, row.edit_count)


def reads_to_the_end(alice: Person, edits: int) -> None:
    """More edits than one answer holds, in more text than is drawn at once."""
    assert edits > 2_000
    more = alice.page.get_by_role("button", name="Show more of the text")
    while more.is_visible():
        more.click()
    expect(alice.page.locator(".edit")).to_have_count(edits)
    expect(alice.page.locator("#result")).to_contain_text(f"office {PARAGRAPHS - 1} ")


def test_progress_comes_as_events_and_is_asked_for_when_the_stream_breaks(someone: Someone) -> None:
    """The steps are the server's own answers; only their timing is arranged here."""
    writer = someone("alice")
    writer.go()
    writer.page.route("**/stream", lambda route: route.abort())
    writer.write(LONG)
    writer.press("Rewrite")
    expect(writer.page.locator("#progress-text")).to_have_text("Waiting in the queue…")
    Transformation.objects.update(state="running", total_chunks=8, done_chunks=2)
    expect(writer.page.locator("#progress-text")).to_have_text(re.compile("^25 % – part 2 of 8"))
    expect(writer.page.get_by_role("progressbar", name="Progress")).to_have_js_property("value", 25)
