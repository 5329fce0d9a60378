from __future__ import annotations

import pytest

from humanize.models import Batch, BatchItem, Transformation
from humanize.transformations import worker
from serving.models import Invocation
from tests.humanize.deployments import Engines, swapped
from tests.writers import DRAFT, Writer, writer
from youman.core.models import WordUsage


def run_all() -> None:
    for row in Transformation.objects.filter(state="queued"):
        worker.run(row.pk)


@pytest.mark.django_db
def test_each_document_succeeds_or_fails_alone(alice: Writer) -> None:
    documents = [{"text": DRAFT}, {"text": " "}, {"text": DRAFT, "level": 9}, {"text": DRAFT, "model": "gone"}, {}]
    made = alice.post("batches", {"documents": documents})
    assert made.status == 202
    assert made.headers["Location"] == f"/api/v1/batches/{made.body['id']}"
    assert [(one["error"] or {}).get("code") for one in made.body["items"]] == [
        None,
        "invalid_input",
        "invalid_input",
        "unknown_model",
        "invalid_input",
    ]
    assert made.body["items"][0]["transformation"]["state"] == "queued"
    assert (made.body["documents"], made.body["over"], made.body["refused"]) == (5, 4, 4)
    run_all()
    read = alice.get(f"batches/{made.body['id']}").body
    assert (read["items"][0]["transformation"]["state"], read["over"]) == ("completed", 5)
    assert WordUsage.objects.get().words == Transformation.objects.get().words


@pytest.mark.django_db
def test_one_document_over_the_quota_leaves_the_others(bob: Writer) -> None:
    texts = [{"text": "word " * 1_990} for _ in range(12)]
    made = bob.post("batches", {"documents": texts}).body
    assert [(one["error"] or {}).get("code") for one in made["items"]] == [None] * 10 + ["quota_exceeded"] * 2
    assert Transformation.objects.count() == 10


@pytest.mark.django_db
@pytest.mark.parametrize("documents", [[], None, "text", [{"text": "a"}] * 51, ["text"]])
def test_a_batch_that_is_none_stores_nothing(alice: Writer, documents: object) -> None:
    reply = alice.post("batches", {"documents": documents})
    assert (reply.status, reply.body["code"]) == (400, "invalid_input")
    assert (Batch.objects.count(), BatchItem.objects.count(), Transformation.objects.count()) == (0, 0, 0)


@pytest.mark.django_db
def test_a_batch_is_its_owners_alone(alice: Writer, charlie: Writer) -> None:
    made = alice.post("batches", {"documents": [{"text": DRAFT}]}).body
    assert charlie.get(f"batches/{made['id']}").status == 404
    assert charlie.get("batches").body["results"] == []
    assert [one["id"] for one in alice.get("batches").body["results"]] == [made["id"]]
    assert alice.get("batches").body["results"][0]["documents"] == 1


@pytest.mark.django_db
def test_the_same_key_makes_one_batch(alice: Writer) -> None:
    first = alice.post("batches", {"documents": [{"text": DRAFT}]}, {"Idempotency-Key": "b"}).body
    again = alice.post("batches", {"documents": [{"text": DRAFT}]}, {"Idempotency-Key": "b"}).body
    assert first["id"] == again["id"]
    assert Batch.objects.count() == 1


@pytest.mark.django_db
def test_a_deleted_text_leaves_its_place(alice: Writer) -> None:
    made = alice.post("batches", {"documents": [{"text": DRAFT}]}).body
    alice.send("DELETE", f"transformations/{made['items'][0]['transformation']['id']}")
    (item,) = alice.get(f"batches/{made['id']}").body["items"]
    assert item == {"number": 0, "transformation": None, "error": None, "left_out": ""}


@pytest.mark.django_db(transaction=True)
def test_a_batch_asks_for_the_cheaper_service_where_there_is_one(engines: Engines) -> None:
    engines.add("small", capabilities={"has_flex": True})
    engines.add("third")
    bea = writer("bea", "BASIC")
    bea.post("batches", {"documents": [{"text": DRAFT, "model": "small"}, {"text": DRAFT, "model": "third"}]})
    run_all()
    assert [row.result for row in Transformation.objects.all()] == [swapped(DRAFT)] * 2
    by_vendor = {seen.vendor: seen.body.get("service_tier") for seen in engines.server.seen}
    assert by_vendor == {"openai": "flex", "google": None}
    assert Invocation.objects.count() == 2
