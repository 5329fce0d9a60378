"""Reads a model's answer by paragraphs: for each recast paragraph its lines, what each line carries, and what was cut.

    ¶2 t w
    [3 4] The line that says what sentences 3 and 4 said.
    [5] =
    cut [6] repeats sentence 3
    /
    [7] The first line of a second paragraph.
    ¶4-6 l
    [9 10 11] Three list items as one sentence.
    END

A line with = keeps its sentence as it is, a line with / begins a new paragraph. Paragraphs that are not named stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from humanize.prompts.answer import REFUSAL, UnusableAnswer, is_ended, read_lines, says_none

_PARAGRAPH = re.compile(r"¶\s?(\d{1,5})(?:\s?[-–]\s?¶?(\d{1,5}))?((?:\s[a-z])*)\s*:?")
_CARRIED = re.compile(r"\[\s*(\d{1,5}(?:[\s,]+\d{1,5})*)\s*\]\s?(.+)", re.DOTALL)
_CUT = re.compile(r"cut\s?\[\s*(\d{1,5}(?:[\s,]+\d{1,5})*)\s*\]\s*:?\s*(.*)", re.I | re.DOTALL)
_MOST_PARAGRAPHS = 12  # in one group; a longer list that becomes prose loses its reader


@dataclass(frozen=True, slots=True)
class CarriedLine:
    """A line of the rewrite: the numbers of the sentences that it carries, and its text; `=` keeps the sentence."""

    numbers: tuple[int, ...]
    text: str


@dataclass(slots=True)
class ParagraphChange:
    """The paragraphs `first` to `last` as the model recast them.

    `lines` has the lines of each new paragraph; `cuts` maps the number of a sentence that was left out to the model's
    reason. `codes` are its codes for why it recast them.
    """

    first: int
    last: int
    codes: tuple[str, ...]
    lines: list[list[CarriedLine]] = field(default_factory=lambda: [[]])
    cuts: dict[int, str] = field(default_factory=dict)

    @property
    def numbers(self) -> list[int]:
        """The sentences that the lines carry; one may be carried twice."""
        return [number for part in self.lines for line in part for number in line.numbers]


def read_paragraphs(raw: str, *, most: int, key: str, cut: bool = False) -> tuple[ParagraphChange, ...]:
    """Return the recast paragraphs in order; none if the model found nothing to change. `most` is the last number.

    `key` is the key of the fence. `cut` means that the vendor reported a truncated answer. Raises UnusableAnswer.
    """
    lines = read_lines(raw, key)
    if cut:
        raise UnusableAnswer("truncated", "it was cut off")
    if not is_ended(lines):
        raise UnusableAnswer("truncated", "it has no END")
    lines = lines[:-1]
    if says_none(lines):
        return ()
    found = list(_changes(lines))
    _check(found, most)
    return tuple(sorted(found, key=lambda change: change.first))


def _changes(lines: Sequence[str]) -> Iterator[ParagraphChange]:
    now: ParagraphChange | None = None
    for place, line in enumerate(lines):
        head = _PARAGRAPH.fullmatch(line)
        if head:
            if now is not None:
                yield now
            now = ParagraphChange(int(head[1]), int(head[2] or head[1]), tuple(head[3].split()))
        elif now is None:
            raise _stray(line, first=place == 0)
        elif line == "/":
            now.lines.append([])
        elif match := _CUT.fullmatch(line):
            now.cuts |= dict.fromkeys(_numbers(match[1]), match[2].strip()[:200])
        elif match := _CARRIED.fullmatch(line):
            now.lines[-1].append(CarriedLine(_numbers(match[1]), match[2].strip()))
        else:
            raise _stray(line, first=False)
    if now is not None:
        yield now


def _stray(line: str, *, first: bool) -> UnusableAnswer:
    if REFUSAL.search(line):
        return UnusableAnswer("refused", "it declined instead of editing")
    if first:
        return UnusableAnswer("preamble", "it did not begin with a paragraph such as ¶1")
    return UnusableAnswer("stray", "it had a line that names no sentence")


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(dict.fromkeys(int(number) for number in re.split(r"[\s,]+", text.strip())))


def _check(found: Sequence[ParagraphChange], most: int) -> None:
    seen = set[int]()
    for change in found:
        if not 1 <= change.first <= change.last <= most:
            raise UnusableAnswer("unknown_number", f"there is no paragraph ¶{max(change.first, change.last)} to change")
        if change.last - change.first >= _MOST_PARAGRAPHS:
            raise UnusableAnswer("bad_shape", f"¶{change.first}-{change.last} are too many paragraphs for one")
        numbers = set(range(change.first, change.last + 1))
        if seen & numbers:
            raise UnusableAnswer("repeated_number", f"paragraph ¶{min(seen & numbers)} came twice")
        seen |= numbers
