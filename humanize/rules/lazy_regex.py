"""Regular expressions compiled on first use: a pack holds a thousand, a text needs a few dozen."""

from __future__ import annotations

import re


class Lazy:
    """Case-insensitive; the pack loader has checked that the pieces are sound."""

    __slots__ = ("_compiled", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self._compiled: re.Pattern[str] | None = None

    def compiled(self) -> re.Pattern[str]:
        if self._compiled is None:
            self._compiled = re.compile(self.source, re.IGNORECASE)
        return self._compiled

    def match(self, text: str, start: int, end: int) -> re.Match[str] | None:
        return self.compiled().match(text, start, end)

    def search(self, text: str) -> re.Match[str] | None:
        return self.compiled().search(text)
