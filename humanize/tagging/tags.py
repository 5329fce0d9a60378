"""The tags: as fine as rules need them, coarser than the Penn Treebank's, from which they derive."""

from __future__ import annotations

from enum import StrEnum


class Tag(StrEnum):
    """The part of speech of a token. Auxiliaries have the tag of their form: `is` is third, `been` a participle.

    `GERUND` is an -ing form used as a verb ("by planning it"); as a noun ("the planning of it") it is a noun, and as
    an adjective ("a demanding job") an adjective. So it is with `PARTICIPLE` and adjectives ("a tired man").
    """

    NOUN = "noun"
    PLURAL = "plural noun"
    PROPER = "proper noun"
    BASE = "base verb"
    PRESENT = "present verb"
    THIRD = "third-person verb"
    PAST = "past verb"
    GERUND = "gerund"
    PARTICIPLE = "participle"
    MODAL = "modal"
    ADJECTIVE = "adjective"
    ADVERB = "adverb"
    QUESTION_ADVERB = "question adverb"
    DETERMINER = "determiner"
    POSSESSIVE = "possessive"
    PRONOUN = "pronoun"
    RELATIVE = "relative"
    THERE = "there"
    PREPOSITION = "preposition"
    SUBORDINATOR = "subordinator"
    CONJUNCTION = "conjunction"
    PARTICLE = "particle"
    TO = "to"
    NUMBER = "number"
    POSSESSIVE_MARK = "possessive mark"
    MARK = "mark"
    OTHER = "other"


TAGS = tuple(Tag)
FINITE = frozenset({Tag.PRESENT, Tag.THIRD, Tag.PAST, Tag.MODAL})
VERBS = frozenset({*FINITE, Tag.BASE, Tag.GERUND, Tag.PARTICIPLE})
NOUNS = frozenset({Tag.NOUN, Tag.PLURAL, Tag.PROPER})
