"""What the API says of edits to be looked at and of block edits, in every answer that holds them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient

from humanize.models import BatchItem, Transformation
from tests.humanize.deployments import Engines, answer_with
from tests.humanize.recast_text import (
    BRIDGE_LOOK,
    CERTAINTY,
    DOUBT,
    MAY_LOOK,
    RECAST_RESULT,
    RECAST_SOURCE,
    ids,
    recast,
    text_with,
)
from tests.writers import PASSWORD, Writer, streamed, writer

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(alice: Writer) -> Transformation:
    return recast(alice.account)


def test_each_edit_says_why_to_look_and_whether_it_is_a_block(alice: Writer, row: Transformation) -> None:
    body = alice.get(f"transformations/{row.pk}").body
    assert [(edit["look"], edit["block"]) for edit in body["edits"]] == [
        ("", False), ("", False), ("", True), (DOUBT, True), (CERTAINTY, False),
    ]  # fmt: skip
    assert (body["to_look"], body["edit_count"], body["result"]) == (2, 5, RECAST_RESULT)
    assert alice.get(f"transformations/{row.pk}/edits").body["results"] == body["edits"]


def test_a_decision_and_the_final_text_count_them(alice: Writer, row: Transformation) -> None:
    path = f"transformations/{row.pk}"
    body = alice.post(f"{path}/edits/decide", {"decision": "accepted", "all": True, "override": True}).body
    assert {name: body[name] for name in ("accepted", "rejected", "undecided", "to_look", "kept")} == {
        "accepted": 3, "rejected": 0, "undecided": 2, "to_look": 2, "kept": 0,
    }  # fmt: skip
    assert body["changed"] == {"accepted": ids(row)[:3], "rejected": [], "undecided": []}
    final = alice.get(f"{path}/final").body
    assert (final["text"], final["to_look"]) == (RECAST_RESULT, 2)
    single = {"decisions": [{"id": ids(row)[BRIDGE_LOOK], "decision": "accepted"}]}
    assert alice.post(f"{path}/edits/decide", single).body["to_look"] == 1
    for query in ("", "?accepted_only=true"):
        final = alice.get(f"{path}/final{query}").body
        assert (final["text"], final["to_look"]) == (text_with(0, 1, 2, BRIDGE_LOOK), 1)
    assert alice.post(f"{path}/decisions/undo").body["to_look"] == 2
    assert alice.get(f"{path}/final?accepted_only=true").body["text"] == RECAST_RESULT


def test_the_history_says_how_many_are_left_to_look_at(alice: Writer, row: Transformation) -> None:
    alice.post(f"transformations/{row.pk}/edits/decide", {"decisions": [{"id": ids(row)[0], "decision": "rejected"}]})
    assert [one["to_look"] for one in alice.get("transformations").body["results"]] == [2]
    alice.post(f"transformations/{row.pk}/edits/decide", {"decision": "rejected", "all": True})
    assert [one["to_look"] for one in alice.get("transformations").body["results"]] == [0]


@pytest.mark.django_db(transaction=True)
def test_the_export_holds_them_with_their_reason(alice: Writer, row: Transformation) -> None:
    async def download() -> bytes:
        client = AsyncClient()
        await client.alogin(username="alice", password=PASSWORD)
        return b"".join([part async for part in streamed(await client.get("/api/v1/account/export"))])

    (text,) = json.loads(async_to_sync(download)())["transformations"]
    assert (text["to_look"], text["edits"][MAY_LOOK]["look"]) == (2, CERTAINTY)
    assert (text["text"], text["result"]) == (RECAST_SOURCE, RECAST_RESULT)


def test_a_batch_says_what_is_left_out_of_each_document(alice: Writer, row: Transformation) -> None:
    made = alice.post("batches", {"documents": [{"text": RECAST_SOURCE}, {"text": " "}]}).body
    assert [item["left_out"] for item in made["items"]] == ["", ""]
    BatchItem.objects.filter(number=0).update(transformation=row)
    assert left_out(alice, made) == ["2 edits are left out because somebody has to look at them", ""]
    decide = f"transformations/{row.pk}/edits/decide"
    alice.post(decide, {"decisions": [{"id": ids(row)[MAY_LOOK], "decision": "accepted"}]})
    assert left_out(alice, made) == ["1 edit is left out because somebody has to look at it", ""]
    alice.post(decide, {"decisions": [{"id": ids(row)[BRIDGE_LOOK], "decision": "rejected"}]})
    assert left_out(alice, made) == ["", ""]


def left_out(writer: Writer, batch: dict[str, Any]) -> list[str]:
    return [item["left_out"] for item in writer.get(f"batches/{batch['id']}").body["items"]]


@pytest.mark.django_db(transaction=True)
def test_what_an_engine_says_more_certainly_than_the_draft_is_not_in_its_result(engines: Engines) -> None:
    engines.add("small")
    engines.server.answer = answer_with(
        lambda line: line.replace("may", "will").replace("utilize", "use"), difference=("may", "will")
    )
    draft = "The staff utilize the old desks every day. The library may close in August."
    body = writer("bea", "BASIC").post("transformations", {"text": draft}).body
    assert [(edit["after"], edit["look"]) for edit in body["edits"]] == [("use", ""), ("will", "“may” became “will”.")]
    assert (body["result"], body["to_look"]) == (draft.replace("utilize", "use"), 1)
