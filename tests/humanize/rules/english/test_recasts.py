"""Openers "By …ing" and "While …", sweeps, joins after "This" and splits: what they change and what they leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from humanize.rules.context import Context, build_context
from humanize.rules.english.joins import joined_sentences
from humanize.rules.english.recasts import by_openers, sweeps, while_openers
from humanize.rules.english.splits import split_sentences
from humanize.rules.proposal import Proposal
from humanize.text.protect import protected_spans
from humanize.text.segment import segment

Move = Callable[[Context], Iterator[Proposal]]


def moved(move: Move, text: str) -> str:
    """What one move alone makes of a text."""
    document = segment(text, "text")
    context = build_context(document, protected_spans(document), "professional")
    for found in sorted(move(context), key=lambda one: -one.start):
        text = text[: found.start] + found.after + text[found.end :]
    return text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("By using straw, we can keep apples until spring.", "We can use straw to keep apples until spring."),
        ("By leveraging old maps, we locate the lost wells.", "We use old maps to locate the lost wells."),
        ("By combining both lists, the clerk finds each error.", "The clerk finds each error by combining both lists."),
        ("By following the path, visitors can reach the mill.", "Visitors can follow the path to reach the mill."),
        ("By applying heat, this tool seals the seams.", "This tool applies heat to seal the seams."),
        ("By storing grain in jars, they could feed the hens.", "They could feed the hens by storing grain in jars."),
        (
            "By tracking the tides and comparing the two charts, we'll plan the trips.",
            "We will track the tides and compare the two charts to plan the trips.",
        ),
        ("By walking to work, she saved forty pounds.", "She saved forty pounds by walking to work."),
        ("By harnessing the wind, farmers will pump water.", "Farmers will use the wind to pump water."),
        ("By waiting until spring, the firm paid less.", "The firm paid less by waiting until spring."),
    ],
)
def test_a_sentence_that_opens_with_by_begins_with_its_subject(before: str, after: str) -> None:
    assert moved(by_openers, before) == after


@pytest.mark.parametrize(
    "text",
    [
        "By dawn, the fog had gone.",
        "By asking Anna, we can learn the way to York.",
        "By selling it, the town lost its mill.",
        "By leaving early, they missed the train that they had come for.",
        "By reading, writing and drawing, they passed the time.",
        "By using a pump, failing that, a bucket, you can drain it.",
        "By ignoring the sign, he risks a fine that he cannot pay, and he knows it.",
        "By working at night, the crew, tired and cold, met the date.",
        "By the river, we can rest.",
        "By using straw we keep apples.",
        "“By using straw, we can keep apples,” she said.",
    ],
)
def test_other_sentences_with_by_stay(text: str) -> None:
    assert moved(by_openers, text) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("While the road is short, it is steep.", "The road is short, but it is steep."),
        ("Although the shop was small, the queue was long.", "The shop was small, but the queue was long."),
        ("Though she liked tea, she drank coffee.", "She liked tea, but she drank coffee."),
        ("While many farms have closed, some still sell milk.", "Many farms have closed, but some still sell milk."),
        ("Although the guide knew the way, we took a map.", "The guide knew the way, but we took a map."),
        ("While it's true that it rained, the well is dry.", "It's true that it rained, but the well is dry."),
        ("Although I can swim, I wore a vest.", "I can swim, but I wore a vest."),
        ("While these rules are old, they still apply.", "These rules are old, but they still apply."),
        ("Although the price fell, nobody bought the house.", "The price fell, but nobody bought the house."),
        (
            "While the old line along the coast was closed to trains many years ago, the path along it has become the "
            "best way to see the bay.",
            "The old line along the coast was closed to trains many years ago. But the path along it has become the "
            "best way to see the bay.",
        ),
    ],
)
def test_two_plain_clauses_are_joined_by_but(before: str, after: str) -> None:
    again = "\n\nWhile in town, he bought rope."
    assert moved(while_openers, before + again) == after + again


def test_a_single_short_opener_is_no_habit() -> None:
    text = "While the road is short, it is steep. We walked."
    assert moved(while_openers, text) == text


@pytest.mark.parametrize(
    "text",
    [
        "While we were searching the loft, Gerda found it.",
        "While waiting, she read.",
        "Although small, the shop is busy.",
        "While it may have its faults, the house is dry.",
        "While no firm, shop, or farm was spared, the town lived on.",
        "Although it rained, but not for long, the hay was lost.",
        "While the dough rests, grease the tin.",
        "Although originally a barn, it is now a house.",
        "While in town, he bought rope.",
        "Although Anna knew the way, we took a map.",
        "While the road is short, is it safe?",
    ],
)
def test_other_sentences_with_while_stay(text: str) -> None:
    text += "\n\nAlthough in town, he bought no rope."
    assert moved(while_openers, text) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("It sells tools, from garden shears to wood saws.", "It sells tools, such as garden shears and wood saws."),
        (
            "They cook dishes such as stews, from lamb hotpots to bean soups.",
            "They cook dishes such as stews, including lamb hotpots and bean soups.",
        ),
        (
            "Many crafts, from weaving to pottery making, died out.",
            "Many crafts, such as weaving and pottery making, died out.",
        ),
    ],
)
def test_a_sweep_names_two_samples(before: str, after: str) -> None:
    assert moved(sweeps, before) == after


@pytest.mark.parametrize(
    "text",
    [
        "Trains run on most days, from mornings to evenings.",
        "The path crosses fields, from Leeds to York.",
        "They sell shoes, from small sizes to large sizes.",
        "The firm moved goods, from farms to shops.",
        "He ate pies, from start to finish.",
        "Costs fell, from 40 pounds to 30 pounds.",
        "The trail leads through woods, from the mill to the sea.",
        "They teach classes, from seeds to gardens.",
        "It sells tools, from shears and saws to nails and screws.",
        "The change from oil lamps to gas lamps took years.",
    ],
)
def test_stretches_of_time_place_and_number_stay(text: str) -> None:
    assert moved(sweeps, text) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "The new valve closes at night. This saves a third of the heat.",
            "The new valve closes at night, which saves a third of the heat.",
        ),
        (
            "The bridge was shut for a month. This led to long queues.",
            "The bridge was shut for a month, which led to long queues.",
        ),
    ],
)
def test_a_short_sentence_goes_on_with_which(before: str, after: str) -> None:
    assert moved(joined_sentences, before) == after


@pytest.mark.parametrize(
    "text",
    [
        "Close the valve at night. This saves heat.",
        "She asked why the old gate by the mill was shut. This opens it.",
        "The valve, which is new, closes at night. This saves heat.",
        "The valve closes at night, saving heat. This helps the town.",
        "“The valve closes.” This saves heat.",
        "The valve closes at night! This saves heat.",
        "The valve closes at night. This valve saves heat.",
        "The valve closes at night.\n\nThis saves heat.",
        "The valve closes, and the pump stops. This saves heat.",
        "The valve closes at night. This saves heat, which helps the town.",
    ],
)
def test_other_neighbours_stay_apart(text: str) -> None:
    assert moved(joined_sentences, text) == text


LONG = (
    "The old stone mill by the river closed down in the early spring of that year after a long and bitter quarrel{}"
    "{} owners sold the wheel and the stones to a young couple from the next town over the hill."
)


@pytest.mark.parametrize(
    ("joint", "word", "after"), [(", and ", "its", ". Its"), ("; ", "the", ". The"), (", but ", "the", ". But the")]
)
def test_a_long_sentence_of_two_clauses_is_split(joint: str, word: str, after: str) -> None:
    assert moved(split_sentences, LONG.format(joint, word)) == LONG.format(after, "")


@pytest.mark.parametrize(
    "text",
    [
        "The mill closed, and its owners sold the wheel.",
        "He said that the old stone mill by the river had closed down in the early spring of that year, and the owners "
        "had sold the wheel and the stones to a young couple from the next town over the hill.",
        "If the old stone mill by the river closes down in the early spring of this year, and the owners sell the "
        "wheel and the stones to the young couple from the next town, we will have to go over the hill.",
        "The shop by the river sells flour from the old stone mill, honey from the hills beyond the wood, and the jams "
        "that a young couple from the next town over the hill make in the kitchen of their old farm.",
    ],
)
def test_sentences_with_one_thought_stay_whole(text: str) -> None:
    assert moved(split_sentences, text) == text
