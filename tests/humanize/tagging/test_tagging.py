"""The tagger on sentences of our own: verbs here that are nouns there, participles, marks and contractions."""

from __future__ import annotations

import pytest

from humanize.options import RewriteOptions
from humanize.rules.context import build_context
from humanize.rules.engine import rewrite
from humanize.tagging import Tag, tag_text, tag_words
from humanize.text.segment import segment


def tag_of(text: str, word: str) -> Tag:
    (tag,) = [token.tag for token in tag_text(text) if token.text == word]
    return tag


@pytest.mark.parametrize(
    ("text", "word", "tag"),
    [
        ("They plan a trip to the coast.", "plan", Tag.PRESENT),
        ("The plan is simple.", "plan", Tag.NOUN),
        ("We will plan the route tomorrow.", "plan", Tag.BASE),
        ("The study highlights three problems.", "highlights", Tag.THIRD),
        ("The highlights of the week are on page two.", "highlights", Tag.PLURAL),
        ("Poor storage results in waste.", "results", Tag.THIRD),
        ("The results were clear.", "results", Tag.PLURAL),
        ("She leaves the office at six.", "leaves", Tag.THIRD),
        ("The leaves turned red in October.", "leaves", Tag.PLURAL),
        ("They worked on the roof all day.", "worked", Tag.PAST),
        ("The roof was repaired last year.", "repaired", Tag.PARTICIPLE),
        ("By planting trees, the town cools its streets.", "planting", Tag.GERUND),
        ("They are building a bridge.", "building", Tag.GERUND),
        ("The building has two doors.", "building", Tag.NOUN),
        ("It was a challenging year.", "challenging", Tag.ADJECTIVE),
        ("He wants to sleep.", "to", Tag.TO),
        ("He walked to school.", "to", Tag.PREPOSITION),
        ("We stayed because it rained.", "because", Tag.SUBORDINATOR),
        ("You must sign the form.", "must", Tag.MODAL),
    ],
)
def test_the_same_word_in_other_places(text: str, word: str, tag: Tag) -> None:
    assert tag_of(text, word) == tag


def test_tokens_have_the_offsets_of_the_text() -> None:
    text = "Well, we don’t know who’s at the well-known U.S. firm (yet)."
    tokens = tag_text(text, 6)
    assert [token.text for token in tokens] == [
        "we", "do", "n’t", "know", "who", "’s", "at", "the", "well-known", "U.S.", "firm", "(", "yet", ")", ".",
    ]  # fmt: skip
    assert [text[token.start : token.end] for token in tokens] == [token.text for token in tokens]
    assert [tokens[number].tag for number in (1, 2, 5, 8, -1)] == [
        Tag.PRESENT, Tag.ADVERB, Tag.THIRD, Tag.ADJECTIVE, Tag.MARK,
    ]  # fmt: skip


def test_tags_are_the_same_every_time_and_one_for_each_word() -> None:
    words = ["Zblorp", "ﬁx", "", "2,500", "…", "can", "not", "\u200b"]
    assert tag_words(words) == tag_words(words)
    assert len(tag_words(words)) == len(words)
    assert tag_words([]) == ()


def test_a_context_tags_the_sentences_that_are_asked_for() -> None:
    document = segment("The crew left. They plan a new route.")
    context = build_context(document, (), rewrite(document, (), RewriteOptions()).register)
    assert [token.tag for token in context.tags(1)][:2] == [Tag.PRONOUN, Tag.PRESENT]
    assert context.tags(1) is context.tags(1)
    assert context.text[context.tags(1)[1].start :].startswith("plan a new route")
