"""Finds the register of a text when the writer leaves it to the rules."""

from __future__ import annotations

from humanize.options import Register
from humanize.rules.english.register import english_register
from humanize.text.segment import SegmentedText


def detect_register(document: SegmentedText, language: str) -> Register:
    """Return the register of a text in the language with this code; "professional" where no words tell it."""
    return english_register(document) if language == "en" else "professional"
