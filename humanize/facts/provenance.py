"""Checks a recast paragraph by what each of its lines says that it carries.

Closed kinds are compared over the paragraph as a whole, where they may move. Each line is then compared with the
sentences that it carries: a line that changed little is judged by its words, one that was written anew is to be looked
at. A sentence that was cut is to be looked at, unless the rest of the rewrite says all that it said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from humanize.facts.changes import compare, telling_words
from humanize.facts.check import FREE_FROM, compare_paragraphs, light_findings
from humanize.facts.findings import Answer, Finding, Verdict, verdict_of
from humanize.facts.stems import stems_of

_FEW = 2  # content words of a sentence that says next to nothing


@dataclass(frozen=True, slots=True)
class Carried:
    """A line of the rewrite and the sentences that it carries, as half-open ranges in the paragraph and its rewrite."""

    sources: tuple[tuple[int, int], ...]
    rewrite: tuple[int, int]


def check_carried(
    source: str,
    rewrite: str,
    carried: Sequence[Carried],
    cuts: Sequence[tuple[int, int]],
    *,
    language: str = "en",
    protected: Sequence[str] = (),
) -> Verdict:
    """Return the verdict on a recast paragraph whose lines name what they carry; `cuts` are the ranges left out.

    Never raises. For languages other than English only closed kinds are checked.
    """
    closed = compare_paragraphs(source, rewrite, language=language, protected=protected, closed=True)
    found = list(closed.findings)
    if language.startswith("en"):
        for one in carried:
            found += _line(source, rewrite, one, language)
        found += _cuts(source, rewrite, cuts)
    return verdict_of(found)


def _line(source: str, rewrite: str, one: Carried, language: str) -> Iterator[Finding]:
    before = " ".join(source[start:end] for start, end in one.sources)
    after = rewrite[slice(*one.rewrite)]
    if before.split() == after.split():
        return
    whole = min(start for start, _ in one.sources), max(end for _, end in one.sources)
    yield from _brought(before, after, source, one, language)
    delta = compare(before, after)
    if delta.share >= FREE_FROM:
        detail = "this was written anew; read both, since only numbers, names and quotations were compared"
        yield Finding("recast", detail, Answer.LOOK, whole, one.rewrite)
        return
    for finding in light_findings(delta):
        there = finding.rewrite
        placed = (there[0] + one.rewrite[0], there[1] + one.rewrite[0]) if there != (0, 0) else one.rewrite
        yield replace(finding, source=whole, rewrite=placed)


def _brought(before: str, after: str, source: str, one: Carried, language: str) -> Iterator[Finding]:
    """Yield the facts of a line that stand in the paragraph, but not in the sentences that it carries."""
    for finding in compare_paragraphs(before, after, language=language, closed=True).findings:
        words = after[slice(*finding.rewrite)]
        if finding.source == (0, 0) and finding.kind != "name" and finding.answer == Answer.REFUSED and words in source:
            detail = f"“{words[:80]}” stands in another sentence of the original"
            yield Finding("moved", detail, Answer.LOOK, (0, 0), one.rewrite)


def _cuts(source: str, rewrite: str, cuts: Sequence[tuple[int, int]]) -> Iterator[Finding]:
    rest = stems_of(telling_words(rewrite))
    for start, end in cuts:
        said = stems_of(telling_words(source[start:end]))
        if len(said - rest) > min(_FEW, len(said) // 3):
            detail = f"“{' '.join(source[start:end].split())[:80]}” was left out"
            yield Finding("cut", detail, Answer.LOOK, (start, end), (0, 0))
