"""Every page passes a compact check of names, headings, references, contrast and target sizes, in light and dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Someone
from tests.browser.people import PHONE, Person
from tests.writers import DRAFT

pytestmark = pytest.mark.browser

CHECK = (Path(__file__).parent / "accessible.js").read_text(encoding="utf-8")
PAGES = ["/", "/history", "/account", "/people", "/password/change", "/nowhere"]
VISITORS = ["/login", "/password/reset", "/password/reset/sent", "/password/reset/done", "/invite/unknown"]


def complaints(person: Person) -> list[str]:
    person.page.wait_for_load_state("networkidle")
    found = person.page.evaluate(CHECK)
    assert isinstance(found, list)
    return [f"{person.page.url}: {one}" for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_a_writer(someone: Someone, scheme: str) -> None:
    writer = someone("alice", staff=True, color_scheme=scheme)
    found = []
    for path in PAGES:
        writer.go(path)
        found += complaints(writer)
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_a_visitor(someone: Someone, scheme: str) -> None:
    visitor = someone(color_scheme=scheme)
    found = []
    for path in VISITORS:
        visitor.go(path)
        found += complaints(visitor)
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_rewrite_in_every_stage_of_decision(someone: Someone, scheme: str) -> None:
    writer = someone("alice", color_scheme=scheme)
    writer.go()
    writer.rewrite((DRAFT + "\n\n") * 3)
    for place, verb in enumerate(("Accept", "Reject")):
        writer.page.locator(".edit").nth(place).click()
        with writer.page.expect_response("**/edits/decide"):
            writer.page.get_by_role("dialog").get_by_role("button", name=verb).click()
    writer.page.locator(".edit").nth(2).click()
    expect(writer.page.get_by_role("dialog")).to_be_visible()
    assert complaints(writer) == []
    writer.go("/history")
    expect(writer.page.locator("#rows li")).to_have_count(1)
    assert complaints(writer) == []


def test_the_admin_obeys_the_content_security_policy_and_fits_a_phone(someone: Someone) -> None:
    staff = someone("root", staff=True, viewport=PHONE)
    for path in ("/admin/", "/admin/core/account/", "/admin/humanization/transformation/", "/api/docs/"):
        staff.go(path)
        staff.page.wait_for_load_state("networkidle")
        assert (path, staff.overflow()) == (path, 0)
    assert staff.complaints == []


def test_the_check_itself_sees_faults(someone: Someone) -> None:
    visitor = someone()
    visitor.page.set_content(
        "<main><h2 id=a>x</h2><h4 id=a>y</h4><button></button><input><p style='color:#999'>pale</p></main>"
    )
    assert visitor.page.evaluate(CHECK) == [
        "button : has no name",
        "input : has no name",
        "id a is there twice",
        "there are 0 first headings",
        "heading 4 follows heading 2",
        "the page has no language",
        "p pale: contrast 2.85, needs 4.5",
        "button : is 16 by 6, smaller than 24 by 24",
    ]
