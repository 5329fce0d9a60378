"""Thins “Moreover, …” and “In conclusion, …” where a text has more of them than people set; the first one stays.

People open 1.2 sentences in 1,000 words with “moreover” and its kin, and one in 2,600 words with a summary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from humanize.rules.context import Context
from humanize.rules.proposal import Proposal

MORE_REASON = "The text has this signpost elsewhere; here the sentence follows without it."
SUMMARY_REASON = "The text announces its end more than once."
WORDS_FOR_ANOTHER = 400
_MORE = re.compile(r"(?:Moreover|Furthermore|Additionally|In addition|What['’]s more), (?=\w)")
_SUMMARY = re.compile(
    r"(?:In conclusion|To conclude|In summary|To sum up|To summari[sz]e|In closing|Overall|All in all|Ultimately"
    r"|In essence), (?=\w)"
)


def thinned_signposts(context: Context) -> Iterator[Proposal]:
    """Propose to cut signposts of a kind that the text has had before."""
    words = context.text.count(" ")
    yield from _thinned(context, _MORE, 1 + words // WORDS_FOR_ANOTHER, MORE_REASON, "more")
    yield from _thinned(context, _SUMMARY, 1, SUMMARY_REASON, "summary")


def _thinned(context: Context, pattern: re.Pattern[str], spared: int, reason: str, name: str) -> Iterator[Proposal]:
    places = [
        (number, match)
        for number, sentence in enumerate(context.sentences)
        if not sentence.heading and (match := pattern.match(context.text, sentence.start, sentence.end))
    ]
    for number, match in places[spared:]:
        if context.guard.free(match.start(), match.end()):
            yield Proposal(match.start(), match.end(), "", number, 3, 0.88, reason, f"rules/signposts/{name}")
