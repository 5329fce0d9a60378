from __future__ import annotations

import json
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.training.conftest import with_key
from tests.training.sample_pairs import dataset, enter_some, job, pair, rewritten
from tests.writers import Writer, writer
from training.contract.output_lines import MetricLine
from training.jobs import telemetry
from training.models import DataImport, Dataset, JobMetric, TrainingDataPoint, TrainingJob
from training.pairs import file_import
from training.pairs.collection import collect
from training.pairs.withdrawal import withdraw_all
from youman.core.accounts import scopes
from youman.core.accounts.lifecycle import withdraw_consent

pytestmark = pytest.mark.django_db


def upload(staff: Writer, data: bytes, name: str = "pairs.jsonl", **fields: str) -> tuple[int, dict[str, object]]:
    body = {"file": SimpleUploadedFile(name, data), **fields}
    response = staff.api.post("/api/v1/training-data/imports", body, format="multipart")
    return response.status_code, json.loads(response.content)


def jsonl(count: int) -> bytes:
    rows = [pair(number) for number in range(count)]
    return b"\n".join(json.dumps({"original": r.original, "humanized": r.humanized}).encode() for r in rows)


def test_pairs_are_imported_listed_counted_and_exported(staff: Writer) -> None:
    status, body = upload(staff, jsonl(5) + b"\n{}", licence="ours", scored="false", partial="true")
    assert (status, body["state"], body["accepted"], body["licence"]) == (202, "queued", 0, "ours")
    assert staff.get(f"training-data/imports/{body['id']}").body == body
    file_import.run_import(UUID(str(body["id"])))
    body = staff.get(f"training-data/imports/{body['id']}").body
    assert (body["state"], body["accepted"], body["refused"], body["total"]) == ("completed", 5, 1, 6)
    assert [one["id"] for one in staff.get("training-data/imports").body["results"]] == [body["id"]]
    assert staff.post(f"training-data/imports/{body['id']}/cancel").status == 409
    page = staff.get("training-data?page_size=3").body
    assert len(page["results"]) == 3
    assert len(staff.get(f"training-data?page_size=3&cursor={page['next']}").body["results"]) == 2
    one = staff.get(f"training-data/{page['results'][0]['id']}").body
    assert (one["source"], one["used_in"]) == ("imports", [])
    stats = staff.get("training-data/stats").body
    assert (stats["points"], stats["by"]["source"]) == (5, {"imports": 5})
    response = staff.api.get("/api/v1/training-data/export")
    lines = b"".join(response.streaming_content).splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 5
    assert set(json.loads(lines[0])) >= {"original", "humanized"}


@pytest.mark.parametrize(
    ("name", "data", "status", "detail"),
    [
        (
            "x.csv",
            b"PK\x03\x04",
            400,
            "The file is a ZIP archive or an Excel workbook (.xlsx); save the sheet as CSV, or unpack the archive",
        ),
        ("x.parquet", b"nonsense", 400, "The file is not in Parquet format, or it is damaged"),
        ("x.jsonl", b"", 400, "file: The submitted file is empty."),
    ],
)
def test_invalid_files_are_refused(staff: Writer, name: str, data: bytes, status: int, detail: str) -> None:
    found, body = upload(staff, data, name)
    assert (found, body["detail"]) == (status, detail)
    assert TrainingDataPoint.objects.count() == 0


def test_datasets_are_frozen_listed_and_exported_alike(staff: Writer) -> None:
    enter_some(50)
    made = staff.post("datasets", {"name": "mine", "query": {"languages": ["en"]}})
    assert (made.status, made.body["points"]) == (201, 50)
    assert staff.get(f"datasets/{made.body['id']}").body == made.body
    assert [row["name"] for row in staff.get("datasets").body["results"]] == ["mine"]
    address = f"/api/v1/datasets/{made.body['id']}/export?split=train&file_format="
    for format in ("jsonl", "parquet"):
        first, second = (b"".join(staff.api.get(address + format).streaming_content) for _ in range(2))  # type: ignore[attr-defined]
        assert first == second != b""
    assert staff.get(f"datasets/{made.body['id']}/export?split=all").status == 400
    assert staff.post("datasets", {"name": "mine"}).status == 409
    assert staff.post("datasets", {"name": "x", "query": {"min_quality": 3}}).status == 400


