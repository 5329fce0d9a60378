"""`python -m tests.browser.screenshots ADDRESS USER PASSWORD`: docs/screenshots/ anew from a running installation.

Start one with an empty folder, such as `YOUMAN_VAR=$(mktemp -d) PORT=8200 make run`; the text is our own sample.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from humanize.samples import samples
from tests.browser.chromium import launched

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}


def main(address: str, user: str, password: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launched(playwright)
        page = signed_in(browser, address, user, password)
        for sample in samples():
            rewritten(page, sample.text)
        point_at_an_edit(page, FOLDER / "editor.png")
        state: Any = page.context.storage_state()
        save_page(page, f"{address}/history", FOLDER / "history.png")
        save_page(page, f"{address}/admin/humanization/transformation/", FOLDER / "admin.png")
        for name, options in (
            ("editor-dark", {"viewport": DESKTOP, "color_scheme": "dark"}),
            ("editor-phone", {"viewport": PHONE, "device_scale_factor": 2, "has_touch": True}),
        ):
            other = browser.new_context(storage_state=state, reduced_motion="reduce", **options).new_page()
            other.goto(address)
            point_at_an_edit(other, FOLDER / f"{name}.png")
        browser.close()


def signed_in(browser: Browser, address: str, user: str, password: str) -> Page:
    wanted: dict[str, Any] = {"viewport": DESKTOP, "reduced_motion": "reduce"}
    page = browser.new_context(**wanted).new_page()
    page.goto(address)
    page.get_by_label("Username").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Your draft")).to_be_visible()
    return page


def rewritten(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Your draft").fill(text.strip())
    with page.expect_response("**/api/v1/transformations"):
        page.get_by_role("button", name="Rewrite").click()
    expect(page.locator("#work")).to_be_visible()
    page.wait_for_load_state("networkidle")


def point_at_an_edit(page: Page, path: Path) -> None:
    """Show the reason of the third edit, with decisions on the first two."""
    page.wait_for_load_state("networkidle")
    if not page.locator(".edit.accepted").count():
        for place, key in enumerate(("a", "r")):
            page.locator(".edit").nth(place).click()
            with page.expect_response("**/edits/decide"):
                page.keyboard.press(key)
    page.evaluate("for (const id of ['draft', 'result']) document.getElementById(id).scrollTop = 0")
    page.locator(".edit").nth(2).click()
    narrow = page.evaluate("window.innerWidth < 992")
    page.evaluate("(narrow) => scrollTo(0, narrow ? document.querySelector('#result-pane').offsetTop - 12 : 0)", narrow)
    page.mouse.move(0, 0)
    page.wait_for_timeout(200)
    page.screenshot(path=path)


def save_page(page: Page, address: str, path: Path) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path)


if __name__ == "__main__":
    main(*sys.argv[1:4])
