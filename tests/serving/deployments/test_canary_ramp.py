"""Canaries that prove themselves get more of the texts; those that writers keep less of drain."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from serving.backends.base import RewriteRequest
from serving.deployments.acceptance import AcceptanceStats, acceptance_gap
from serving.deployments.canary_ramp import RampStep, judge_canary, ramp_canaries
from serving.gateway import calls, outcomes
from serving.gateway.ledger import Caller
from serving.models import Deployment
from youman.core.models import AuditEvent

ASK = RewriteRequest("We leverage tools.", prompt="1: We leverage tools.", max_output_tokens=100)
GOOD, FAIR, BAD = AcceptanceStats(100, 90.0, 85.0), AcceptanceStats(100, 87.0, 80.0), AcceptanceStats(100, 60.0, 50.0)


def test_a_mean_over_answers_has_its_error() -> None:
    assert (GOOD.mean, round(GOOD.error, 4)) == (0.9, 0.0201)
    assert AcceptanceStats(10, 10.0, 10.0).error == 0.05
    assert (AcceptanceStats().mean, AcceptanceStats(1, 1.0, 1.0).error) == (0.0, 1.0)
    found = acceptance_gap(GOOD, BAD)
    assert (round(found.value, 2), round(found.z, 1)) == (0.3, 7.0)


@pytest.mark.parametrize(
    ("mine", "theirs", "verdict"),
    [
        (GOOD, FAIR, "more"),
        (BAD, GOOD, "drain"),
        (FAIR, GOOD, "wait"),  # three hundredths less, and not sure that it is not more than five
        (AcceptanceStats(19, 19.0, 19.0), GOOD, "wait"),
        (GOOD, AcceptanceStats(19, 0.0, 0.0), "wait"),
    ],
)
def test_as_good_worse_or_not_known_yet(mine: AcceptanceStats, theirs: AcceptanceStats, verdict: str) -> None:
    assert judge_canary(mine, theirs) == verdict


@pytest.fixture
def canary(fake: Deployment) -> Deployment:
    return Deployment.objects.create(
        name="canary", kind="llm", backend="recorded", provider_model=fake.provider_model, state="active",
        strategy="canary", traffic_share=25, ramps=True,
    )  # fmt: skip


def kept(name: str, answers: int, accepted: int, rejected: int) -> None:
    for _ in range(answers):
        done = calls.rewrite(deployment=name, request=ASK, caller=Caller(7, "BASIC"))
        outcomes.record_outcome(invocation_id=done.invocation_id, accepted=accepted, rejected=rejected)


@pytest.mark.django_db
def test_a_canary_that_is_kept_as_much_gets_more_step_by_step(canary: Deployment) -> None:
    kept("fake", 30, 3, 1)
    kept("canary", 30, 3, 1)
    assert ramp_canaries() == (RampStep("canary", 50, "75% of its edits kept in 30 answers, 75% of the others' edits"),)
    assert ramp_canaries() == ()  # the answers from before the step do not count for the next
    kept("canary", 30, 3, 1)
    assert [one.share for one in ramp_canaries()] == [100]
    canary.refresh_from_db()
    assert (canary.state, canary.traffic_share) == ("active", 100)
    assert AuditEvent.objects.filter(verb="set share").count() == 2


@pytest.mark.django_db
def test_a_worse_one_drains_and_says_why(canary: Deployment) -> None:
    kept("fake", 30, 3, 1)
    kept("canary", 30, 1, 3)
    assert [(one.name, one.share) for one in ramp_canaries()] == [("canary", 0)]
    canary.refresh_from_db()
    assert canary.state == "draining"
    assert canary.state_note == ("Writers kept less: 25% of its edits kept in 30 answers, 75% of the others' edits")


@pytest.mark.django_db
def test_who_does_not_ramp_stays_and_old_answers_are_no_measure(canary: Deployment) -> None:
    kept("fake", 30, 3, 1)
    kept("canary", 30, 3, 1)
    assert ramp_canaries(timezone.now() + timedelta(days=31)) == ()
    Deployment.objects.filter(name="canary").update(ramps=False)
    assert ramp_canaries() == ()
    canary.refresh_from_db()
    assert canary.traffic_share == 25
