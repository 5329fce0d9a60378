"""Placeholders ("marks") for protected spans: they are hidden from the model and put back into its answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from humanize.text.spans import Span

_LEGEND_LENGTH = 40
_LEGEND_KINDS = frozenset({"name", "number", "date", "user", "citation"})
_SPACE = re.compile(r"\s+")


class BrokenMarks(ValueError):
    """A sentence whose marks were lost, repeated or invented; the message says which."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a text. `originals[n - 1]` is what mark n stands for, with single spaces; `kinds` are its kinds."""

    prefix: str
    originals: tuple[str, ...]
    kinds: tuple[str, ...]

    def mark(self, number: int) -> str:
        return f"⟦{self.prefix}{number}⟧"

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(rf"⟦{self.prefix}(\d{{1,5}})⟧")


def marks_for(text: str, spans: Sequence[Span], prefix: str) -> Marks:
    """Return marks for all spans of a text; they start with the prefix only if the text itself has ⟦ or ⟧."""
    kept = tuple(single_spaced(text[span.start : span.end]) for span in spans)
    return Marks(prefix if "⟦" in text or "⟧" in text else "", kept, tuple(span.kind for span in spans))


def single_spaced(text: str) -> str:
    return _SPACE.sub(" ", text)


def hide(text: str, start: int, end: int, spans: Sequence[Span], first: int, marks: Marks) -> str:
    """Return `text[start:end]` with marks in place of its spans. `first` is the number of the first mark."""
    parts: list[str] = []
    at = start
    for number, span in enumerate(spans, first):
        parts += (text[at : span.start], marks.mark(number))
        at = span.end
    return single_spaced("".join((*parts, text[at:end])))


def show(text: str, expected: Sequence[int], marks: Marks) -> str:
    """Return the text with the original words in place of the marks.

    Raises BrokenMarks unless each expected mark occurs and no other does. They may move, and a name or number may be
    said twice.
    """
    found = Counter(int(number) for number in marks.pattern.findall(text))
    for number in expected:
        if number not in found:
            raise BrokenMarks(f"the mark {marks.mark(number)} is missing")
        if found[number] > 1 and marks.kinds[number - 1] not in _LEGEND_KINDS:
            raise BrokenMarks(f"the mark {marks.mark(number)} occurs more than once")
    known = set(expected)
    strange = [number for number in found if number not in known]
    if strange:
        raise BrokenMarks(f"the mark {marks.mark(strange[0])} does not belong to this sentence")
    shown = marks.pattern.sub(lambda match: marks.originals[int(match.group(1)) - 1], text)
    if not marks.prefix and ("⟦" in marks.pattern.sub("", text) or "⟧" in marks.pattern.sub("", text)):
        raise BrokenMarks("a mark came back broken")
    return shown


def legend(numbers: Sequence[int], marks: Marks) -> str:
    """Return a line for each short mark with what it stands for, since the grammar around a name or number needs it."""
    lines = [
        f"{marks.mark(number)} = {marks.originals[number - 1]}"
        for number in numbers
        if marks.kinds[number - 1] in _LEGEND_KINDS and len(marks.originals[number - 1]) <= _LEGEND_LENGTH
    ]
    return "\n".join(lines)
