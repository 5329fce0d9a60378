from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from serving import selectors
from serving.backends.base import RateError, RewriteRequest, ServerError
from serving.deployments import acceptance_by_band
from serving.gateway import breaker, calls, outcomes
from serving.gateway.ledger import Caller
from serving.models import Deployment, InvocationOutcome
from serving.selectors import LiveDeployment, live_deployments
from youman.core.database.ids import new_id

pytestmark = pytest.mark.django_db
ASK = RewriteRequest("We leverage tools.", prompt="1: We leverage tools.", max_output_tokens=100)


def fake_one() -> LiveDeployment:
    return next(one for one in live_deployments() if one.name == "fake")


def judged(caller: Caller, accepted: int, rejected: int, **more: bool) -> None:
    answered = calls.rewrite(deployment="fake", request=ASK, caller=caller)
    outcomes.record_outcome(
        invocation_id=answered.invocation_id, accepted=accepted, rejected=rejected, **more,
    )  # fmt: skip


def test_a_pause_and_an_open_breaker_are_said_and_a_probe_is_let_through(
    fake: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "SECONDS", 0.0)
    permit = breaker.Permit("fake")
    breaker.settle(permit, RateError("slow down", cool_s=60))
    assert fake_one().why_not.startswith("fake pauses until ")
    breaker.reset("fake")
    for _ in range(3):
        breaker.settle(permit, ServerError())
    assert fake_one().why_not.startswith("fake failed too often and pauses until ")
    later = round(1000 * (timezone.now() + timedelta(minutes=2)).timestamp())
    monkeypatch.setattr(breaker, "clock_ms", lambda: later)
    assert fake_one().available


def test_nobody_has_judged_it_yet(fake: Deployment) -> None:
    assert fake_one().expected == ()
    unseen = acceptance_by_band.expectation_of("low", "auto", 0, 0)
    assert (unseen.quality, round(unseen.uncertainty, 4), unseen.answers) == (0.5, 0.2887, 0)


def test_what_writers_keep_is_learnt_by_band_and_strategy(fake: Deployment, caller: Caller) -> None:
    judged(caller, 3, 1)
    judged(caller, 1, 1)
    judged(Caller(7, "BASIC", strategy="casual", complexity="high"), 4, 0)
    acceptance_by_band.clear_cache()
    found = {(one.complexity, one.strategy): (one.quality, one.answers) for one in fake_one().expected}
    assert found == {("medium", "auto"): (2.25 / 4, 2), ("high", "casual"): (2 / 3, 1)}


def test_the_latest_outcome_counts_and_a_failed_verification_counts_as_nothing_kept(
    fake: Deployment, caller: Caller
) -> None:
    answered = calls.rewrite(deployment="fake", request=ASK, caller=caller)
    for accepted, rejected in ((0, 5), (5, 0)):
        outcomes.record_outcome(invocation_id=answered.invocation_id, accepted=accepted, rejected=rejected)
    judged(caller, 0, 0, verified=False)
    judged(caller, 0, 0)  # nothing decided yet
    acceptance_by_band.clear_cache()
    assert [(one.quality, one.answers) for one in fake_one().expected] == [(0.5, 2)]
    assert InvocationOutcome.objects.count() == 4


def test_a_new_version_begins_with_what_was_learnt_of_its_model_for_a_few_answers() -> None:
    place, model = ("medium", "auto"), new_id()
    learnt = acceptance_by_band.AcceptanceTable(
        {1: {place: (200.0, 180.0)}, 2: {place: (10.0, 5.0)}}, {model: {place: (210.0, 185.0)}}
    )
    (new,), (second,), (first,) = (learnt.expectations_of(pk, model) for pk in (3, 2, 1))
    assert (round(new.quality, 3), new.answers) == (round((40 * 185 / 210 + 1) / 42, 3), 40)
    assert (round(second.quality, 3), second.answers) == (round((36 + 5 + 1) / 52, 3), 50)
    assert (round(first.quality, 3), first.answers) == (round((180 + 5 + 1) / 212, 3), 210)
    assert learnt.expectations_of(3, None) == ()


@pytest.mark.parametrize("deployments", [1, 3])
def test_reading_all_takes_the_same_queries_for_one_and_three(
    fake: Deployment, django_assert_num_queries: DjangoAssertNumQueries, deployments: int
) -> None:
    for number in range(1, deployments):
        Deployment.objects.create(
            name=f"fake-{number}", kind="llm", backend="recorded", provider_model=fake.provider_model, state="active"
        )
    Deployment.objects.exclude(backend="recorded").delete()
    with django_assert_num_queries(6):  # models, overrides, tier prices, deployments, budgets; what was learnt
        live_deployments()
    with django_assert_num_queries(0):
        live_deployments()
