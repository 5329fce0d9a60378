"""What must survive and what must not appear, counted without any of the product's own patterns.

The product's verification cannot find the losses it is built on; this looks at source and result as a stranger would.
Deliberately crude and broad: every hit is worth a look. Imports nothing from the product.
"""

from __future__ import annotations

import re
from collections import Counter

Counts = Counter[tuple[str, str]]

_FACTS = (
    ("number", re.compile(r"[+\-−]?[$€£¥]?\d[\d.,:/]*(?<=\d)%?")),
    ("url", re.compile(r"(?:https?://|www\.)[^\s)>\]\"]+")),
    ("email", re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")),
    ("quote", re.compile(r"“[^”]{2,400}”|(?<![^\s(])\"(?=\S)[^\"\n]{2,400}\"(?=[\s.,;:!?)]|$)|«[^»]{2,400}»")),
    ("code", re.compile(r"```[\s\S]*?```|`[^`\n]+`")),
    ("citation", re.compile(r"\[\d[\d,\s–-]*\]|\[\^\w+\]|\([^()]{2,60}\b\d{4}[a-z]?\)")),
    ("placeholder", re.compile(r"\{\{[^}]*\}\}|\{\w+\}|%[sd]\b|\$\{[^}]*\}")),
    ("tag", re.compile(r"</?[a-zA-Z][^<>]*>|<!--[\s\S]*?-->")),
    ("link", re.compile(r"\]\([^)\s]+\)")),
    (
        "number word",
        re.compile(
            r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred"
            r"|thousand|million|billion|half|quarter|dozen|twice|double)s?\b",
            re.I,
        ),
    ),
    ("negation", re.compile(r"\b(?:not|never|no|nor|neither|cannot|without)\b|n['’]t\b", re.I)),
    ("mark", re.compile(r"[?!]")),
)
_CAPITAL = re.compile(r"(?<![\w'’])[A-Z][\w'’\-]*")
_INSIDE = re.compile(r"(?<=[\w,;)'’\-] )([A-Z][\w'’\-]*)")
_COMMON = frozenset(
    "The A An It I This That These Those He She They We You In On At As For But And Or So If When While "
    # Connectives that a careless draft writes with a capital inside a sentence.
    "However Furthermore Moreover Additionally Therefore Thus Hence Consequently Finally Also Besides".split()
)
_VOWEL_SOUND = frozenset("hour hours hourly honest honestly honesty honor honour honorable heir heirs heirloom".split())
_CONSONANT_SOUND = re.compile(
    r"(?:eu|ew|uni(?!n|m[^e])|us[aeiu]|uk|ut[ei]|ub|one(?:s|ness)?$|one-|once|ou[i]|uran|urin|ufo)", re.I
)
_ARTICLE = re.compile(r"(?<![\w'’.\-])([Aa]n?) ([a-z][a-z\-]+)")
_SLIPS = (
    ("doubled word", re.compile(r"(?<![\w'’\-])(\w+)\s+\1(?![\w'’\-])", re.I)),
    ("two spaces", re.compile(r"(?<=\S)[ \t]{2,}(?=\S)")),
    ("space before a mark", re.compile(r"\w\s+[,.;:!?)](?=\s|$)")),
    ("space after (", re.compile(r"\(\s")),
    (
        "stray marks",
        re.compile(r",\s*,|,\s*\.|\.\s*,(?!\d)|;\s*[,;.]|:\s*[,;.]|(?<!\.)\.\.(?!\.)|[—–]\s*[,.;]|[!?]\.|\.[!?]"),
    ),
    ("mark at the start", re.compile(r"(?:^|\n|[.!?] )[ \t]*[,;:.](?=\s)")),
    ("no space after a mark", re.compile(r"[a-z]{2}[.!?][A-Z][a-z]|[a-z][,;][a-z]")),
    ("small start", re.compile(r"(?<=[a-z]{3}[.!?] )[a-z]+|(?:^|\n\n)[a-z]\w+")),
    ("capital after a comma", re.compile(r"[,;] (?:The|It|They|This|These|We|He|She|There|A|An|In|Their|Its)\b")),
    ("comma before that", re.compile(r", that (?:is|are|was|were|can|will)\b")),
    ("dangling end", re.compile(r"\b(?:the|a|an|of|and|or|to|with|by|its|their)[.!?](?=\s|$)")),
    ("two small words", re.compile(r"\b(?:the a|a the|of of|to to|is are|are is|an a|a an|by by|and and|the of)\b")),
)
_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"), ("“", "”"))


def facts(text: str, names: frozenset[str] = frozenset()) -> Counts:
    """Everything that a rewrite must keep, as a multiset of (kind, text); ``names`` are looked for besides."""
    found = Counter((kind, match.group().strip()) for kind, pattern in _FACTS for match in pattern.finditer(text))
    found.update(("name", match.group()) for match in _CAPITAL.finditer(text) if match.group() in names)
    return found


def names(text: str) -> frozenset[str]:
    """Words with a capital inside some sentence that the text never writes small."""
    small = set(re.findall(r"\b[a-z][\w'’\-]*", text))
    inside = {match.group(1) for match in _INSIDE.finditer(text)} - _COMMON
    return frozenset(word for word in inside if word.lower() not in small and not word.startswith("I'"))


def changed_facts(before: str, after: str) -> Counts:
    """Facts lost or added, each with how often. A name is new when the source has that word in no case at all."""
    known = names(before)
    old, new = facts(before, known), facts(after, known)
    words = set(re.findall(r"[\w'’\-]+", before.lower()))
    added = Counter({("name", word): 1 for word in names(after) if word.lower() not in words})
    return (old - new) + (new - old) + added


def slips(text: str) -> Counts:
    """Mechanical faults as a multiset of (kind, the words around)."""
    found: Counts = Counter()
    for kind, pattern in _SLIPS:
        for match in pattern.finditer(text):
            found[kind, text[max(0, match.start() - 12) : match.end() + 12].replace("\n", "⏎")] += 1
    for match in _ARTICLE.finditer(text):
        if match.group(1).lower() != _article(match.group(2)):
            found["article", match.group()] += 1
    for left, right in _PAIRS:
        if text.count(left) != text.count(right):
            found["unbalanced", left + right] += abs(text.count(left) - text.count(right))
    if text.count('"') % 2:
        found["unbalanced", '"'] += 1
    return found


def new_slips(before: str, after: str) -> Counts:
    """Faults of the result beyond those of the source, kind by kind; the words around only show where."""
    old, new = slips(before), slips(after)
    was, now = _by_kind(old), _by_kind(new)
    worse = {kind for kind, count in now.items() if count > was[kind]}
    return Counter({key: count for key, count in (new - old).items() if key[0] in worse})


def _by_kind(found: Counts) -> Counter[str]:
    counts: Counter[str] = Counter()
    for (kind, _), count in found.items():
        counts[kind] += count
    return counts


def _article(word: str) -> str:
    if word in _VOWEL_SOUND:
        return "an"
    return "an" if word[0] in "aeiou" and not _CONSONANT_SOUND.match(word) else "a"
