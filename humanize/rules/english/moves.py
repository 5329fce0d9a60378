"""The moves of the English rules: what an editor does to a sentence that no pattern of words can say."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from humanize.rules.context import Context
from humanize.rules.english.joins import joined_sentences
from humanize.rules.english.recasts import by_openers, sweeps, while_openers
from humanize.rules.english.splits import split_sentences
from humanize.rules.english.tails import participle_tails
from humanize.rules.proposal import Proposal

Move = Callable[[Context], Iterator[Proposal]]

MOVES: tuple[Move, ...] = (
    joined_sentences,
    participle_tails,
    by_openers,
    while_openers,
    sweeps,
    split_sentences,
)
