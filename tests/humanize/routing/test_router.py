from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanize.errors import UnknownModel
from humanize.routing.complexity import BANDS, Band
from humanize.routing.policy import DEFAULTS, TIERS, Policy, Quality
from humanize.routing.router import RULES_CANDIDATE, Candidate, Step, TextFeatures, choices, plan
from youman.core.models.tiers import Tier

OWN = Candidate("own", "model", tier_floor="PROFESSIONAL", languages=("en",), cost=Decimal("0.0001"))
SMALL = Candidate("small", "llm", tier_floor="BASIC", cost=Decimal("0.0007"))
LARGE = Candidate("large", "llm", tier_floor="BASIC", cost=Decimal("0.0142"), size="large")
SHORT = Candidate("short", "llm", tier_floor="BASIC", max_words=1_000)
DOWN = Candidate("down", "llm", available=False, why_not="it failed three times in a row")
ALL = (OWN, SMALL, LARGE)
LAST = Step("rules", "chosen", "the built-in rules are always available and come last")


def order(tier: str, band: Band = "medium", words: int = 300) -> list[str]:
    features = TextFeatures(words, "en", band)
    route = plan(tier=tier, model="auto", features=features, live=ALL, policy=DEFAULTS[tier])
    return [one.name for one in route.candidates]


def test_the_rules_alone_serve_everybody() -> None:
    route = plan(tier="FREE", model="auto", features=TextFeatures(300, "en"))
    assert route.candidates == (RULES_CANDIDATE,)
    assert route.trace == (LAST,)
    assert order("FREE") == ["rules"]


@pytest.mark.parametrize(
    ("tier", "band", "expected"),
    [
        ("BASIC", "simple", ["small", "large", "rules"]),
        ("BASIC", "medium", ["small", "large", "rules"]),
        ("BASIC", "complex", ["large", "small", "rules"]),
        ("PROFESSIONAL", "simple", ["small", "own", "large", "rules"]),
        ("PROFESSIONAL", "medium", ["small", "own", "large", "rules"]),
        ("PROFESSIONAL", "complex", ["large", "small", "own", "rules"]),
        ("ENTERPRISE", "simple", ["large", "small", "own", "rules"]),
        ("ENTERPRISE", "complex", ["large", "small", "own", "rules"]),
    ],
)
def test_tier_and_complexity_decide_the_entry_point(tier: str, band: Band, expected: list[str]) -> None:
    assert order(tier, band) == expected


@pytest.mark.parametrize("tier", ["PROFESSIONAL", "ENTERPRISE"])
def test_for_volume_and_for_those_who_can_wait_cost_counts(tier: str) -> None:
    assert order(tier, "simple", words=100_000) == ["own", "small", "large", "rules"]
    features = TextFeatures(300, "en", "simple", patient=True)
    route = plan(tier=tier, model="auto", features=features, live=ALL, policy=DEFAULTS[tier])
    assert route.candidates[0] == OWN
    assert route.trace[0].reason == (
        "the cheapest candidate that is good enough: "
        "expected quality 0.76 ± 0.06 in simple texts, $0.0001 per 1,000 words"
    )


def test_what_writers_accept_moves_the_order_unless_it_is_frozen() -> None:
    proven = replace(OWN, acceptance=Quality(0.9, 0.01, 400))
    features = TextFeatures(300, "en", "complex")
    policy = DEFAULTS["PROFESSIONAL"]

    def first(candidate: Candidate, policy: Policy) -> str:
        live = (candidate, SMALL, LARGE)
        return plan(tier="PROFESSIONAL", model="auto", features=features, live=live, policy=policy).candidates[0].name

    assert first(proven, policy) == "own"
    assert first(replace(proven, frozen=True), policy) == "large"
    assert first(proven, replace(policy, learns=False)) == "large"
    unsure = replace(OWN, acceptance=Quality(0.9, 0.3, 2))
    assert first(unsure, policy) == "large"


def test_each_exclusion_has_its_reason() -> None:
    route = plan(tier="FREE", model="auto", features=TextFeatures(300, "de"), live=[OWN, SHORT, DOWN])
    assert [(step.candidate, step.outcome, step.reason) for step in route.trace] == [
        ("rules", "chosen", "the built-in rules are always available and come last"),
        ("down", "excluded", "it failed three times in a row"),
        ("own", "excluded", "needs the professional tier"),
        ("short", "excluded", "needs the basic tier"),
    ]
    german = plan(tier="ENTERPRISE", model="auto", features=TextFeatures(2_000, "de"), live=[OWN, SHORT])
    assert [step.reason for step in german.trace[1:]] == ["does not write de", "accepts texts of up to 1,000 words"]
    basic = Policy(kinds=("llm",))
    own = plan(tier="ENTERPRISE", model="auto", features=TextFeatures(300, "en"), live=[OWN], policy=basic)
    assert own.trace[1].reason == "the policy for the enterprise tier does not use our own models"


