"""What a writer decides reaches the ledger's outcomes, once, and the cache answers for nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from humanize.generation import cache
from humanize.models import CachedAnswer, Edit
from serving.models import Invocation, InvocationOutcome
from tests.humanize.deployments import Engines, swapped
from tests.writers import DRAFT, Writer, writer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bea(engines: Engines) -> Writer:
    engines.add("small")
    return writer("bea", "BASIC")


def told() -> list[tuple[int, int, int, int | None]]:
    rows = InvocationOutcome.objects.order_by("created_at", "id")
    return [(row.accepted, row.rejected, row.undecided, row.rating) for row in rows]


def test_decisions_are_told_once_and_again_only_when_they_change(bea: Writer) -> None:
    body = bea.post("transformations", {"text": DRAFT}).body
    path, ids = f"transformations/{body['id']}/edits/decide", [edit["id"] for edit in body["edits"]]
    assert len(ids) == 4
    first = {"decisions": [{"id": ids[0], "decision": "accepted"}, {"id": ids[1], "decision": "rejected"}]}
    assert bea.post(path, first).status == 200
    assert bea.post(path, first).status == 200
    assert told() == [(1, 1, 2, None)]
    assert bea.post(path, {"decision": "accepted", "all": True}).status == 200
    assert told() == [(1, 1, 2, None), (3, 1, 0, None)]
    assert bea.post(f"transformations/{body['id']}/decisions/undo").status == 200
    assert told()[2:] == [(1, 1, 2, None)]
    assert bea.post(f"transformations/{body['id']}/decisions/redo").status == 200
    assert told()[3:] == [(3, 1, 0, None)]
    assert bea.post(path, {"decision": "undecided", "all": True}).status == 200
    assert told()[-1] == (0, 0, 4, None)


def test_an_edit_to_look_at_counts_as_undecided_until_it_is_accepted_by_itself(bea: Writer) -> None:
    body = bea.post("transformations", {"text": DRAFT}).body
    path, ids = f"transformations/{body['id']}/edits/decide", [edit["id"] for edit in body["edits"]]
    Edit.objects.filter(pk=ids[1]).update(look="Read it.")
    assert bea.post(path, {"decision": "accepted", "all": True}).status == 200
    for decision in ("accepted", "rejected"):
        assert bea.post(path, {"decisions": [{"id": ids[1], "decision": decision}]}).status == 200
    assert told() == [(3, 0, 1, None), (4, 0, 0, None), (3, 1, 0, None)]


def test_a_rating_is_told_with_the_counts(bea: Writer) -> None:
    body = bea.post("transformations", {"text": DRAFT}).body
    assert bea.post(f"transformations/{body['id']}/feedback", {"rating": 5}).status == 201
    assert bea.post(f"transformations/{body['id']}/feedback", {"rating": 5}).status == 201
    assert told() == [(0, 0, 4, 5)]


def test_the_rules_edits_are_told_to_nobody(engines: Engines) -> None:
    fred = writer("fred", "FREE")
    body = fred.post("transformations", {"text": DRAFT}).body
    assert fred.post(f"transformations/{body['id']}/edits/decide", {"decision": "accepted", "all": True}).status == 200
    assert told() == []


def test_the_same_text_again_is_answered_from_the_cache_at_no_cost(engines: Engines, bea: Writer) -> None:
    first = bea.post("transformations", {"text": DRAFT}).body
    second = bea.post("transformations", {"text": f"\n  {DRAFT}\n"}).body
    assert second["result"] == f"\n  {swapped(DRAFT)}\n"
    assert engines.asked == ["openai"]
    assert (first["cost"] != "0", float(second["cost"])) == (True, 0.0)
    assert second["route"][-1]["reason"] == "made 4 edits (from the cache)"
    assert second["route_sentence"] == "small rewrote this, from the cache, at no cost."
    paid, free = Invocation.objects.order_by("created_at")
    assert (paid.cached_hit, free.cached_hit, free.cost) == (False, True, Decimal(0))
    assert free.baseline_cost == paid.baseline_cost
    edits = Edit.objects.filter(transformation=second["id"])
    assert {edit.invocation for edit in edits} == {free.pk}


@pytest.mark.parametrize(
    "changed", [{"level": 2}, {"strategy": "casual"}, {"protected": ["plan"]}, {"text": f"{DRAFT} So."}]
)
def test_other_options_or_another_text_are_asked_for(engines: Engines, bea: Writer, changed: dict[str, object]) -> None:
    bea.post("transformations", {"text": DRAFT})
    bea.post("transformations", {"text": DRAFT} | changed)
    assert engines.asked == ["openai", "openai"]


def test_another_account_is_never_answered_from_it(engines: Engines, bea: Writer) -> None:
    bea.post("transformations", {"text": DRAFT})
    writer("cora", "BASIC").post("transformations", {"text": DRAFT})
    assert engines.asked == ["openai", "openai"]
    assert CachedAnswer.objects.count() == 2


def test_the_answer_goes_with_the_text_it_was_given_for(engines: Engines, bea: Writer) -> None:
    body = bea.post("transformations", {"text": DRAFT}).body
    assert CachedAnswer.objects.count() == 1
    bea.send("DELETE", f"transformations/{body['id']}")
    assert CachedAnswer.objects.count() == 0


def test_old_answers_are_neither_given_nor_kept(engines: Engines, bea: Writer) -> None:
    bea.post("transformations", {"text": DRAFT})
    row = CachedAnswer.objects.get()
    CachedAnswer.objects.update(created_at=row.created_at - cache.LIFETIME)
    bea.post("transformations", {"text": DRAFT})
    assert engines.asked == ["openai", "openai"]
    CachedAnswer.objects.update(created_at=row.created_at - cache.LIFETIME)
    assert cache.prune() == 1


def test_a_cached_answer_that_does_not_fit_is_asked_for_again(engines: Engines, bea: Writer) -> None:
    bea.post("transformations", {"text": DRAFT})
    row = CachedAnswer.objects.get()
    CachedAnswer.objects.update(edits=[row.edits[0] | {"before": "something else"}])
    assert bea.post("transformations", {"text": DRAFT}).body["result"] == swapped(DRAFT)
    assert engines.asked == ["openai", "openai"]


def test_what_the_rules_did_is_not_cached(engines: Engines, bea: Writer) -> None:
    engines.server.always = "quota"
    bea.post("transformations", {"text": DRAFT})
    assert CachedAnswer.objects.count() == 0
