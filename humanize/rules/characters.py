"""Removes characters that nobody typed, in any language: invisible ones inside words and odd spaces between them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from humanize.rules.context import Context
from humanize.rules.proposal import Proposal

INVISIBLE = re.compile(
    r"(?<=[\x20-\x7e‘’“”–—])[\u200b\u200c\u2060\ufeff\u00ad]++(?=[\x20-\x7e‘’“”–—\n])"
    r"|(?<![\u200b\ufeff])[\u200b\ufeff]++(?=\w)"  # each run is tried once, from its beginning
)
ODD_SPACE = re.compile(r"(?<=[A-Za-z,;])[\u2002-\u2006\u2008-\u200a\u202f\u205f\u3000](?=[A-Za-z])")
INVISIBLE_REASON = "An invisible character that nobody typed; it breaks searching and spell checking."


def stray_characters(context: Context) -> Iterator[Proposal]:
    """Propose to remove zero-width characters, stray byte-order marks and soft hyphens, and to replace odd spaces.

    Joiners inside emoji and in scripts that need them are left unchanged.
    """
    starts = [sentence.start for sentence in context.sentences]
    for pattern, after in ((INVISIBLE, ""), (ODD_SPACE, " ")):
        for match in pattern.finditer(context.text):
            number = bisect_right(starts, match.start()) - 1
            inside = number >= 0 and match.end() <= context.sentences[number].end
            if inside and context.guard.free(match.start(), match.end()):
                yield Proposal(
                    match.start(), match.end(), after, number, 1, 1.0, INVISIBLE_REASON, "rules/characters/invisible"
                )
