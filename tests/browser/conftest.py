"""One Chromium and one server a module. No longer than a module: Playwright keeps an event loop in this thread."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, expect, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from tests.browser import people, site
from tests.browser.chromium import launched
from tests.browser.people import Person
from tests.waiting import HANG_MS

Someone = Callable[..., Person]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Django takes Playwright's loop for ours
    expect.set_options(timeout=HANG_MS)
    with sync_playwright() as playwright:
        chromium = launched(playwright)
        yield chromium
        chromium.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")
    if before is not None:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture(scope="module")
def address(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    with django_db_blocker.unblock():
        if connection.vendor != "postgresql":
            pytest.skip("the browser's server needs the test database by a name: no PostgreSQL here")
        started = site.start()
    yield started.address
    started.stop()


@pytest.fixture
def someone(transactional_db: None, browser: Browser, address: str) -> Iterator[Someone]:
    """Makes people: `someone("alice")` has an account and is signed in, `someone()` is a visitor."""
    present: list[Person] = []

    def enter(name: str = "", tier: str = "ENTERPRISE", *, staff: bool = False, **options: Any) -> Person:
        account = people.known(name, tier, staff=staff) if name else None
        present.append(people.at_browser(browser, address, account, **options))
        return present[-1]

    yield enter
    for person in present:
        person.context.close()


@pytest.fixture
def alice(someone: Someone) -> Iterator[Person]:
    """Signed in; her console must stay silent, which is how a broken content security policy shows itself."""
    person = someone("alice")
    yield person
    assert person.complaints == []
