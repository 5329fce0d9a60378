"""What no rule may touch: literal and technical senses, terms, symbols, marks, and the spelling of the text.

The sentences of `left_alone.txt` stay at every level; the cases below may change, but never into the wrong form.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from humanize.options import RewriteOptions, Strategy
from humanize.pipeline.rewrite import rewrite_text
from humanize.rules.pack import load_terms_of

STRATEGIES: tuple[Strategy, ...] = ("casual", "professional", "academic")
OF_A_REGISTER: dict[str, tuple[Strategy, ...]] = {"register": ("casual", "auto")}


def sentences() -> list[tuple[str, str]]:
    kind = ""
    found = []
    for line in (Path(__file__).parent / "left_alone.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            kind = line[3:]
        elif line and not line.startswith("# "):
            found.append((kind, line))
    return found


CASES = sentences()


def results(text: str, strategies: tuple[Strategy, ...] = STRATEGIES) -> set[str]:
    """The results at every level; what a level leaves alone, the levels below it leave alone too.

    Contractions count as their long forms, since casual texts have the ones and academic texts the others.
    """
    found = {
        rewrite_text(text, RewriteOptions(level=level, strategy=strategy)).result
        for level in (3, 5)
        for strategy in strategies
    }
    return {text if long_forms(result) == long_forms(text) else result for result in found}


def long_forms(text: str) -> str:
    text = text.replace("can't", "cannot").replace("Can't", "Cannot").replace("won't", "will not")
    for short, long in (
        ("n't", " not"),
        ("'ll", " will"),
        ("'re", " are"),
        ("'ve", " have"),
        ("'m", " am"),
        ("'s", " is"),
    ):
        text = text.replace(short, long)
    return text


@pytest.mark.parametrize(("kind", "text"), CASES, ids=lambda value: str(value)[:48])
def test_sentence_is_left_alone(kind: str, text: str) -> None:
    written_out = {text.replace("'s", " has")} if kind == "contraction of has" else set[str]()
    assert results(text, OF_A_REGISTER.get(kind, STRATEGIES)) - written_out == {text}


def test_every_kind_has_twenty_sentences() -> None:
    counts = {kind: sum(other == kind for other, _ in CASES) for kind, _ in CASES}
    assert {kind: count for kind, count in counts.items() if count < 20} == {}


@pytest.mark.parametrize(
    ("term", "text"), [(term.id, text) for term in load_terms_of("en").all for text in term.examples]
)
def test_a_term_stays_in_its_examples(term: str, text: str) -> None:
    assert results(text) == {text}


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("The valve closes earlier, thereby improving the seal.", ", improving"),
        ("It saves time, thereby reducing costs.", ", reducing"),
        ("He left early, thereby missing the rain.", ", missing"),
        ("The road is wide, thereby easing the trade.", ", easing"),
        ("The pump runs, thus raising the level.", ", raising"),
    ],
)
def test_no_edit_makes_another_habit_of_machine_prose(text: str, never: str) -> None:
    assert [result for result in results(text) if never in result] == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The report underscores the need for care.", "The report shows the need for care."),
        ("We embarked on a new project.", "We began a new project."),
        ("They foster collaboration between firms.", "They encourage collaboration between firms."),
        ("The form streamlines the approval process.", "The form simplifies the approval process."),
        ("The team will leverage existing data.", "The team will use existing data."),
        ("She spearheaded the reform of the courts.", "She led the reform of the courts."),
        ("In order to win, they trained.", "To win, they trained."),
        ("The app enhances user experience.", "The app improves user experience."),
        ("The plan encompasses a wide range of topics.", "The plan covers a wide range of topics."),
        ("He worked in cities like London and Paris.", "He worked in cities such as London and Paris."),
        ("The data demonstrate that prices rose.", "The data show that prices rose."),
        ("It is important to note that prices rose.", "Prices rose."),
    ],
)
def test_the_figurative_sense_still_goes(text: str, wanted: str) -> None:
    assert rewrite_text(text, RewriteOptions(level=5, strategy="professional")).result == wanted