def test_a_job_is_created_read_cancelled_and_retried(staff: Writer) -> None:
    data = dataset()
    asked = {"model": "toy", "dataset": str(data.pk), "trainer": "toy", "hyperparameters": {"steps": 7}}
    made = staff.post("training-jobs", asked, headers={"Idempotency-Key": "k1"})
    assert (made.status, made.body["hyperparameters"]["steps"], made.body["state"]) == (201, 7, "pending")
    assert staff.post("training-jobs", asked, headers={"Idempotency-Key": "k1"}).body == made.body
    assert TrainingJob.objects.count() == 1
    address = f"training-jobs/{made.body['id']}"
    assert staff.get(address).body["summary"] == "Waiting: for the scheduler"
    assert staff.post(f"{address}/cancel").body["state"] == "cancelled"
    assert staff.post(f"{address}/cancel").body["code"] == "not_cancellable"
    again = staff.post(f"{address}/retry", {"resources": {"cpus": 1, "memory_mib": 512}})
    assert (again.status, again.body["state"], again.body["resources"]["memory_mib"]) == (202, "pending", 512)
    assert [row["id"] for row in staff.get("training-jobs?state=pending").body["results"]] == [made.body["id"]]
    assert [one["kind"] for one in staff.get(f"{address}/events").body] == ["created", "cancel", "retry"]


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"trainer": "none"}, "There is no trainer 'none'; use one of"),
        ({"hyperparameters": {"steps": 0, "x": 1}}, "steps: must be 1 or more; x: toy has no such parameter"),
        ({"hyperparameters": {"steps": True}}, "steps: must be a whole number"),
        ({"hyperparameters": {"mood": "odd"}}, "mood: must be one of good,"),
        ({"hyperparameters": {"step_s": "1"}}, "step_s: must be a number"),
        ({"model": "No Spaces"}, "model must have up to 100 lower-case letters"),
        ({"executor": "moon"}, "executor must be one of local"),
        ({"priority": 99}, "priority: Ensure this value is less than or equal to 10."),
        ({"base": "toy@champion"}, "toy has no alias 'champion'"),
        ({"dataset": "0190d0c0-0000-7000-8000-000000000000"}, "There is no such dataset"),
    ],
)
def test_an_impossible_job_is_refused_with_the_fix(staff: Writer, change: dict[str, object], detail: str) -> None:
    data = dataset()
    made = staff.post("training-jobs", {"model": "toy", "dataset": str(data.pk), "trainer": "toy"} | change)
    assert made.status in {400, 404}
    assert made.body["detail"].startswith(detail)
    assert TrainingJob.objects.count() == 0


def test_metrics_are_stored_once_and_returned_as_curves(staff: Writer) -> None:
    row = job(staff)
    points = [{"key": "loss", "step": step, "value": 1 / (step + 1)} for step in range(1_000)]
    address = f"training-jobs/{row.pk}/metrics"
    assert staff.post(address, {"metrics": points}).body == {"stored": 1_000}
    assert staff.post(address, {"metrics": points[:10]}).status == 201
    assert staff.post(address, {"metrics": [{"key": "dev_loss", "step": 5, "value": None}]}).status == 201
    assert JobMetric.objects.count() == 1_001
    body = staff.get(f"{address}?points=10&key=loss").body
    assert body["keys"] == ["loss"]
    assert staff.get(address).body["keys"] == ["dev_loss", "loss"]
    (curve,) = body["curves"]
    assert curve["step"] == list(range(0, 1_000, 100))
    assert (curve["high"][0], curve["low"][0]) == (1.0, 0.01)
    assert staff.get(f"{address}?points=1").status == 400


