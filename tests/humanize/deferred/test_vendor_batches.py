"""Texts that may wait a day, by the vendors' own batch endpoints: real HTTP, faults, ledger, budgets, the deadline."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from humanize.deferred import dispatch
from humanize.models import Deferred, Transformation
from humanize.transformations import worker
from serving.gateway import snapshot
from serving.models import (
    Budget,
    BudgetPeriod,
    Deployment,
    Invocation,
    ProviderModel,
    Reservation,
    TierPrice,
    VendorBatch,
    VendorBatchItem,
)
from tests.humanize.deployments import MODELS, Engines, swapped
from tests.vendors import Seen
from tests.writers import DRAFT, Writer, writer

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = f"{DRAFT} It rained in the evening."
LONG = "\n\n".join(f"Paragraph number {n} stands here. {DRAFT}" for n in range(60))


@pytest.fixture
def bea(engines: Engines) -> Writer:
    return writer("bea", "BASIC")


def add(engines: Engines, kind: str, *, name: str = "") -> Deployment:
    """A deployment that takes batches, whatever the catalogue says of its model."""
    made = engines.add(kind, name=name, capabilities={"has_batch": True})
    model = made.provider_model
    assert model is not None
    TierPrice.objects.filter(model=model).delete()
    TierPrice.objects.create(model=model, share=Decimal("0.5"), from_day="2024-01-01")
    snapshot.clear_cache()
    return made


def hand_in(bea: Writer, *texts: str) -> list[str]:
    body = bea.post("batches", {"documents": [{"text": text} for text in texts], "service_tier": "batch"}).body
    run_queued()
    return [item["transformation"]["id"] for item in body["items"]]


def run_queued() -> None:
    for row in Transformation.objects.filter(state="queued"):
        worker.run(row.pk)


def later(**ahead: float) -> datetime:
    return timezone.now() + timedelta(**ahead)


@pytest.mark.parametrize("kind", MODELS)
def test_documents_are_answered_by_the_vendors_batch_at_half_the_price(
    engines: Engines, bea: Writer, kind: str
) -> None:
    add(engines, kind)
    ids = hand_in(bea, DRAFT, OTHER)
    assert {row.state for row in Transformation.objects.all()} == {"waiting"}
    assert bea.get(f"transformations/{ids[0]}").body["summary"].startswith("Waiting for the vendor's batch")
    dispatch.advance_batches()
    run_queued()
    assert [bea.get(f"transformations/{id}").body["result"] for id in ids] == [swapped(DRAFT), swapped(OTHER)]
    assert (engines.asked, len(engines.server.batches.jobs)) == ([], 1)  # nothing was asked live
    batch = VendorBatch.objects.get()
    assert (batch.state, batch.items.count(), Deferred.objects.count()) == ("collected", 2, 0)
    for call in Invocation.objects.all():
        assert (call.service_tier, call.error, call.estimated) == ("batch", "", False)
        units = {name: Decimal(price) for name, price in call.unit_prices.items()}
        assert call.cost == (call.tokens_in * units["input"] + call.tokens_out * units["output"]) / 1_000_000
        assert call.baseline_cost == Decimal("0.0006")  # 120 and 30 tokens by GPT-4o, at its whole price
        assert call.price_list.endswith("; batch 0.5 since 2024-01-01")
    assert sorted(call.words_in for call in Invocation.objects.all()) == [29, 34]
    row = Transformation.objects.get(pk=ids[0])
    assert row.cost == Invocation.objects.get(transformation=row.pk).cost > 0
    assert row.route[-1]["reason"] == "made 4 edits (from its vendor's batch)"


def test_half_the_price_is_half_the_price_and_staff_see_the_batch(engines: Engines, bea: Writer) -> None:
    add(engines, "small")
    hand_in(bea, DRAFT)
    dispatch.advance_batches()
    staff = Client()
    staff.force_login(get_user_model().objects.create_superuser("root", password="x" * 12))
    at = "/admin/serving/vendorbatch/"
    assert "1 answered" in staff.get(at).content.decode()
    page = staff.get(f"{at}{VendorBatch.objects.get().pk}/change/").content.decode()
    assert DRAFT[:20] not in page
    assert staff.post(f"{at}{VendorBatch.objects.get().pk}/change/", {"state": "failed"}).status_code == 403
    assert Invocation.objects.get().unit_prices["input"] == "0.05"  # of GPT-6 Luna's 0.10
    assert Invocation.objects.get().cost == Decimal("0.0000135")


def test_the_ledger_has_the_language_of_what_was_asked(engines: Engines, bea: Writer) -> None:
    add(engines, "small")
    bea.post("transformations", {"text": DRAFT, "language": "de", "service_tier": "batch"})
    run_queued()
    dispatch.advance_batches()
    assert (Invocation.objects.get().statistics or {})["language"] == "de"


def test_a_book_is_one_batch_and_comes_back_in_order(engines: Engines, bea: Writer) -> None:
    add(engines, "large")
    made = bea.post("transformations", {"text": LONG, "service_tier": "batch", "wait": True})
    assert (made.status, made.body["state"]) == (202, "queued")
    run_queued()
    dispatch.advance_batches()
    run_queued()
    row = Transformation.objects.get()
    assert row.result == "\n\n".join(f"Paragraph number {n} stands here. {swapped(DRAFT)}" for n in range(60))
    assert VendorBatchItem.objects.filter(state="answered").count() == row.total_chunks == 3
    assert engines.asked == []


@pytest.mark.parametrize("kind", MODELS)
def test_a_batch_whose_acceptance_was_not_heard_is_found_and_not_sent_twice(
    engines: Engines, bea: Writer, kind: str
) -> None:
    add(engines, kind)
    hand_in(bea, DRAFT)
    engines.server.batches.submit.append("lost")
    dispatch.advance_batches()
    batch = VendorBatch.objects.get()
    assert (batch.state, batch.tries, len(engines.server.batches.jobs)) == ("submitting", 1, 1)
    dispatch.advance_batches(now=later(minutes=2))
    dispatch.advance_batches(now=later(minutes=3))
    assert (VendorBatch.objects.get().state, len(engines.server.batches.jobs)) == ("collected", 1)
    run_queued()
    assert Transformation.objects.get().result == swapped(DRAFT)
    assert Invocation.objects.count() == 1


def test_a_batch_of_the_same_size_that_is_another_s_is_given_back(engines: Engines, bea: Writer) -> None:
    add(engines, "large")
    hand_in(bea, DRAFT)
    batches = engines.server.batches
    batches.submit.append("overload_529")  # it was not taken, and somebody else hands one in at that moment
    dispatch.advance_batches()
    engines.server.batches.handle(
        "POST", "anthropic", "/v1/messages/batches",
        b'{"requests": [{"custom_id": "x", "params": {"model": "m", "messages": [{"content": "Hello."}]}}]}',
        lambda *who: {},
    )  # fmt: skip
    engines.server.answer = lambda seen: "NONE\nEND"
    dispatch.advance_batches(now=later(minutes=2))  # taken for ours, over, and its results are not
    row = VendorBatch.objects.get()
    assert (row.state, row.not_ours, Invocation.objects.count()) == ("submitting", ["msgbatch_1"], 0)
    dispatch.advance_batches(now=later(minutes=4))
    assert (VendorBatch.objects.get().state, sorted(batches.jobs)) == ("collected", ["msgbatch_1", "msgbatch_2"])
    assert (Invocation.objects.count(), batches.cancelled) == (1, [])


@pytest.mark.parametrize("kind", MODELS)
def test_what_expired_or_failed_is_asked_for_live(engines: Engines, bea: Writer, kind: str) -> None:
    add(engines, kind)
    ids = hand_in(bea, DRAFT, OTHER, f"{DRAFT} So.", f"{DRAFT} Yes.")
    engines.server.batches.mode = "expired"  # Google gives nothing then
    engines.server.batches.items[0] = "server_500"
    dispatch.advance_batches()
    run_queued()
    for id, text in zip(ids, [DRAFT, OTHER, f"{DRAFT} So.", f"{DRAFT} Yes."], strict=True):
        assert bea.get(f"transformations/{id}").body["result"] == swapped(text)
    errors = sorted(Invocation.objects.filter(service_tier="batch").values_list("error", flat=True))
    assert errors == ["", "server", "timeout", "timeout"]
    assert len(engines.asked) == 3
    for row in Transformation.objects.all():
        assert row.cost == sum(call.cost for call in Invocation.objects.filter(transformation=row.pk))


@pytest.mark.parametrize("kind", MODELS)
def test_results_that_break_off_are_fetched_again_and_booked_once(engines: Engines, bea: Writer, kind: str) -> None:
    add(engines, kind)
    hand_in(bea, DRAFT, OTHER)
    engines.server.batches.download.extend(["", "cut"] if kind == "third" else ["cut"])  # Google's come with the state
    dispatch.advance_batches()
    assert VendorBatch.objects.get().state == "ended"
    dispatch.advance_batches(now=later(minutes=1))
    assert VendorBatch.objects.get().state == "collected"
    run_queued()
    assert Invocation.objects.count() == 2
    assert [row.state for row in Transformation.objects.all()] == ["completed"] * 2


def test_a_batch_refused_in_validation_falls_back_to_live_calls(engines: Engines, bea: Writer) -> None:
    add(engines, "small")
    hand_in(bea, DRAFT)
    engines.server.batches.mode = "failed"
    dispatch.advance_batches()
    assert VendorBatch.objects.get().note == "failed, invalid_json_line"
    run_queued()
    assert (Transformation.objects.get().result, engines.asked) == (swapped(DRAFT), ["openai"])


def test_a_refused_submission_holds_no_money_and_asks_live(engines: Engines, bea: Writer) -> None:
    add(engines, "small")
    Budget.objects.create(scope="account", subject=str(bea.account.pk), span="day", money=1)
    snapshot.clear_cache()
    hand_in(bea, DRAFT)
    engines.server.batches.submit.append("quota")
    dispatch.advance_batches()
    assert (VendorBatch.objects.get().state, Reservation.objects.count()) == ("failed", 0)
    assert BudgetPeriod.objects.get().money_reserved == 0
    run_queued()
    row = Transformation.objects.get()
    assert row.state == "completed"
    assert row.route[-2]["reason"] == "the quota at its vendor is used up"
    assert [step["candidate"] for step in row.route if step["outcome"] == "answered"] == ["rules"]


def test_money_is_held_while_it_waits_and_settled_by_the_answer(engines: Engines, bea: Writer) -> None:
    add(engines, "small")
    Budget.objects.create(scope="account", subject=str(bea.account.pk), span="day", money=1)
    snapshot.clear_cache()
    hand_in(bea, DRAFT)
    engines.server.batches.mode = "running"
    dispatch.advance_batches()
    assert BudgetPeriod.objects.get().money_reserved == VendorBatchItem.objects.get().money_held > 0
    engines.server.batches.mode = "done"
    dispatch.advance_batches(now=later(minutes=1))
    period = BudgetPeriod.objects.get()
    assert (period.money_reserved, period.money_spent) == (Decimal(0), Invocation.objects.get().cost)


def test_what_does_not_fit_the_budget_is_not_handed_in_and_says_so(engines: Engines, bea: Writer) -> None:
    add(engines, "small")
    Budget.objects.create(scope="account", subject=str(bea.account.pk), span="day", money=Decimal("0.00001"))
    snapshot.clear_cache()
    hand_in(bea, DRAFT)
    dispatch.advance_batches()
    run_queued()
    assert (VendorBatch.objects.count(), engines.server.batches.jobs) == (0, {})
    body = bea.get("transformations").body["results"][0]
    assert "The call does not fit into today's budget for your account" in body["route_sentence"]


def test_at_the_deadline_the_vendor_is_asked_to_stop_and_the_rest_is_asked_for_live(
    engines: Engines, bea: Writer
) -> None:
    add(engines, "small")
    hand_in(bea, DRAFT, OTHER)
    batches = engines.server.batches
    batches.mode = "running"
    dispatch.advance_batches()
    dispatch.advance_batches(now=later(hours=23))
    assert (batches.cancelled, Transformation.objects.filter(state="waiting").count()) == ([], 2)
    dispatch.advance_batches(now=later(hours=24, minutes=1))
    assert batches.cancelled == ["batch_1"]
    batches.mode = "done"  # and hands over the half that it had done
    dispatch.advance_batches(now=later(hours=24, minutes=2))
    run_queued()
    assert [row.state for row in Transformation.objects.all()] == ["completed"] * 2
    assert sorted(Invocation.objects.values_list("service_tier", "error")) == [
        ("batch", ""), ("batch", "timeout"), ("standard", ""),
    ]  # fmt: skip


def test_a_vendor_that_never_ends_costs_the_writer_no_more_than_the_deadline(engines: Engines, bea: Writer) -> None:
    add(engines, "large")
    hand_in(bea, DRAFT)
    engines.server.batches.mode = "running"
    dispatch.advance_batches()
    engines.server.batches.jobs.clear()  # and knows nothing of it any more
    engines.server.release.set()
    dispatch.advance_batches(now=later(hours=24, minutes=31))
    run_queued()
    assert Transformation.objects.get().result == swapped(DRAFT)


def test_an_answer_that_fails_its_checks_is_asked_for_again_live(engines: Engines, bea: Writer) -> None:
    add(engines, "small")
    hand_in(bea, DRAFT)
    good = engines.server.answer

    def answer(seen: Seen) -> str:
        return "[1 w] It was 1987.\nEND" if "/files/" in seen.path else good(seen)

    engines.server.answer = answer
    dispatch.advance_batches()
    run_queued()
    row = Transformation.objects.get()
    assert row.state == "completed"
    assert engines.asked[0] == "openai"
    assert Invocation.objects.filter(transformation=row.pk).count() == 1 + len(engines.asked)


def test_a_cancelled_text_stops_its_batch_and_still_says_what_it_cost(engines: Engines, bea: Writer) -> None:
    add(engines, "small")
    (id,) = hand_in(bea, DRAFT)
    batches = engines.server.batches
    batches.mode = "running"
    dispatch.advance_batches()
    assert bea.post(f"transformations/{id}/cancel", {}).body["state"] == "cancelled"
    dispatch.advance_batches(now=later(minutes=1))
    assert batches.cancelled == ["batch_1"]
    dispatch.advance_batches(now=later(minutes=2))
    row = Transformation.objects.get()
    assert (VendorBatch.objects.get().state, row.state, str(row.cost.normalize())) == ("collected", "cancelled", "0")


def test_a_text_cancelled_before_it_went_out_is_not_sent(engines: Engines, bea: Writer) -> None:
    add(engines, "small")
    (id,) = hand_in(bea, DRAFT)
    dispatch.gather()
    bea.post(f"transformations/{id}/cancel", {})
    dispatch.advance_batches()
    assert (VendorBatch.objects.get().state, VendorBatchItem.objects.get().state) == ("failed", "dropped")
    assert engines.server.batches.jobs == {}


def test_a_model_without_batches_or_without_a_price_is_asked_live(engines: Engines, bea: Writer) -> None:
    engines.add("small", capabilities={"has_batch": False})
    add(engines, "third", name="third")
    TierPrice.objects.filter(model=ProviderModel.objects.get(model_id=MODELS["third"][1])).delete()
    snapshot.clear_cache()
    documents = [{"text": DRAFT, "model": "small"}, {"text": DRAFT, "model": "third"}]
    bea.post("batches", {"documents": documents, "service_tier": "batch"})
    run_queued()
    assert [row.state for row in Transformation.objects.all()] == ["completed"] * 2


def test_google_s_answers_without_names_are_told_by_their_order(engines: Engines, bea: Writer) -> None:
    add(engines, "third")
    ids = hand_in(bea, DRAFT, OTHER)
    engines.server.batches.nameless = True
    dispatch.advance_batches()
    run_queued()
    assert [bea.get(f"transformations/{id}").body["result"] for id in ids] == [swapped(DRAFT), swapped(OTHER)]
    assert engines.asked == []
