"""Serving's admin pages in a real Chromium: the chart draws what the table says, the policy has no complaint."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from serving.backends.base import RewriteRequest, Usage
from serving.gateway import ledger, snapshot
from serving.gateway.ledger import Caller
from serving.models import Deployment, Invocation, ProviderModel
from tests.browser.conftest import Someone

pytestmark = pytest.mark.browser


@pytest.fixture
def spent(transactional_db: None) -> Deployment:
    """Three days of calls, some of them failed."""
    model = ProviderModel.objects.get_or_create(
        provider="openai", model_id="gpt-6-luna",
        defaults={"name": "GPT-6 Luna", "context_window": 9_999, "max_output": 999},
    )[0]  # fmt: skip
    made = Deployment.objects.create(name="fake", kind="llm", backend="recorded", provider_model=model, state="active")
    snapshot.clear_cache()
    row = snapshot.current().live_row("fake")
    for days_ago, calls in ((2, 3), (1, 5), (0, 2)):
        for number in range(calls):
            entry = ledger.Entry(
                row=row, caller=Caller(1, "BASIC"), request=RewriteRequest("one two three"),
                at=timezone.now() - timedelta(days=days_ago), usage=Usage(10_000, 0, 1_000), model="gpt-6-luna",
                error="server" if number == 4 else "",
            )  # fmt: skip
            ledger.write_entry(ledger.invocation_of(entry))
    return made


def test_staff_look_at_costs_and_act_on_a_deployment(someone: Someone, spent: Deployment, tmp_path: Path) -> None:
    staff = someone("root", staff=True)
    staff.go("/admin/serving/invocation/costs/")
    page = staff.page
    drawn = "Chart.getChart('costs-chart').data.datasets.map(d => [d.label, d.data])"
    assert page.evaluate(drawn) == [["Cost", [0.0045, 0.0075, 0.003]], ["Baseline", [0.105, 0.14, 0.07]]]
    expect(page.locator(".costs-sum")).to_contain_text("10 calls, 27 words: $0.015")
    expect(page.locator("#costs-table tbody tr")).to_have_count(3)
    page.get_by_label("by").select_option("model")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#costs-table tbody tr")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert Path(download.value.path()).read_text().splitlines()[1].startswith("gpt-6-luna,10,1,")
    staff.go("/admin/serving/deployment/")
    page.get_by_role("row", name="fake").get_by_role("checkbox").check()
    page.get_by_label("Action:").select_option("drain")
    page.get_by_role("button", name="Run").or_(page.get_by_role("button", name="Go")).click()
    expect(page.locator(".messagelist")).to_contain_text("ake is draining")
    assert Invocation.objects.count() == 10
    assert staff.complaints == []
