from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanize.errors import UnknownModel
from humanize.router import RULES_CANDIDATE, TIERS, Candidate, Step, TextFeatures, choices, plan

OWN = Candidate("own", "model", tier_floor="PROFESSIONAL", languages=("en",))
LLM = Candidate("big", "llm", tier_floor="BASIC", max_words=1_000)
DOWN = Candidate("down", "llm", available=False, why_not="it failed three times in a row")
ENGLISH = TextFeatures(300, "en")


def test_the_rules_alone_serve_everybody() -> None:
    route = plan(tier="FREE", model="auto", features=ENGLISH)
    assert route.candidates == (RULES_CANDIDATE,)
    assert route.trace == (Step("rules", "chosen", "the built-in rules are for everybody and come last"),)


def test_the_order_is_own_model_then_llm_then_rules() -> None:
    route = plan(tier="ENTERPRISE", model="auto", features=ENGLISH, live=[LLM, OWN])
    assert [candidate.name for candidate in route.candidates] == ["own", "big", "rules"]


def test_each_exclusion_has_its_reason() -> None:
    route = plan(tier="FREE", model="auto", features=TextFeatures(300, "de"), live=[OWN, LLM, DOWN])
    assert [(step.candidate, step.outcome, step.reason) for step in route.trace] == [
        ("own", "excluded", "needs the professional tier"),
        ("big", "excluded", "needs the basic tier"),
        ("down", "excluded", "it failed three times in a row"),
        ("rules", "chosen", "the built-in rules are for everybody and come last"),
    ]
    german = plan(tier="ENTERPRISE", model="auto", features=TextFeatures(2_000, "de"), live=[OWN, LLM])
    assert [step.reason for step in german.trace[:2]] == ["does not write de", "takes at most 1,000 words"]


def test_a_chosen_model_leaves_the_others_out_but_the_rules() -> None:
    route = plan(tier="ENTERPRISE", model="big", features=ENGLISH, live=[OWN, LLM])
    assert [candidate.name for candidate in route.candidates] == ["big", "rules"]
    assert route.trace[0] == Step("own", "excluded", "you chose big")
    assert route.trace[1] == Step("big", "chosen", "you chose it")


def test_an_unknown_model_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(UnknownModel) as caught:
        plan(tier="FREE", model="gpt", features=ENGLISH, live=[LLM])
    assert caught.value.detail == "There is no model 'gpt'; use one of auto, big, rules"


@given(
    tier=st.sampled_from(TIERS),
    words=st.integers(1, 10_000),
    language=st.sampled_from(["en", "de", "auto"]),
    live=st.lists(st.sampled_from([OWN, LLM, DOWN]), unique=True),
)
def test_the_rules_are_always_there_and_always_last(
    tier: str, words: int, language: str, live: list[Candidate]
) -> None:
    route = plan(tier=tier, model="auto", features=TextFeatures(words, language), live=live)
    assert route.candidates[-1] == RULES_CANDIDATE
    assert {step.candidate for step in route.trace} == {candidate.name for candidate in live} | {"rules"}


def test_the_drop_down_says_why_a_model_is_not_available() -> None:
    found = {choice.id: (choice.available, choice.reason) for choice in choices("FREE", [LLM])}
    assert found == {"auto": (True, ""), "big": (False, "needs the basic tier"), "rules": (True, "")}
