from __future__ import annotations

from typing import Any

import pytest

from humanize.models import Edit, Feedback, Transformation
from humanize.scoring import score
from humanize.states import EDGES, State
from tests.writers import DRAFT, Writer
from youman.core.models import WordUsage
from youman.core.states import transition

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(alice: Writer) -> dict[str, object]:
    body = alice.post("transformations", {"text": DRAFT, "level": 5}).body
    assert isinstance(body, dict)
    assert len(body["edits"]) >= 3
    return body


def test_single_edits_are_decided_and_the_final_text_follows(alice: Writer, made: dict[str, Any]) -> None:
    one = f"transformations/{made['id']}"
    first, second = made["edits"][:2]
    asked = [{"id": first["id"], "decision": "rejected"}, {"id": second["id"], "decision": "accepted"}]
    left = len(made["edits"]) - 2
    reply = alice.post(f"{one}/edits/decide", {"decisions": asked})
    assert reply.body == {
        "accepted": 1, "rejected": 1, "undecided": left, "to_look": 0, "version": 1, "can_undo": True,
        "can_redo": False, "kept": 0,
        "changed": {"accepted": [second["id"]], "rejected": [first["id"]], "undecided": []},
    }  # fmt: skip
    final = alice.get(f"{one}/final").body
    assert final["text"].startswith(DRAFT[: int(first["end"])])
    assert (final["accepted"], final["rejected"], final["undecided"]) == (1, 1, left)
    assert final["scores"]["readability"] == score(final["text"]).readability
    only = alice.get(f"{one}/final?accepted_only=1").body
    start, end = int(second["start"]), int(second["end"])
    assert only["text"] == DRAFT[:start] + second["after"] + DRAFT[end:]


def test_all_rejected_gives_the_source_and_all_accepted_the_result(alice: Writer, made: dict[str, object]) -> None:
    one = f"transformations/{made['id']}"
    alice.post(f"{one}/edits/decide", {"decision": "rejected", "all": True})
    assert alice.get(f"{one}/final").body["text"] == made["text"]
    alice.post(f"{one}/edits/decide", {"decision": "accepted", "all": True})
    final = alice.get(f"{one}/final").body
    assert final["text"] == made["result"]
    assert final["similarity"] == made["similarity"]


def test_a_kind_of_edit_is_decided_together(alice: Writer, made: dict[str, Any]) -> None:
    kind = made["edits"][0]["kind"]
    same = [edit for edit in made["edits"] if edit["kind"] == kind]
    reply = alice.post(f"transformations/{made['id']}/edits/decide", {"decision": "accepted", "kind": kind})
    assert reply.body["accepted"] == len(same)
    assert set(Edit.objects.filter(decision="accepted").values_list("pk", flat=True)) == {edit["id"] for edit in same}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"decision": "accepted"},
        {"decision": "maybe", "all": True},
        {"decision": "accepted", "all": True, "kind": "rules/openers"},
        {"decision": "accepted", "all": True, "decisions": []},
        {"decisions": [{"id": 1, "decision": "perhaps"}]},
        {"decisions": [{"decision": "accepted"}]},
    ],
)
def test_an_unclear_decision_is_refused(alice: Writer, made: dict[str, object], body: object) -> None:
    assert alice.post(f"transformations/{made['id']}/edits/decide", body).status == 400
    assert Edit.objects.exclude(decision="undecided").count() == 0


def test_one_unknown_edit_among_good_ones_changes_nothing(alice: Writer, made: dict[str, Any]) -> None:
    asked = [{"id": made["edits"][0]["id"], "decision": "rejected"}, {"id": 999_999_999, "decision": "rejected"}]
    assert alice.post(f"transformations/{made['id']}/edits/decide", {"decisions": asked}).status == 404
    assert Edit.objects.exclude(decision="undecided").count() == 0


def test_before_completion_there_is_nothing_to_decide(alice: Writer) -> None:
    queued = alice.post("transformations", {"text": "hi", "wait": False}).body
    one = f"transformations/{queued['id']}"
    replies = [alice.get(f"{one}/final"), alice.post(f"{one}/edits/decide", {"decision": "accepted", "all": True})]
    assert [(reply.status, reply.body["code"]) for reply in replies] == [(409, "wrong_state")] * 2


