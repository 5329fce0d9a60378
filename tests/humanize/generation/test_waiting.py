"""Slow vendors, lost workers, long texts: what happens while we wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from humanize.generation import parallel, settlement
from humanize.generation.connections import call_in_thread
from humanize.models import Chunk, Edit, RoutePolicy, Transformation
from humanize.transformations import worker
from serving.gateway import snapshot
from serving.models import Deployment, Invocation
from tests.humanize.deployments import Engines, edited, join_calls, swapped
from tests.vendors import Seen
from tests.waiting import HANG_S, wait_until
from tests.writers import DRAFT, Writer, writer
from youman.core.accounts.lifecycle import give_consent

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "\n\n".join(f"Paragraph number {n} stands here. {DRAFT}" for n in range(60))


@pytest.fixture
def bea(engines: Engines) -> Writer:
    engines.add("small")
    return writer("bea", "BASIC")


def policy(**values: object) -> None:
    RoutePolicy.objects.update_or_create(tier="BASIC", defaults={"aim": "cost", "uses_own_models": False} | values)


def test_a_slow_call_is_joined_by_the_next_candidates(engines: Engines, bea: Writer) -> None:
    engines.add("large")
    policy(hedge_after_s=0.2, deadline_s=60.0)
    server = engines.server
    server.answer = lambda seen: edited(seen) if seen.vendor == "anthropic" else _late(server.release, seen)
    body = bea.post("transformations", {"text": DRAFT}).body
    assert body["result"] == swapped(DRAFT)
    assert engines.asked == ["openai", "anthropic"]
    assert [step["candidate"] for step in body["route"] if step["outcome"] == "answered"] == ["large"]
    server.release.set()
    join_calls()
    assert settlement.settle_late() == 1
    row, calls = Transformation.objects.get(), list(Invocation.objects.all())
    assert row.cost == sum(call.cost for call in calls) == sum(Decimal(step.get("cost", "0")) for step in row.route)
    assert len(calls) == 2
    assert (row.route[-1]["candidate"], row.route[-1]["outcome"]) == ("small", "late")
    assert (
        bea.get(f"transformations/{row.pk}")
        .body["route_sentence"]
        .endswith("; small was called at the same time and charged too.")
    )
    assert settlement.settle_late() == 0


def test_a_quick_call_is_not_joined(engines: Engines, bea: Writer) -> None:
    engines.add("large")
    policy(hedge_after_s=30.0, deadline_s=120.0)
    assert bea.post("transformations", {"text": DRAFT}).body["result"] == swapped(DRAFT)
    assert engines.asked == ["openai"]


def test_a_hedged_call_that_fails_at_once_leaves_the_turn_to_the_next(engines: Engines, bea: Writer) -> None:
    engines.add("large")
    policy(hedge_after_s=30.0, deadline_s=120.0)
    engines.server.faults.append("quota")
    assert bea.post("transformations", {"text": DRAFT}).body["result"] == swapped(DRAFT)
    assert engines.asked == ["openai", "anthropic"]


def test_a_worker_that_lost_the_row_on_the_way_writes_nothing_more(
    engines: Engines, bea: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "AT_ONCE", 1)
    row = Transformation.objects.get(pk=bea.post("transformations", {"text": LONG, "wait": False}).body["id"])
    server, taken = engines.server, threading.Event()

    def answer(seen: Seen) -> str:
        if len(server.seen) == 2 and not taken.is_set():
            taken.set()
            call_in_thread(wait_until, _first_part_is_stored(row))  # or its beat would come after the row was aged
            call_in_thread(_age, row)
            assert call_in_thread(worker.reap) == 1
        return edited(seen)

    server.answer = answer
    worker.run(row.pk)
    row.refresh_from_db()
    assert (row.state, row.done_chunks) == ("queued", 1)
    worker.run(row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempt) == ("completed", 2)
    assert row.result == "\n\n".join(f"Paragraph number {n} stands here. {swapped(DRAFT)}" for n in range(60))
    assert Chunk.objects.filter(state="done").count() == row.total_chunks == 3
    assert Edit.objects.filter(transformation=row).count() == 240
    assert row.cost == sum(call.cost for call in Invocation.objects.all())


def test_parts_that_meet_a_limit_wait_for_each_other(engines: Engines) -> None:
    engines.add("small", concurrency=1)
    body = writer("bea", "BASIC").post("transformations", {"text": LONG, "wait": True}).body
    assert [step["candidate"] for step in body["route"] if step["outcome"] == "answered"] == ["small"]
    assert engines.asked == ["openai"] * 3


def test_a_short_text_that_meets_a_limit_goes_to_the_next(engines: Engines, bea: Writer) -> None:
    Deployment.objects.update(requests_per_minute=1)
    snapshot.clear_cache()
    engines.add("large")
    for text in (DRAFT, f"{DRAFT} So."):
        bea.post("transformations", {"text": text})
    assert engines.asked == ["openai", "anthropic"]


def test_a_cancelled_text_stops_between_its_parts(
    engines: Engines, bea: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "AT_ONCE", 1)
    made = bea.post("transformations", {"text": LONG, "wait": False}).body["id"]

    def answer(seen: Seen) -> str:
        call_in_thread(bea.post, f"transformations/{made}/cancel")
        return edited(seen)

    engines.server.answer = answer
    worker.run(Transformation.objects.get().pk)
    assert (Transformation.objects.get().state, Chunk.objects.filter(state="done").count()) == ("cancelled", 0)
    assert len(engines.asked) <= 2
    join_calls()
    settlement.settle_late()
    assert Transformation.objects.get().cost == sum(call.cost for call in Invocation.objects.all()) > 0


def test_a_chosen_model_that_is_gone_by_the_time_leaves_the_rules(engines: Engines, bea: Writer) -> None:
    made = bea.post("transformations", {"text": DRAFT, "wait": False, "model": "small"}).body["id"]
    engines.remove("small")
    worker.run(Transformation.objects.get().pk)
    body = bea.get(f"transformations/{made}").body
    assert body["state"] == "completed"
    assert [step["candidate"] for step in body["route"] if step["outcome"] == "answered"] == ["rules"]


def test_accepted_edits_teach_the_prompt_only_with_consent_and_only_their_author(engines: Engines, bea: Writer) -> None:
    body = bea.post("transformations", {"text": DRAFT}).body
    bea.post(f"transformations/{body['id']}/edits/decide", {"decision": "accepted", "all": True})
    other = f"{DRAFT} It rained."
    bea.post("transformations", {"text": other})
    assert "<examples-" not in engines.server.seen[-1].prompt
    give_consent(account=bea.account, actor="tests")
    bea.account.refresh_from_db()
    bea.post("transformations", {"text": f"{other} It poured."})
    shown = engines.server.seen[-1].prompt.split("<examples-")[1]
    was = "was: Furthermore, the plan plays a pivotal role in our work."
    assert f"{was}\nnow: The plan matters in our work." in shown
    cora = writer("cora", "BASIC")
    give_consent(account=cora.account, actor="tests")
    cora.post("transformations", {"text": DRAFT})
    assert "<examples-" not in engines.server.seen[-1].prompt


def _late(release: threading.Event, seen: Seen) -> str:
    release.wait(HANG_S)
    return edited(seen)


def _first_part_is_stored(row: Transformation) -> Callable[[], bool]:
    return Transformation.objects.filter(pk=row.pk, done_chunks=1).exists


def _age(row: Transformation) -> None:
    """As if its worker had been silent for two minutes."""
    Transformation.objects.filter(pk=row.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=2))
