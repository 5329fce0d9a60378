"""The editor with a model of each vendor: real Chromium, real server, real HTTP to the wire protocols on 127.0.0.1."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from playwright.sync_api import expect
from pytest_django.plugin import DjangoDbBlocker

from humanize.models import Edit
from serving.models import Deployment, Invocation, InvocationOutcome
from tests.browser import site
from tests.browser.conftest import Someone
from tests.humanize.deployments import MODELS, deployment, edited
from tests.vendors import KEY_HOSTS_TEXT, VendorServer, vendors
from tests.writers import DRAFT

pytestmark = pytest.mark.browser
KEYS = {"OPENAI_API_KEY": "k1", "ANTHROPIC_API_KEY": "k2", "GOOGLE_API_KEY": "k3", "PRIVATE_ENDPOINTS": "127.0.0.1",
        "PROVIDER_KEY_HOSTS": KEY_HOSTS_TEXT}  # fmt: skip


@pytest.fixture(scope="module")
def wire() -> Iterator[VendorServer]:
    with vendors() as server:
        server.answer = edited
        yield server


@pytest.fixture(scope="module")
def address(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The product with keys in its environment, which may call this machine."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        if connection.vendor != "postgresql":
            pytest.skip("the browser's server needs the test database by a name: no PostgreSQL here")
        for name, value in KEYS.items():
            patch.setenv(name, value)
        started = site.start()
    yield started.address
    started.stop()


@pytest.mark.parametrize("kind", ["small", "large", "third"])
def test_the_editor_works_with_each_vendor(someone: Someone, wire: VendorServer, kind: str) -> None:
    vendor = MODELS[kind][0]
    Deployment.objects.all().delete()
    deployment(kind, wire.url(vendor), name=f"by-{vendor}")
    wire.seen.clear()
    writer = someone("alice", "BASIC")
    page = writer.page
    for _ in range(50):  # the server's picture of the deployments is up to two seconds old
        writer.go("/")
        page.wait_for_load_state("networkidle")
        if page.locator("#model option", has_text=f"by-{vendor}").count():
            break
    page.get_by_label("Model", exact=True).select_option(f"by-{vendor}")
    writer.rewrite(DRAFT)
    expect(page.locator("#route")).to_contain_text(f"by-{vendor} rewrote this for ")
    expect(page.locator("#result")).to_contain_text("12 May")
    page.get_by_role("button", name="“leverage” becomes “use”").click()
    with page.expect_response("**/edits/decide"):
        page.get_by_role("dialog").get_by_role("button", name="Accept").click()
    expect(page.locator(".edit.accepted")).to_have_count(1)
    expect(page.locator("#summary")).to_contain_text("1 accepted")
    assert [seen.vendor for seen in wire.seen] == [vendor]
    call = Invocation.objects.get()
    assert set(Edit.objects.values_list("source", "invocation")) == {(f"llm/by-{vendor}", call.pk)}
    assert [told.accepted for told in InvocationOutcome.objects.filter(invocation=call)] == [1]
    assert writer.complaints == []
