"""Fits a rendered replacement into its sentence: capitals, white space after a deletion, the shortest span."""

from __future__ import annotations

import re
from dataclasses import replace

from humanize.rules.context import Sentence
from humanize.rules.proposal import Proposal

WORDS = re.compile(r"\S+\s*|\s+")


def fit(text: str, sentence: Sentence, proposal: Proposal) -> Proposal | None:
    """Return the fitted proposal; None if it would change nothing or leave an empty sentence."""
    start, end, after = proposal.start, proposal.end, proposal.after
    if not after:
        start, end = _swallow_space(text, sentence, start, end)
        if not text[sentence.start : start].strip() and not re.search(r"\w", text[end : sentence.end]):
            return None
        return replace(proposal, start=start, end=end)
    if text[start].isupper() and not text[start : start + 2].startswith("I "):
        after = after[0].upper() + after[1:]
    start, end, after = shorten(text, start, end, after)
    if start == end and not after:
        return None
    if not after:
        start, end = _swallow_space(text, sentence, start, end)
    return replace(proposal, start=start, end=end, after=after)


def shorten(text: str, start: int, end: int, after: str) -> tuple[int, int, str]:
    """Return the edit without the whole words that the replacement shares with the source at either end."""
    old, new = WORDS.findall(text[start:end]), WORDS.findall(after)
    while len(old) > 0 and len(new) > 0 and old[0] == new[0]:
        start += len(old.pop(0))
        new.pop(0)
    old_tail, new_tail = text[start:end], "".join(new)
    while True:
        a, b = re.search(r"\s\S+$", old_tail), re.search(r"\s\S+$", new_tail)
        if a is None or b is None or a.group().split() != b.group().split():
            break
        old_tail, new_tail = old_tail[: a.start()], new_tail[: b.start()]
    if old_tail.split() == new_tail.split():
        return start, start, ""
    return start, start + len(old_tail), new_tail


def _swallow_space(text: str, sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    """Widen a deletion by the white space on one side, so that neither two spaces nor ` ,` remain."""
    after = re.compile(r"[ \t\u00a0]+|\n(?=\S)").match(text, end, sentence.end)
    before_space = start == sentence.start or text[start - 1].isspace()
    if after is not None and before_space:
        return start, after.end()
    if end < sentence.end and text[end].isalnum() is False and start > sentence.start and text[start - 1] in " \t":
        return start - 1, end
    return start, end