def test_feedback_is_one_and_the_later_replaces_it(alice: Writer, made: dict[str, object]) -> None:
    one = f"transformations/{made['id']}/feedback"
    assert alice.post(one, {"rating": 2, "comment": "meh", "final_text": "Mine."}).status == 201
    reply = alice.post(one, {"rating": 5})
    assert (reply.status, reply.body) == (201, {"rating": 5, "comment": "", "final_text": None})
    assert Feedback.objects.count() == 1
    assert alice.post(one, {"rating": 6}).status == 400


def test_edits_come_in_pages_in_the_order_of_the_text(alice: Writer, made: dict[str, Any]) -> None:
    path = f"transformations/{made['id']}/edits?page_size=2"
    found: list[object] = []
    cursor: str | None = ""
    while cursor is not None:
        page = alice.get(path + (f"&cursor={cursor}" if cursor else "")).body
        assert len(page["results"]) <= 2
        found += page["results"]
        cursor = page["next"]
    assert found == made["edits"]
    assert alice.get(f"transformations/{made['id']}/edits?cursor=zzz").status == 400


def test_cancel_gives_the_words_back_and_resume_takes_them_again(alice: Writer) -> None:
    queued = alice.post("transformations", {"text": "two words", "wait": False}).body
    one = f"transformations/{queued['id']}"
    assert alice.get("usage").body["words"] == 2
    cancelled = alice.post(f"{one}/cancel")
    assert (cancelled.status, cancelled.body["state"]) == (202, "cancelled")
    assert alice.get("usage").body["words"] == 0
    assert alice.post(f"{one}/cancel").status == 409
    resumed = alice.post(f"{one}/resume")
    assert (resumed.status, resumed.body["state"]) == (202, "queued")
    assert alice.get("usage").body["words"] == 2
    assert alice.post(f"{one}/resume").status == 409
    assert Transformation.objects.get().charged == 2


@pytest.mark.parametrize("edit_id", [0, -1, 2**63, 10**30])
def test_an_id_that_no_edit_can_have_is_refused(alice: Writer, made: dict[str, Any], edit_id: int) -> None:
    body = {"decisions": [{"id": edit_id, "decision": "accepted"}]}
    reply = alice.post(f"transformations/{made['id']}/edits/decide", body)
    # JSON with a number beyond 64 bits is not read at all.
    assert (reply.status, reply.body["code"]) == (400, "parse_error" if edit_id >= 2**63 else "invalid_input")


def test_more_decisions_than_a_database_takes_are_refused(alice: Writer, made: dict[str, Any]) -> None:
    body = {"decisions": [{"id": 1, "decision": "accepted"}] * 10_001}
    assert alice.post(f"transformations/{made['id']}/edits/decide", body).status == 400


def test_resuming_what_runs_already_is_refused_and_costs_nothing(alice: Writer) -> None:
    made = alice.post("transformations", {"text": DRAFT, "wait": False}).body
    rows = Transformation.objects.filter(pk=made["id"])
    transition(rows, edges=EDGES, to=State.RUNNING)
    reply = alice.post(f"transformations/{made['id']}/resume")
    assert (reply.status, reply.body["code"]) == (409, "wrong_state")
    assert rows.get().state == "running"
    assert WordUsage.objects.get(account=alice.account).words == made["words"]


@pytest.mark.parametrize("what", ["transformations/{id}", "documents/{document}"])
def test_deleting_what_has_given_nothing_yet_gives_the_words_back(alice: Writer, what: str) -> None:
    alice.post("transformations", {"text": DRAFT})
    kept = WordUsage.objects.get(account=alice.account).words
    waiting = alice.post("transformations", {"text": DRAFT, "wait": False}).body
    assert alice.send("DELETE", what.format(**waiting)).status == 204
    assert WordUsage.objects.get(account=alice.account).words == kept
