"""A person at a browser: what they see, and what their console must not say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.waiting import HANG_MS
from tests.writers import PASSWORD
from youman.core.accounts.lifecycle import create_account
from youman.core.models import Account

DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 360, "height": 740}


@dataclass
class Person:
    account: Account
    page: Page
    context: BrowserContext
    address: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str = "/") -> None:
        """Open a page. The editor has its draft then: words typed before begin a new one."""
        self.page.goto(self.address + path)
        self.wait_for_draft()

    def reload(self) -> None:
        self.page.reload()
        self.wait_for_draft()

    def wait_for_draft(self) -> None:
        expect(self.page.locator("#draft[aria-busy]")).to_have_count(0)

    @property
    def draft(self) -> Locator:
        return self.page.get_by_role("textbox", name="Your draft")

    def write(self, text: str) -> None:
        self.draft.fill(text)

    def rewrite(self, text: str) -> None:
        """Asks and waits for the rewrite."""
        self.write(text)
        self.press("Rewrite")
        expect(self.page.locator("#work")).to_be_visible()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def api(self, path: str) -> Any:
        return self.context.request.get(f"{self.address}/api/v1/{path}").json()

    def overflow(self) -> int:
        """How many pixels the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def known(name: str, tier: str = "ENTERPRISE", *, staff: bool = False) -> Account:
    """An account whose password the server can check: the tests' own quick hash is not among its hashers."""
    account = create_account(username=name, password=PASSWORD, tier=tier, staff=staff, email=f"{name}@example.org")
    account.user.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1000)
    account.user.save()
    return account


def at_browser(browser: Browser, address: str, account: Account | None = None, **options: Any) -> Person:
    """Somebody with a window of their own, signed in when an account is given."""
    wanted: dict[str, Any] = {"viewport": DESKTOP, "reduced_motion": "reduce", **options}
    context = browser.new_context(**wanted)
    page = context.new_page()
    page.set_default_timeout(HANG_MS)
    person = Person(account, page, context, address)  # type: ignore[arg-type]  # a visitor has none
    page.on("console", lambda message: _note(person, message))
    page.on("pageerror", lambda error: person.complaints.append(str(error)))
    if account is not None:
        client = Client()
        client.force_login(account.user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}])
    return person


def _note(person: Person, message: ConsoleMessage) -> None:
    if message.type in {"error", "warning"}:
        person.complaints.append(message.text)
