"""The admin's first page: what needs a look stands on top, and the page costs the same with one row and with many."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from humanize.pipeline import champions
from registry.versions.lifecycle import create_version, register_model
from serving.gateway import snapshot
from serving.models import Deployment, DriftAlert, DriftReport
from tests.buckets import keep_in_folder
from tests.humanize.detectors import champion
from tests.writers import PASSWORD
from youman.core.accounts.lifecycle import create_account
from youman.core.runtime import heartbeats
from youman.dashboard import overview

pytestmark = pytest.mark.django_db
ROOT = User(username="root", is_staff=True, is_superuser=True)


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(create_account(username="stan", password=PASSWORD, staff=True).user)
    return client


def make_models(first: int, last: int) -> None:
    for number in range(first, last):
        model = register_model(name=f"editor-{number}", task="humanize", actor="tests")
        create_version(model=model, actor="tests")


def test_an_empty_installation_says_what_to_do_next(staff: Client) -> None:
    page = staff.get("/admin/").content.decode()
    assert "There are no models yet." in page
    assert "There are no jobs yet." in page


def test_models_stand_with_their_versions_and_no_champion_yet(staff: Client) -> None:
    make_models(0, 2)
    found = overview.board(ROOT).models
    assert found is not None
    assert [(line.model.name, line.versions, line.champion) for line in found] == [
        ("editor-1", 1, None),
        ("editor-0", 1, None),
    ]
    assert "editor-1" in staff.get("/admin/").content.decode()


def test_the_page_costs_the_same_with_one_model_and_with_many(staff: Client) -> None:
    make_models(0, 1)
    staff.get("/admin/")
    counts = []
    for last in (2, 12):
        make_models(last - 1, last) if last == 2 else make_models(2, last)
        snapshot.clear_cache()  # both read what they keep for two seconds anew
        champions.clear_cache()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            staff.get("/admin/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_drift_and_a_detector_that_is_not_used_stand_on_top(staff: Client, settings: Settings, tmp_path: Path) -> None:
    keep_in_folder(settings, tmp_path / "artifacts")
    settings.MODEL_COPIES_PATH = tmp_path / "copies"
    row, now = Deployment.objects.create(name="recorded", kind="rules", backend="recorded"), timezone.now()
    report = DriftReport.objects.create(
        deployment=row, reference_from=now - timedelta(days=35), recent_from=now - timedelta(days=7), until=now,
        reference_calls=200, recent_calls=200,
    )  # fmt: skip
    DriftAlert.objects.create(
        report=report, deployment=row, figure="length", value=1.0, threshold=0.25, sentence="recorded: longer texts"
    )
    champion(tmp_path / "one")
    shutil.rmtree(tmp_path / "artifacts")
    champions.clear_cache()
    heartbeats.send(heartbeats.expected())
    longer, unused = (one.text for one in overview.board(ROOT).alerts)
    assert longer == "recorded: longer texts"
    assert unused.startswith("The shipped detector is in use: detector/1 is not used: ")
    assert "recorded: longer texts" in staff.get("/admin/").content.decode()


def test_a_writer_sees_nothing_of_it(client: Client) -> None:
    client.force_login(create_account(username="alice", password=PASSWORD).user)
    assert client.get("/admin/").status_code == 302
