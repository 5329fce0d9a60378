from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from humanize.generation.availability import candidate_of, policy_from
from humanize.models import RoutePolicy
from humanize.routing.policy import GUESS_ERROR, Quality, combined_quality, guess
from serving.selectors import Expectation, LiveDeployment

LIVE = LiveDeployment(
    name="small", kind="llm", protocol="rewrite", backend="openai", provider="openai", model="gpt-6-luna",
    tier_floor="BASIC", cost_per_1000_words=Decimal("0.0007"), note="answers for its predecessor", description="Quick",
)  # fmt: skip


def seen(*expected: Expectation, strategy: str = "casual") -> Quality | None:
    return candidate_of(replace(LIVE, expected=expected), "medium", strategy).acceptance


def test_a_deployment_becomes_a_candidate() -> None:
    found = candidate_of(LIVE, "medium", "casual")
    assert (found.name, found.kind, found.size, found.cost, found.acceptance) == (
        "small",
        "llm",
        "small",
        Decimal("0.0007"),
        None,
    )
    assert found.description == "Quick answers for its predecessor"


def test_what_was_accepted_in_this_strategy_counts_where_there_is_enough_of_it() -> None:
    casual = Expectation("medium", "casual", 0.9, 0.04, 50)
    academic = Expectation("medium", "academic", 0.5, 0.05, 50)
    assert seen(casual, academic) == Quality(0.9, 0.04, 50)
    few = replace(casual, answers=10)
    together = seen(few, academic)
    assert together is not None
    assert (round(together.mean, 4), together.answers) == (0.5667, 60)
    assert seen(Expectation("complex", "casual", 0.1, 0.1, 99)) is None


def test_the_guess_gives_way_as_answers_come_in() -> None:
    start = guess("llm", "small", "complex")
    assert (start.mean, start.error) == (0.60, GUESS_ERROR)
    assert combined_quality(start, None) == start
    means = [combined_quality(start, Quality(0.9, error, 10)).mean for error in (0.3, 0.06, 0.01)]
    assert [round(mean, 3) for mean in means] == [0.613, 0.758, 0.893]
    assert combined_quality(start, Quality(0.9, 0.05, 100)).mean == pytest.approx(0.9)
    assert combined_quality(start, Quality(0.9, 0.01, 10)).error < 0.01


@pytest.mark.parametrize(
    ("llms", "own", "kinds"), [(True, True, ("llm", "model")), (True, False, ("llm",)), (False, False, ())]
)
def test_a_row_becomes_a_policy(llms: bool, own: bool, kinds: tuple[str, ...]) -> None:
    row = RoutePolicy(tier="BASIC", uses_llms=llms, uses_own_models=own, aim="quality", attempts=2)
    found = policy_from(row)
    assert (found.kinds, found.aim, found.attempts, found.learns) == (kinds, "quality", 2, True)