@pytest.mark.parametrize(
    "metrics",
    [
        [],
        "x",
        [{"key": "a b", "step": 1, "value": 1}],
        [{"key": "a", "step": -1, "value": 1}],
        [{"key": "a", "step": 1}, 3],
        [{"key": "a", "step": 1, "value": "1"}],
        [{"key": "a", "step": 2**60, "value": 1}],
        [{"key": "a", "step": 1, "value": 1}] * 5_001,
    ],
)
def test_invalid_metrics_are_refused_as_a_whole(staff: Writer, metrics: object) -> None:
    row = job(staff)
    assert staff.post(f"training-jobs/{row.pk}/metrics", {"metrics": metrics}).status == 400
    assert JobMetric.objects.count() == 0


def test_a_job_that_has_ended_accepts_no_metrics(staff: Writer) -> None:
    row = job(staff)
    staff.post(f"training-jobs/{row.pk}/cancel")
    made = staff.post(f"training-jobs/{row.pk}/metrics", {"metrics": [{"key": "a", "step": 1, "value": 1}]})
    assert (made.status, made.body["code"]) == (409, "wrong_state")


def test_logs_are_read_by_a_cursor(staff: Writer) -> None:
    row = job(staff)
    telemetry.store_log(row, [f"line {number}" for number in range(1_500)], 0)
    first = staff.get(f"training-jobs/{row.pk}/logs").body
    rest = staff.get(f"training-jobs/{row.pk}/logs?cursor={first['cursor']}").body
    assert (len(first["lines"]), rest["lines"][-1], len(rest["lines"])) == (1_000, "line 1499", 500)
    assert staff.get(f"training-jobs/{row.pk}/logs?cursor={rest['cursor']}").body["lines"] == []
    assert staff.get(f"training-jobs/{row.pk}/logs?cursor=x").status == 400


def test_the_log_of_a_job_is_bounded(staff: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "MOST_LOG_LINES", 10)
    row = job(staff)
    assert telemetry.store_log(row, ["x"] * 30, 0) == 10
    assert telemetry.store_log(row, ["x"], 10) == 10
    assert staff.get(f"training-jobs/{row.pk}/logs").body["lines"][-1].startswith("— the log ends here")
    telemetry.store_metrics(row.pk, [MetricLine("a", 1, 1.0)])


def test_trainers_are_listed_with_their_parameters(staff: Writer) -> None:
    toy = next(one for one in staff.get("trainers").body if one["name"] == "toy")
    assert toy["parameters"][0] == {
        "name": "steps", "type": "integer", "default": 20, "title": "Steps", "minimum": 1, "maximum": 100000,
        "max_length": 200,
    }  # fmt: skip


def test_a_writer_sees_the_result_of_their_own_consent(alice: Writer) -> None:
    rewritten(alice, final_text="The team must use good tools to finish by 12 May. The plan matters for our work.")
    collect()
    assert alice.get("training-data/consent").body["points"] == 1
    withdraw_consent(account=alice.account, actor="alice")
    withdraw_all()
    body = alice.get("training-data/consent").body
    assert (body["consents"], body["points"], body["withdrawals"][0]["points"]) == (False, 0, 1)


READS = ("training-data", "training-data/stats", "training-data/export", "datasets", "trainers", "training-jobs")


@pytest.mark.parametrize("path", READS)
def test_a_stranger_and_a_key_without_the_scope_see_nothing(staff: Writer, path: str) -> None:
    stranger = writer("charlie", "ENTERPRISE")
    narrow = with_key(staff.account, scopes.REWRITE)
    assert (stranger.get(path).status, narrow.get(path).status) == (403, 403)


def test_a_stranger_changes_nothing(staff: Writer) -> None:
    stranger = writer("charlie", "ENTERPRISE")
    row = job(staff)
    answers = [
        stranger.post("datasets", {"name": "x"}).status,
        stranger.post("training-jobs", {"model": "toy"}).status,
        stranger.post(f"training-jobs/{row.pk}/cancel").status,
        stranger.post(f"training-jobs/{row.pk}/metrics", {"metrics": [{"key": "a", "step": 1, "value": 1}]}).status,
        upload(stranger, jsonl(1))[0],
    ]
    assert answers == [403] * 5
    row.refresh_from_db()
    assert (row.state, JobMetric.objects.count(), Dataset.objects.count()) == ("pending", 0, 1)
    assert DataImport.objects.count() == 0
