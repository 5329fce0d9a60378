from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.training.sample_pairs import dataset, enter_some, job, pair, rewritten
from tests.writers import Writer, writer
from training.jobs.supervisor import supervise
from training.models import DataImport, Dataset, TrainingDataPoint, TrainingJob
from training.pairs import file_import
from training.pairs.collection import collect
from youman.core.accounts.lifecycle import create_account

pytestmark = pytest.mark.django_db(transaction=True)
ADMIN = "/admin/training"


@pytest.fixture
def staff(transactional_db: None) -> Client:
    account = create_account(username="root", password="a long sentence 1", staff=True)
    client = Client()
    client.force_login(account.user)
    return client


@pytest.fixture
def bob(transactional_db: None) -> Writer:
    return writer("bob", "ENTERPRISE")


def test_pairs_are_listed_with_their_counts_and_never_changed(staff: Client, alice: Writer) -> None:
    rewritten(alice)
    collect()
    enter_some(3)
    page = staff.get(f"{ADMIN}/trainingdatapoint/")
    assert (page.status_code, page.context["stats"].points) == (200, 4)
    point = TrainingDataPoint.objects.all()[0]
    assert staff.get(f"{ADMIN}/trainingdatapoint/{point.pk}/change/").status_code == 200
    assert staff.post(f"{ADMIN}/trainingdatapoint/{point.pk}/change/", {"original": "x"}).status_code == 403
    assert staff.get(f"{ADMIN}/withdrawal/").status_code == 200


def test_a_file_of_pairs_is_imported_with_a_form(staff: Client) -> None:
    one = pair(1)
    line = json.dumps({"original": one.original, "humanized": one.humanized}).encode()
    assert staff.get(f"{ADMIN}/trainingdatapoint/import/").status_code == 200
    body = {"file": SimpleUploadedFile("p.jsonl", line + b"\n{}\n"), "licence": "ours", "partial": "on"}
    done = staff.post(f"{ADMIN}/trainingdatapoint/import/", body)
    row = DataImport.objects.get()
    assert (done.status_code, row.state, row.licence) == (302, "queued", "ours")
    assert "refreshes itself" in staff.get(done["Location"]).content.decode()
    file_import.run_import(row.pk)
    page = staff.get(done["Location"]).content.decode()
    assert "2 of 2 lines (100 %)" in page
    assert "line 2: original is missing" in page
    assert staff.post(f"{ADMIN}/dataimport/{row.pk}/cancel/", follow=True).status_code == 200
    bad = staff.post(f"{ADMIN}/trainingdatapoint/import/", {"file": SimpleUploadedFile("p.csv", b"MZ")})
    assert "must name the columns" in bad.content.decode()


def test_a_dataset_is_frozen_with_a_form(staff: Client) -> None:
    body = {"name": "mine", "source": "all", "min_words": 1, "per_author": 500, "per_cluster": 1}
    empty = staff.post(f"{ADMIN}/dataset/add/", body, follow=True)
    assert "none in the training split; widen it or import more pairs" in empty.content.decode()
    enter_some(40)
    assert staff.post(f"{ADMIN}/dataset/add/", body | {"languages": "en, de"}).status_code == 302
    row = Dataset.objects.get()
    assert (row.name, row.points, row.query["languages"]) == ("mine", 40, ["en", "de"])
    page = staff.get(f"{ADMIN}/dataset/{row.pk}/change/")
    assert f"/api/v1/datasets/{row.pk}/export?split=train" in page.content.decode()
    assert staff.get(f"{ADMIN}/dataset/").status_code == 200


def test_a_job_is_started_with_the_form_of_its_trainer(staff: Client) -> None:
    data = dataset()
    page = staff.get(f"{ADMIN}/trainingjob/add/?trainer=toy")
    names = [field.html_name for field in page.context["form"].hyperparameters()]
    known = ("steps", "step_s", "score", "checkpoint_every", "mood", "hold_at", "quick", "seed")
    assert names == [f"hp-{name}" for name in known]
    body = {
        "model": "toy", "dataset": str(data.pk), "priority": 0, "cpus": 1, "memory_mib": 256, "gpus": 0,
        "deadline_s": 60, "canary_share": 0, "hp-steps": 5, "hp-step_s": 0, "hp-score": 0.9, "hp-checkpoint_every": 5,
        "hp-mood": "good", "hp-hold_at": 0, "hp-quick": "on", "hp-seed": 3,
    }  # fmt: skip
    wrong = staff.post(f"{ADMIN}/trainingjob/add/?trainer=toy", body | {"hp-steps": 0, "model": "No Good"})
    assert (wrong.status_code, TrainingJob.objects.count()) == (200, 0)
    refused = staff.post(f"{ADMIN}/trainingjob/add/?trainer=toy", body | {"model": "No Good"})
    assert "model must have up to 100 lower-case letters" in refused.content.decode()
    made = staff.post(f"{ADMIN}/trainingjob/add/?trainer=toy", body)
    row = TrainingJob.objects.get()
    assert (made.status_code, made["Location"]) == (302, f"{ADMIN}/trainingjob/{row.pk}/change/")
    assert (row.hyperparameters["steps"], row.hyperparameters["quick"], row.hyperparameters["seed"]) == (5, True, 3)


def test_the_live_page_shows_progress_events_log_and_gate(staff: Client, bob: Writer) -> None:
    row = job(bob, steps=4)
    waiting = staff.get(f"{ADMIN}/trainingjob/{row.pk}/change/").content.decode()
    assert f'data-stream="/api/v1/training-jobs/{row.pk}/stream"' in waiting
    assert 'data-over=""' in waiting
    supervise(row.pk)
    done = staff.get(f"{ADMIN}/trainingjob/{row.pk}/change/").content.decode()
    assert 'data-over="1"' in done
    for shown in ("Produced toy/1", "starting at step 0 with", "<b>gate</b>", "toy → toy/1", 'value="100"'):
        assert shown in done
    assert staff.get(f"{ADMIN}/trainingjob/").status_code == 200
    assert staff.get(f"{ADMIN}/executorpool/").status_code == 200


def test_jobs_are_cancelled_and_retried_by_button_and_action(staff: Client, bob: Writer) -> None:
    row = job(bob)
    assert staff.get(f"{ADMIN}/trainingjob/{row.pk}/cancel/").status_code == 405
    assert staff.post(f"{ADMIN}/trainingjob/{row.pk}/cancel/").status_code == 302
    row.refresh_from_db()
    assert row.state == "cancelled"
    body = {"action": "retry", "_selected_action": [str(row.pk)]}
    said = staff.post(f"{ADMIN}/trainingjob/", body, follow=True).content.decode()
    assert "will be tried again" in said
    row.refresh_from_db()
    assert row.state == "queued"


def test_a_writer_has_no_access(bob: Writer) -> None:
    client = Client()
    client.force_login(bob.account.user)
    row = job(bob)
    for path in ("trainingjob/", "trainingjob/add/", f"trainingjob/{row.pk}/change/", "trainingdatapoint/import/"):
        assert client.get(f"{ADMIN}/{path}").status_code == 302
    assert client.post(f"{ADMIN}/trainingjob/{row.pk}/cancel/").status_code == 302
    row.refresh_from_db()
    assert row.state == "queued"
