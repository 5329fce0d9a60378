"""The edit: the one currency of the product.

Everything that shows, counts, verifies or learns from a rewrite works on edits over the source.
Pure: no Django, no I/O.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace ``source[start:end]``, which reads ``before``, by ``after``.

    Offsets are code points of the source, end exclusive; ``start == end`` inserts. ``reason`` is a
    sentence for the writer. ``source`` says who proposed it: ``rules/<theme>/<rule id>``,
    ``model/<name>`` or ``llm/<model>``; its first two parts are the edit's *kind* ("accept a kind").
    """

    start: int
    end: int
    before: str
    after: str
    reason: str
    source: str

    @property
    def kind(self) -> str:
        return "/".join(self.source.split("/")[:2])
