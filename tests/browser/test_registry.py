"""The registry's admin pages in a real Chromium: chart, lineage, promotion, roll back; no complaint of the policy."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from registry import selectors
from registry.artifacts import multipart, storage, verification
from registry.contracts import HoldRequest, LocalFile, Metric, Reference, Threshold, VersionRef, VersionSpec
from registry.models import RegisteredModel
from registry.versions import holds, lifecycle, promotion, publish
from tests.browser.conftest import Someone
from tests.registry.admin.test_admin import PAGES
from tests.registry.conftest import PASSED, safetensors
from youman.core.database.ids import new_id
from youman.core.events.webhooks import create_webhook
from youman.core.models import DeliveryAttempt, WebhookDelivery

pytestmark = pytest.mark.browser
QUALITY = (0.71, 0.78, 0.76, 0.84, 0.88)


@pytest.fixture
def model(transactional_db: None, tmp_path: Path) -> RegisteredModel:
    """Five versions in a line, each with a report, a dataset and a job."""
    model = lifecycle.register_model(
        name="revision-editor", task="humanize", framework="onnx", architecture="token scorer", actor="trainer",
        description="Proposes where a sentence reads like a machine wrote it.", tags=("small", "own"),
    )  # fmt: skip
    for number, quality in enumerate(QUALITY, 1):
        weights, report = tmp_path / "model.safetensors", tmp_path / "report.json"
        weights.write_bytes(safetensors(5_000 * number))
        report.write_text(f'{{"run": {number}}}')
        spec = VersionSpec(
            config={"layers": 2, "learning_rate": 0.1 / number, "vocabulary": 20_000},
            metrics=(Metric("auroc", quality, quality - 0.02, quality + 0.02, 900), Metric("kept", 0.9 + number / 100)),
            gate=PASSED,
            card={"limits": "English only. Trained on essays and articles, not on dialogue."},
            parents=(selectors.version_at(VersionRef(model.name, number - 1)).ref,) if number > 1 else (),
            references=(
                Reference("dataset", f"d{number}", f"edits of week {40 + number}"),
                Reference("job", f"job-{number}"),
            ),
            dataset_hash=f"d{number}",
        )
        files = [LocalFile(weights, "model"), LocalFile(report, "report")]
        publish.publish_version(model=model.name, actor="trainer", files=files, spec=spec)
    for number in (1, 3, 4):
        version = selectors.version_at(VersionRef(model.name, number))
        promotion.promote(version=version, alias="champion", actor="root", reason=f"better than before ({number})")
    holds.place_hold(request=HoldRequest(version.ref, new_id(), "deployment revision-editor-eu"))
    return model


def test_staff_look_promote_and_roll_back(someone: Someone, model: RegisteredModel) -> None:
    staff = someone("root", staff=True)
    staff.go(f"/admin/registry/registeredmodel/{model.pk}/change/")
    page = staff.page
    drawn = "Chart.getChart('metrics-chart').data.datasets.map(d => [d.label, d.data.length])"
    assert page.evaluate(drawn) == [["auroc", 5], ["kept", 5]]
    promote = page.locator("form", has=page.get_by_role("heading", name="Promote"))
    promote.get_by_label("Version").fill("5")
    promote.get_by_label("Reason").fill("the best so far")
    _keep(staff.page, "registry-model")
    promote.get_by_role("button", name="Promote").click()
    expect(page.get_by_text("champion is now revision-editor/5")).to_be_visible()
    back = page.locator("form", has=page.get_by_role("heading", name="Roll back"))
    back.get_by_label("Reason").fill("it loses numbers")
    back.get_by_role("button", name="Roll back").click()
    expect(page.get_by_text("champion: rolled back")).to_be_visible()
    page.get_by_role("link", name="revision-editor/4").first.click()
    expect(page.get_by_role("img", name="Lineage of revision-editor/4")).to_be_visible()
    expect(page.get_by_role("heading", name="Differences from revision-editor/3")).to_be_visible()
    _keep(staff.page, "registry-version")
    with page.expect_download() as download:
        page.get_by_role("link", name="report.json").click()
    assert Path(download.value.path()).read_bytes() == b'{"run": 4}'
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_text("2 artifacts match what was stored")).to_be_visible()
    assert staff.complaints == []


@pytest.fixture
def busy(model: RegisteredModel) -> RegisteredModel:
    """With a bit of everything: a rule, a request that waits, a webhook and its deliveries, an upload, damage."""
    actor = "trainer"
    threshold = Threshold("auroc", ">=", 0.01, relative=True)
    promotion.set_rule(
        model=model, alias="champion", actor=actor, needs_second_approver=True, thresholds=(threshold,)
    )  # fmt: skip
    hook = create_webhook(name="chat of the team", url="http://8.8.8.8/hook", actor=actor).webhook
    version = selectors.version_at(VersionRef(model.name, 5))
    promotion.promote(version=version, alias="champion", actor=actor, reason="the best so far")
    WebhookDelivery.objects.update(state="failed", attempts=7)
    for status in (None, 502, 502):
        problem = "" if status else "ConnectTimeout: timed out"
        DeliveryAttempt.objects.create(
            delivery=hook.deliveries.latest("created_at"), status=status, milliseconds=10_004, problem=problem
        )
    draft = lifecycle.create_version(model=model, actor=actor)
    multipart.open_upload(version=draft, type="model", name="large.safetensors", size=4_000_000, actor=actor)
    first = selectors.version_at(VersionRef(model.name, 1))
    storage.store().delete(selectors.live_artifacts(first, "report")[0].key)
    verification.verify_version(version=first, actor=actor)
    lifecycle.deprecate(version=selectors.version_at(VersionRef(model.name, 2)), actor=actor)
    return model


def test_every_page_opens_without_a_complaint_of_the_browser(someone: Someone, busy: RegisteredModel) -> None:
    staff = someone("root", staff=True)
    for address in (*(f"registry/{name}" for name in PAGES), "core/webhook", "core/webhookdelivery"):
        name = address.partition("/")[2]
        staff.go(f"/admin/{address}/")
        _keep(staff.page, f"walk-{name}")
        links = staff.page.locator("#result_list tbody th a")
        assert links.count() > 0, name
        links.first.click()
        expect(staff.page.locator("#content")).to_be_visible()
        _keep(staff.page, f"walk-{name}-one")
    for address in ("registry/registeredmodel", "registry/aliasrule", "core/webhook"):
        staff.go(f"/admin/{address}/add/")
        _keep(staff.page, f"walk-{address.partition('/')[2]}-add")
    staff.go("/admin/registry/modelartifact/collect/")
    _keep(staff.page, "walk-collect")
    assert staff.complaints == []


def _keep(page: object, name: str) -> None:
    """SHOOT=docs/screenshots makes the pictures of the docs again; WALK=folder keeps those of every page."""
    folder = os.environ.get("WALK" if name.startswith("walk-") else "SHOOT")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)  # type: ignore[attr-defined]
