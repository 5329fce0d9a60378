"""What the engine knows about the text around a match: sentence, kind of block, register, protected spans."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from humanize.genre import Genre, GenreGuess, recognise
from humanize.genre.genres import UNKNOWN
from humanize.options import Register
from humanize.tagging import TaggedToken, tag_text
from humanize.text.segment import SegmentedText
from humanize.text.spans import Guard, Span

CONTRACTION = re.compile(
    r"\b(?:\w+n['’]t|(?:I|you|we|they|he|she|it|that|there)['’](?:s|re|ve|ll|d|m))\b", re.IGNORECASE
)
PERSONAL = re.compile(
    r"\b(?:I|I'm|I’m|[Mm]y|me|[Yy]ou|[Yy]our|[Hh]e|[Ss]he|[Hh]er|[Hh]is|[Hh]im|[Ll]et['’]s)\b|[!?]|\"\w|“"
)


LONGEST_SENTENCE = 5_000  # characters; longer ones are not prose, and rules would waste time on them


@dataclass(frozen=True, slots=True)
class Sentence:
    """The bounds of a sentence. `heading` means that its block is a heading, `listed` that it is an item of a list.

    `opens` means that the sentence begins its block, `closes` that it ends it.
    """

    start: int
    end: int
    heading: bool
    opens: bool = False
    closes: bool = False
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that a rewrite of a document needs besides the rules.

    `impersonal` means that the text has no personal words, `converts` that the writer chose the register, so that words
    of another one may go.
    """

    text: str
    sentences: tuple[Sentence, ...]
    guard: Guard
    register: Register
    impersonal: bool
    language: str
    converts: bool = False
    guess: GenreGuess = UNKNOWN
    _tagged: dict[int, tuple[TaggedToken, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def genre(self) -> Genre:
        """Return the likeliest genre; `guess` says how sure it is, and `humanize.genre.policy` what follows."""
        return self.guess.genre

    def tags(self, number: int) -> tuple[TaggedToken, ...]:
        """Return the tokens of the sentence `number` with their parts of speech, which are good for English only.

        Tagging takes as long as all rules together: ask only for sentences in which a pattern has found something.
        """
        if number not in self._tagged:
            sentence = self.sentences[number]
            self._tagged[number] = tag_text(self.text, sentence.start, sentence.end)
        return self._tagged[number]


def build_context(
    document: SegmentedText,
    protected: Sequence[Span],
    register: Register,
    language: str = "en",
    *,
    converts: bool = False,
) -> Context:
    sentences = tuple(
        Sentence(
            sentence.start,
            sentence.end,
            block.kind == "heading",
            opens=index == 0,
            closes=index == len(block.sentences) - 1,
            listed=block.kind == "list_item",
        )
        for block in document.blocks
        if block.editable
        for index, sentence in enumerate(block.sentences)
        if sentence.end - sentence.start <= LONGEST_SENTENCE
    )
    return Context(
        document.text,
        sentences,
        Guard(protected),
        register,
        PERSONAL.search(document.text) is None,
        language,
        converts,
        recognise(document) if language == "en" else UNKNOWN,
    )
