"""Detects the register of a text for the strategy "auto", by features that separate registers clearly."""

from __future__ import annotations

import re

from humanize.options import Register
from humanize.rules.context import CONTRACTION
from humanize.text.segment import SegmentedText

CITATION = re.compile(r"\([A-Z][^()]{1,60}\d{4}[a-z]?\)|\[\d+(?:[,–-]\s?\d+)*\]|\bet al\b")
SCHOLARLY = re.compile(
    r"\b(?:hypothes[ie]s|empirical(?:ly)?|methodolog\w+|theorem|literature review|statistically|p\s?<\s?0|"
    r"we (?:propose|show|prove|demonstrate|introduce|present|find|study)|this (?:paper|study|essay|article)|"
    r"in this (?:paper|study|work)|baselines?|datasets?|cohort|participants)\b",
    re.IGNORECASE,
)
CHATTY = re.compile(
    r"!|\b(?:awesome|super|kinda|gonna|wanna|yeah|hey|guys|folks|stuff|lol|btw|honestly|totally|literally)\b",
    re.IGNORECASE,
)


def english_register(document: SegmentedText) -> Register:
    """Return the register of a text: professional unless it is clearly academic or casual."""
    text = document.text
    words = max(1, text.count(" ") + 1)
    academic = 3 * len(CITATION.findall(text)) + len(SCHOLARLY.findall(text))
    casual = 2 * len(CHATTY.findall(text)) + len(CONTRACTION.findall(text))
    if academic * 100 / words >= 1.5 and academic > 2 * casual:
        return "academic"
    if casual * 100 / words >= 1.5 and casual > academic:
        return "casual"
    return "professional"