def test_a_candidate_with_a_share_takes_that_part_of_the_texts() -> None:
    canary = replace(SMALL, share=5)
    taken = [
        draw
        for draw in range(100)
        if plan(tier="BASIC", model="auto", features=TextFeatures(9, "en", draw=draw), live=[canary]).engines
    ]
    assert taken == [0, 1, 2, 3, 4]
    assert plan(tier="BASIC", model="small", features=TextFeatures(9, "en", draw=99), live=[canary]).engines


def test_a_canary_goes_first_in_its_share_since_what_is_never_asked_proves_nothing() -> None:
    canary = replace(OWN, share=25, canary=7)
    older = replace(OWN, name="older", share=50, canary=3)
    for tier in ("PROFESSIONAL", "ENTERPRISE"):
        features = TextFeatures(300, "en", "complex", draw=24)
        route = plan(tier=tier, model="auto", features=features, live=[SMALL, older, canary], policy=DEFAULTS[tier])
        assert route.candidates[:2] == (canary, older)
        assert route.trace[0].reason == "a canary: it goes first in 25 % of the texts to measure its quality"
    later = replace(features, draw=25)
    route = plan(tier="PROFESSIONAL", model="auto", features=later, live=[SMALL, LARGE, canary])
    assert [one.name for one in route.candidates] == ["large", "small", "rules"]


def test_the_cheaper_of_two_as_good_goes_first_once_writers_have_shown_it() -> None:
    def first(own: Quality) -> str:
        live = (replace(OWN, acceptance=own), replace(SMALL, acceptance=Quality(0.93, 0.01, 400)))
        return plan(tier="PROFESSIONAL", model="auto", features=TextFeatures(300, "en"), live=live).candidates[0].name

    assert first(Quality(0.91, 0.01, 200)) == "own"
    assert first(Quality(0.89, 0.01, 200)) == "small"
    assert first(Quality(0.92, 0.01, 40)) == "small"


def test_a_chosen_model_leaves_the_others_out_but_the_rules() -> None:
    route = plan(tier="ENTERPRISE", model="small", features=TextFeatures(300, "en"), live=[OWN, SMALL])
    assert [candidate.name for candidate in route.candidates] == ["small", "rules"]
    assert route.trace == (Step("small", "chosen", "you chose it"), LAST, Step("own", "excluded", "you chose small"))


def test_a_choice_above_the_tier_is_not_respected() -> None:
    route = plan(tier="BASIC", model="own", features=TextFeatures(300, "en"), live=ALL)
    assert [candidate.name for candidate in route.candidates] == ["rules"]


def test_an_unknown_model_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(UnknownModel) as caught:
        plan(tier="FREE", model="gpt", features=TextFeatures(300, "en"), live=[SMALL])
    assert caught.value.detail == "There is no model 'gpt'; use one of auto, small, rules"


@given(
    tier=st.sampled_from(TIERS),
    words=st.integers(1, 200_000),
    band=st.sampled_from(BANDS),
    language=st.sampled_from(["en", "de", "auto"]),
    live=st.lists(st.sampled_from([OWN, SMALL, LARGE, SHORT, DOWN]), unique=True),
    policy=st.builds(
        Policy,
        kinds=st.sampled_from([(), ("llm",), ("model", "llm")]),
        aim=st.sampled_from(["cost", "balance", "quality"]),
        floor=st.floats(0, 1),
        worth=st.decimals("0", "1", places=3),
    ),
)
def test_the_rules_are_always_there_and_always_last(
    tier: str, words: int, band: Band, language: str, live: list[Candidate], policy: Policy
) -> None:
    route = plan(tier=tier, model="auto", features=TextFeatures(words, language, band), live=live, policy=policy)
    assert route.candidates[-1] == RULES_CANDIDATE
    assert {step.candidate for step in route.trace} == {candidate.name for candidate in live} | {"rules"}
    assert {one.name for one in route.candidates} == {s.candidate for s in route.trace if s.outcome == "chosen"}


def test_the_drop_down_says_why_a_model_is_not_available() -> None:
    found = {choice.id: (choice.available, choice.reason) for choice in choices("FREE", [SMALL])}
    assert found == {"auto": (True, ""), "small": (False, "needs the basic tier"), "rules": (True, "")}


def test_the_pure_router_knows_the_tiers_of_the_accounts() -> None:
    assert tuple(Tier.values) == TIERS
    assert set(DEFAULTS) == set(TIERS)
