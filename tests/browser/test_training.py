"""A running job as staff see it: live, in a real Chromium, under the strict content security policy."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from playwright.sync_api import expect

from tests.browser.conftest import Someone
from tests.training.sample_pairs import dataset, job
from tests.training.toy.jobs import let_go
from tests.waiting import HANG_MS
from tests.workers import worker
from tests.workers.worker import Worker
from tests.writers import writer
from training.models import TrainingJob

pytestmark = pytest.mark.browser
TOY = Path(__file__).resolve().parents[1] / "training" / "toy"
SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture
def trainer(settings: LazySettings, tmp_path: Path, transactional_db: None) -> Iterator[Worker]:
    settings.TRAINING_PATH = str(tmp_path / "training")
    settings.TRAINER_FOLDERS = [str(TOY)]
    variables = {"TRAINING_PATH": settings.TRAINING_PATH, "TRAINER_FOLDERS": str(TOY)}
    started = worker.start("trainer", **variables)
    yield started
    started.stop()


def test_a_running_job_is_seen_live_to_its_version(someone: Someone, trainer: Worker) -> None:
    staff = someone("root", staff=True)
    row = job(writer("alice", "ENTERPRISE"), dataset(), steps=150, step_s=0.1, quick=False, hold_at=40)
    staff.go(f"/admin/training/trainingjob/{row.pk}/change/")
    page = staff.page
    expect(page.locator("#job-state")).to_have_text("Running", timeout=HANG_MS)
    expect(page.locator("#job-step")).to_have_text("40", timeout=HANG_MS)
    assert 0 < int(page.locator("#job-bar").get_attribute("value") or 0) < 100
    expect(page.locator("#job-eta")).to_have_text(re.compile(r"\d+ s to \d+ s left"))
    expect(page.locator("#job-log")).to_contain_text("starting at step 0 with")
    expect(page.locator("#job-events")).to_contain_text("started Attempt 1")
    expect(page.locator("#job-curves tbody tr th")).to_have_text("loss")
    assert page.evaluate("Chart.getChart('job-chart').data.datasets[0].data.length") > 5
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / "training-job.png", full_page=True)
    let_go(row)
    expect(page.locator("#job-summary")).to_have_text("Produced toy/1", timeout=HANG_MS)
    expect(page.get_by_role("heading", name="The gate: passed")).to_be_visible()
    assert TrainingJob.objects.get(pk=row.pk).produced == "toy/1"
    assert staff.overflow() == 0
    assert staff.complaints == []


def test_cancel_is_a_button_that_is_answered(someone: Someone, trainer: Worker) -> None:
    staff = someone("root", staff=True)
    row = job(writer("alice", "ENTERPRISE"), dataset(), steps=10_000, step_s=0.1, quick=False)
    staff.go(f"/admin/training/trainingjob/{row.pk}/change/")
    expect(staff.page.locator("#job-state")).to_have_text("Running", timeout=HANG_MS)
    staff.press("Cancel")
    expect(staff.page.locator("#job-state")).to_have_text("Cancelled", timeout=HANG_MS)
    expect(staff.page.get_by_role("button", name="Retry")).to_be_enabled()
    assert staff.complaints == []


def test_a_job_is_asked_for_by_the_trainers_own_form(someone: Someone) -> None:
    dataset()
    staff = someone("root", staff=True)
    staff.go("/admin/training/trainingjob/add/")
    staff.page.get_by_label("Trainer", exact=True).select_option("revision_linear")
    staff.press("Choose")
    expect(staff.page.get_by_label("Penalty")).to_have_value("10")
    if SHOTS:
        staff.page.screenshot(path=Path(SHOTS) / "training-form.png", full_page=True)
    staff.page.get_by_label("Model").fill("my-editor")
    staff.page.get_by_label("Dataset").select_option(label="first")
    staff.page.get_by_label("Rounds").fill("0")
    staff.press("Train")
    assert TrainingJob.objects.count() == 0
    staff.page.get_by_label("Rounds").fill("5")
    staff.press("Train")
    expect(staff.page.locator("#job-summary")).to_have_text("Waiting for a worker to start it")
    assert TrainingJob.objects.get().hyperparameters["rounds"] == 5
    assert staff.complaints == []
