"""The output of the demo: numbered steps, indented facts, quoted texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Narrator:
    """`write` prints a line; `head` turns a line into a heading."""

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
