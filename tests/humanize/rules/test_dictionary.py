"""The writer's dictionary: preferences inflect, avoided phrases go or are explained, exact phrases stay exact."""

from __future__ import annotations

import pytest

from humanize.options import Dictionary, RewriteOptions
from humanize.pipeline.rewrite import Rewrite, rewrite_text
from humanize.rules.english.inflection import forms_of


def rewritten(text: str, *prefer: tuple[str, str], avoid: tuple[str, ...] = (), level: int = 3) -> Rewrite:
    return rewrite_text(text, RewriteOptions(level=level, dictionary=Dictionary(prefer=prefer, avoid=avoid)))


@pytest.mark.parametrize(
    ("before", "after", "text", "wanted"),
    [
        ("soda", "pop", "Soda is sweet. We sell soda.", "Pop is sweet. We sell pop."),
        ("client", "customer", "The clients of our client met.", "The customers of our customer met."),
        ("client", "customer", "Clients pay. The client's dog barks.", "Customers pay. The customer's dog barks."),
        ("client", "customer", "All clients' wishes count.", "All customers' wishes count."),
        ("child", "pupil", "The children left.", "The pupils left."),
        ("pupil", "child", "The pupils' coats hang there.", "The children's coats hang there."),
        ("company", "firm", "Two companies merged.", "Two firms merged."),
        ("employee", "staff", "The employees left.", "The staff left."),
        ("point of view", "opinion", "Their points of view differ.", "Their opinions differ."),
        ("utilize", "use", "The old farm utilizes rain. They utilized it.", "The old farm uses rain. They used it."),
        ("utilize", "use", "Utilizing it helps. It was utilized.", "Using it helps. It was used."),
        ("carry out", "do", "He carried out the plan.", "He did the plan."),
        ("get", "take", "It was got by hand. He got the map.", "It was taken by hand. He took the map."),
        ("use", "utilize", "The uses of steam are many.", "The uses of steam are many."),  # a noun
        ("impact", "effect", "The impacts are big. It impacts us.", "The effects are big. It impacts us."),
        ("new", "fresh", "The news is new.", "The news is fresh."),
        ("big", "large", "The big dogs bark.", "The large dogs bark."),
        ('"client"', "customer", "The clients of our client met.", "The clients of our customer met."),
        ("client", "“customer”", "The clients of our client met.", "The clients of our customer met."),
    ],
)
def test_a_preference_replaces_every_form(before: str, after: str, text: str, wanted: str) -> None:
    assert rewritten(text, (before, after)).result == wanted


def test_a_form_that_the_writer_lists_comes_first() -> None:
    prefer = (("client", "customer"), ("clients", "patrons"))
    assert rewritten("The clients of our client met.", *prefer).result == "The patrons of our customer met."


def test_every_occurrence_goes_at_every_level() -> None:
    text = "Clients came. The bus was late. " * 10
    for level in (1, 3, 5):
        assert "lients" not in rewritten(text, ("client", "customer"), level=level).result


@pytest.mark.parametrize(
    ("avoid", "text", "wanted"),
    [
        ("very", "It was very good.", "It was good."),
        ("moreover", "It rained. Moreover, the road was shut.", "It rained. The road was shut."),
        ("leverage", "We leveraged existing data.", "We used existing data."),
        ("individuals", "Many individuals came.", "Many people came."),  # a rule of a higher level
        ("fantastic", "It was a fantastic day.", "It was a great day."),
    ],
)
def test_an_avoided_phrase_goes_where_it_can(avoid: str, text: str, wanted: str) -> None:
    found = rewritten(text, avoid=(avoid,), level=1)
    assert found.result == wanted
    assert found.measures.warnings == ()


@pytest.mark.parametrize(
    ("avoid", "text", "reason"),
    [
        ("synergy", "The synergy is good.", "no rule can replace it here. Add a preferred phrase for it."),
        ("very", "It is not very good.", "no rule can replace it here. Add a preferred phrase for it."),
        (
            "synergy",
            "She wrote: “The synergy is good.”",
            "it stands in a quotation, a heading, a name or code, which are not edited.",
        ),
    ],
)
def test_an_avoided_phrase_that_remains_is_explained(avoid: str, text: str, reason: str) -> None:
    found = rewritten(text, avoid=(avoid,))
    assert found.result == text
    assert found.measures.warnings == (f"“{avoid}” is on your list of phrases to avoid, but it remains: {reason}",)


def test_an_avoided_phrase_is_reported_in_every_form() -> None:
    assert len(rewritten("He showboats.", avoid=("showboat",)).measures.warnings) == 1


def test_forms_of_a_phrase() -> None:
    assert forms_of("leverage") == ("leverage", "leverages", "leveraged", "leveraging")
    assert forms_of("box of tricks") == ("box of tricks", "boxes of tricks")
    assert forms_of("news") == ("news",)
