"""Switches and filters of the product: what was false by a slip before is refused or right now."""

from __future__ import annotations

from typing import Any

import pytest

from tests.writers import DRAFT, Writer

pytestmark = pytest.mark.django_db
TRUE, FALSE = ("true", "True", "TRUE", "1"), ("false", "False", "FALSE", "0")


@pytest.fixture
def made(alice: Writer) -> dict[str, Any]:
    body: dict[str, Any] = alice.post("transformations", {"text": DRAFT, "level": 5}).body
    first = {"id": body["edits"][0]["id"], "decision": "accepted"}
    alice.post(f"transformations/{body['id']}/edits/decide", {"decisions": [first]})
    return body


def test_accepted_only_leaves_undecided_edits_out_however_true_is_written(alice: Writer, made: dict[str, Any]) -> None:
    address, first = f"transformations/{made['id']}/final", made["edits"][0]
    only = DRAFT[: first["start"]] + first["after"] + DRAFT[first["end"] :]
    assert only != made["result"]
    assert {alice.get(f"{address}?accepted_only={value}").body["text"] for value in TRUE} == {only}
    undecided = [alice.get(address), *(alice.get(f"{address}?accepted_only={value}") for value in FALSE)]
    assert {reply.body["text"] for reply in undecided} == {made["result"]}
    assert alice.get(f"{address}?accepted=1").status == 400


def test_sentences_are_added_however_true_is_written(alice: Writer, made: dict[str, Any]) -> None:
    address = f"transformations/{made['id']}"
    assert {len(alice.get(f"{address}?sentences={value}").body["sentences"]["before"]) for value in TRUE} == {2}
    assert ["sentences" in alice.get(f"{address}?sentences={value}").body for value in FALSE] == [False] * 4


def test_texts_are_found_by_document_state_and_words(alice: Writer, charlie: Writer, made: dict[str, Any]) -> None:
    other = alice.post("transformations", {"text": "Dogs bark at night.", "title": "Night"}).body

    def found(query: str) -> list[str]:
        return [row["id"] for row in alice.get(f"transformations?{query}").body["results"]]

    assert found(f"document={made['document']}") == [made["id"]]
    assert found("state=completed") == [other["id"], made["id"]]
    assert found("state=failed") == []
    assert found("q=leverage%20robust") == [made["id"]]
    assert found("q=night&state=completed") == found("q=%20NIGHT%20") == [other["id"]]
    assert found("q=%25") == found("q=nothing%20of%20this") == []
    assert charlie.get(f"transformations?document={made['document']}").body["results"] == []
