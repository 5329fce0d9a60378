"""Lines with their offsets. Only CR, LF and CRLF end a line: the other separators of Unicode stay inside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Line:
    """``text[start:end]`` is ``content``, without its line end."""

    start: int
    end: int
    content: str

    @property
    def blank(self) -> bool:
        return not self.content.strip()


def lines(text: str) -> Iterator[Line]:
    at = 0
    for match in _END.finditer(text):
        yield Line(at, match.start(), text[at : match.start()])
        at = match.end()
    if at < len(text):
        yield Line(at, len(text), text[at:])
