"""The moves of the English rules: what an editor does to a sentence that no pattern of words can say."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from humanize.rules.context import Context
from humanize.rules.english.contrast import plain_contrasts
from humanize.rules.english.dashes import recast_dashes
from humanize.rules.english.empty_sentences import empty_sentences
from humanize.rules.english.hooks import straight_hooks
from humanize.rules.english.joins import joined_sentences
from humanize.rules.english.recasts import by_openers, sweeps, while_openers
from humanize.rules.english.registers import other_register
from humanize.rules.english.signposts import thinned_signposts
from humanize.rules.english.splits import split_sentences
from humanize.rules.english.tails import participle_tails
from humanize.rules.english.triads import cut_triads
from humanize.rules.proposal import Proposal

Move = Callable[[Context], Iterator[Proposal]]

MOVES: tuple[Move, ...] = (
    joined_sentences,
    participle_tails,
    other_register,
    recast_dashes,
    empty_sentences,
    straight_hooks,
    plain_contrasts,
    thinned_signposts,
    cut_triads,
    by_openers,
    while_openers,
    sweeps,
    split_sentences,
)
