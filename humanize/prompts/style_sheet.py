"""Facts about the style of a long text that all its parts must share, for a consistent voice. Deterministic."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

_SAMPLE = 60_000
_BRITISH = re.compile(r"\b\w+(?:isation|ise[sd]?|our(?:ed|s)?|tre|ogue)\b|\b(?:whilst|programme|centre)\b", re.I)
_AMERICAN = re.compile(r"\b\w+(?:ization|ize[sd]?)\b|\b(?:color|favor|center|program|behavior)\w*\b", re.I)
_SHORTENED = re.compile(r"\b\w+(?:n['’]t|['’](?:re|ve|ll|d|m))\b|\b(?:it|that|there|he|she|what)['’]s\b", re.I)
_PERSONS = (("I", re.compile(r"\bI\b")), ("we", re.compile(r"\bwe\b", re.I)), ("you", re.compile(r"\byou\b", re.I)))
_SERIAL = re.compile(r"\b\w++, \w++, and \w++")
_PLAIN = re.compile(r"\b\w++, \w++ and \w++")
_TERM = re.compile(r"(?<=[a-z,;] )[A-Z][\w-]+(?: [A-Z][\w-]+){0,2}")
_MOST_TERMS = 12


@dataclass(frozen=True, slots=True)
class StyleSheet:
    """Sentences about the style, for the prompt; none for a short text."""

    rules: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join(f"- {rule}" for rule in self.rules)


NO_STYLE = StyleSheet()


def style_sheet(text: str) -> StyleSheet:
    """Describe the style of the first 60,000 characters."""
    sample = text[:_SAMPLE]
    found = (_spelling(sample), _short(sample), _person(sample), _comma(sample), _terms(sample))
    return StyleSheet(tuple(rule for rule in found if rule))


def _spelling(text: str) -> str:
    british, american = len(_BRITISH.findall(text)), len(_AMERICAN.findall(text))
    if max(british, american) < 3 or min(british, american) * 3 > max(british, american):
        return ""
    return f"{'British' if british > american else 'American'} spelling"


def _short(text: str) -> str:
    per_thousand = 1000 * len(_SHORTENED.findall(text)) / max(1, len(text.split()))
    if per_thousand < 0.5:
        return "No contractions"
    return "Contractions are used" if per_thousand > 4 else ""


def _person(text: str) -> str:
    counts = {name: len(pattern.findall(text)) for name, pattern in _PERSONS}
    name, count = max(counts.items(), key=lambda pair: pair[1])
    return (
        f"The text speaks as “{name}”" if count >= 5 else "The text speaks of others; there is hardly an I, we or you"
    )


def _comma(text: str) -> str:
    serial, plain = len(_SERIAL.findall(text)), len(_PLAIN.findall(text))
    if max(serial, plain) < 3:
        return ""
    return "A comma before “and” in lists" if serial > plain else "No comma before “and” in lists"


def _terms(text: str) -> str:
    counts = Counter(_TERM.findall(text))
    common = [term for term, count in counts.most_common(_MOST_TERMS) if count >= 3]
    return f"Terms, always written so: {', '.join(common)}" if common else ""
