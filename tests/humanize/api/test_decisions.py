"""Decisions through the API: what is kept, undone, listed, refused, exported and erased."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient
from rest_framework.test import APIClient

from humanize.models import DecisionEvent, Edit
from tests.writers import DRAFT, PASSWORD, Writer, streamed, writer

pytestmark = pytest.mark.django_db
ALL = {"decision": "accepted", "all": True}


@pytest.fixture
def made(alice: Writer) -> Any:
    return alice.post("transformations", {"text": DRAFT, "level": 5}).body


def decide(who: Writer, made: Any, body: object) -> Any:
    return who.post(f"transformations/{made['id']}/edits/decide", body)


def reject(made: Any, place: int) -> dict[str, Any]:
    return {"decisions": [{"id": made["edits"][place]["id"], "decision": "rejected"}]}


def states() -> list[str]:
    return list(Edit.objects.order_by("start", "end").values_list("decision", flat=True))


def test_accept_all_keeps_single_rejections_until_one_overrides(alice: Writer, made: Any) -> None:
    count = len(made["edits"])
    decide(alice, made, reject(made, 1))
    reply = decide(alice, made, ALL)
    assert (reply.body["accepted"], reply.body["rejected"], reply.body["kept"]) == (count - 1, 1, 1)
    assert made["edits"][1]["before"] in alice.get(f"transformations/{made['id']}/final").body["text"]
    forced = decide(alice, made, ALL | {"override": True})
    assert (forced.body["accepted"], forced.body["kept"]) == (count, 0)
    assert forced.body["changed"] == {"accepted": [made["edits"][1]["id"]], "rejected": [], "undecided": []}
    assert alice.post(f"transformations/{made['id']}/decisions/undo").body["rejected"] == 1
    assert states()[1] == "rejected"


@pytest.mark.parametrize("decision", ["accepted", "rejected"])
def test_a_kind_keeps_single_decisions_and_all_keeps_those_on_a_kind(alice: Writer, made: Any, decision: str) -> None:
    other = "rejected" if decision == "accepted" else "accepted"
    kind = made["edits"][0]["kind"]
    decide(alice, made, {"decisions": [{"id": made["edits"][0]["id"], "decision": other}]})
    of_kind = decide(alice, made, {"decision": decision, "kind": kind}).body
    assert (of_kind["kept"], states()[0]) == (1, other)
    same = [edit["kind"] == kind for edit in made["edits"]]
    whole = decide(alice, made, {"decision": other, "all": True}).body
    assert whole["kept"] == sum(same) - 1
    assert states() == [other] + [decision if one else other for one in same[1:]]


def test_undo_and_redo_walk_through_the_decisions_and_end_at_a_new_one(alice: Writer, made: Any) -> None:
    one = f"transformations/{made['id']}/decisions"
    assert made["decisions"] == {"version": 0, "can_undo": False, "can_redo": False}
    assert [(reply.status, reply.body["code"]) for reply in (alice.post(f"{one}/undo"), alice.post(f"{one}/redo"))] == [
        (409, "wrong_state")
    ] * 2
    decide(alice, made, reject(made, 0))
    decide(alice, made, ALL)
    accepted = states()
    undone = alice.post(f"{one}/undo", {"version": 2}).body
    assert (undone["version"], undone["can_undo"], undone["can_redo"]) == (3, True, True)
    assert states() == ["rejected"] + ["undecided"] * (len(accepted) - 1)
    assert alice.post(f"{one}/redo", {"version": 2}).body["code"] == "stale_version"
    assert alice.post(f"{one}/redo", {"version": 3}).status == 200
    assert states() == accepted
    alice.post(f"{one}/undo")
    decide(alice, made, reject(made, 1))
    assert alice.post(f"{one}/redo").status == 409
    read = alice.get(f"transformations/{made['id']}").body["decisions"]
    assert read == {"version": 6, "can_undo": True, "can_redo": False}


def test_the_history_says_who_decided_what_when_and_by_which_door(alice: Writer, made: Any) -> None:
    session = APIClient()
    session.force_login(alice.account.user)
    path = f"/api/v1/transformations/{made['id']}"
    session.post(f"{path}/edits/decide", reject(made, 0), format="json")
    decide(alice, made, ALL)
    alice.post(f"transformations/{made['id']}/decisions/undo")
    rows: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        query = f"?page_size=2&cursor={cursor}" if cursor else "?page_size=2"
        page = alice.get(f"transformations/{made['id']}/decisions{query}").body
        rows, cursor = rows + page["results"], page["next"]
    count = len(made["edits"])
    found = [(row["number"], row["action"], row["target"], row["scope"], row["door"], row["by"]) for row in rows]
    assert found == [
        *[(3, "undo", 2, "all", "api", "alice")] * (count - 1),
        *[(2, "decide", None, "all", "api", "alice")] * (count - 1),
        (1, "decide", None, "single", "editor", "alice"),
    ]
    assert (rows[-1]["edit"], rows[-1]["previous"], rows[-1]["decision"]) == (
        made["edits"][0]["id"], "undecided", "rejected",
    )  # fmt: skip
    assert rows[0]["created_at"] >= rows[-1]["created_at"]


@pytest.mark.parametrize(
    "query", ["?cursor=zzz", "?cursor=WyJhIiwgImIiXQ", "?page_size=0", "?page_size=201", "?number=1", "?cursor="]
)
def test_a_strange_query_of_the_history_is_refused(alice: Writer, made: Any, query: str) -> None:
    assert alice.get(f"transformations/{made['id']}/decisions{query}").status == 400


@pytest.mark.parametrize(
    "body",
    [
        ALL | {"overide": True},
        ALL | {"override": "perhaps"},
        {"decisions": [], "override": True},
        {"decision": "accepted", "override": True},
        {"decisions": [{"id": 1, "decision": "accepted"}, {"id": 1, "decision": "rejected"}]},
    ],
)
def test_what_is_unclear_changes_nothing(alice: Writer, made: Any, body: object) -> None:
    assert decide(alice, made, body).status == 400
    assert (DecisionEvent.objects.count(), set(states())) == (0, {"undecided"})


@pytest.mark.parametrize("body", [{"version": -1}, {"version": "x"}, {"versoin": 1}, {"version": 2**31}])
@pytest.mark.parametrize("what", ["undo", "redo"])
def test_a_strange_version_is_refused(alice: Writer, made: Any, what: str, body: object) -> None:
    decide(alice, made, ALL)
    assert alice.post(f"transformations/{made['id']}/decisions/{what}", body).status == 400
    assert set(states()) == {"accepted"}


def test_a_stranger_neither_reads_nor_changes_decisions(alice: Writer, charlie: Writer, made: Any) -> None:
    decide(alice, made, ALL)
    one = f"transformations/{made['id']}"
    staff = APIClient()
    charlie.account.user.is_staff = True
    charlie.account.user.save()
    staff.force_login(charlie.account.user)
    replies = [decide(charlie, made, ALL), charlie.get(f"{one}/decisions")]
    replies += [charlie.post(f"{one}/decisions/{what}") for what in ("undo", "redo")]
    assert [reply.status for reply in replies] == [404] * 4
    assert staff.post(f"/api/v1/{one}/decisions/undo").status_code == 404
    assert APIClient().get(f"/api/v1/{one}/decisions").status_code == 401
    assert set(states()) == {"accepted"}


@pytest.mark.django_db(transaction=True)
def test_decisions_are_exported_and_erased_with_the_account() -> None:
    alice = writer("alice", "ENTERPRISE")
    made = alice.post("transformations", {"text": DRAFT}).body
    decide(alice, made, reject(made, 0))
    alice.api.logout()

    async def download() -> bytes:
        client = AsyncClient()
        await client.alogin(username="alice", password=PASSWORD)
        return b"".join([part async for part in streamed(await client.get("/api/v1/account/export"))])

    exported = json.loads(async_to_sync(download)())["transformations"][0]
    assert exported["decisions"] == {"version": 1, "can_undo": True, "can_redo": False}
    assert [(row["edit"], row["decision"]) for row in exported["decision_events"]] == [
        (made["edits"][0]["id"], "rejected")
    ]
    session = APIClient()
    session.force_login(alice.account.user)
    assert session.delete("/api/v1/account", {"password": PASSWORD}, format="json").status_code == 204
    assert DecisionEvent.objects.count() == 0
