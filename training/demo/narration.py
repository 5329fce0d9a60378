"""How the demo speaks: numbered steps, indented facts, quoted texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Narrator:
    """`write` takes a line; `head` makes a heading of it."""

    write: Callable[[str], object]
    head: Callable[[str], str]
    number: int = 0

    def step(self, text: str) -> None:
        self.number += 1
        self.write(self.head(f"\n{self.number}. {text}"))

    def say(self, text: str) -> None:
        self.write(f"   {text}")

    def quote(self, text: str) -> None:
        for line in text.splitlines():
            self.write(f"   | {line}")
