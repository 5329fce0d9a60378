"""Asides between commas or dashes move into brackets; a dash before a second statement becomes a semicolon."""

from __future__ import annotations

import re
from collections.abc import Iterator

from humanize.revision.placement import Place
from humanize.text.edits import TextEdit

LIST_REASON = "A list of examples on the side; brackets keep the sentence in view."
DASH_REASON = "An aside; brackets hold it, and the text leans less on dashes."
STOP_REASON = "Two statements; a semicolon parts them, and the text leans less on dashes."
_INSIDE = r"[^,.;:!?()\[\]\"“”*_`\n—–]"
_LIST = re.compile(
    rf",\s(?P<aside>(?:such\sas|including)\s{_INSIDE}{{3,60}}(?:,\s{_INSIDE}{{2,40}}){{0,3}}?)(?P<end>,\s(?=(?!and|or|but|which|who|where)[a-z]+\s)|(?=\.$))"
)
_PAIR = re.compile(rf"\s?[—–]\s?(?P<aside>[a-z]{_INSIDE}{{3,70}})\s?[—–]\s?(?=(?!and|or|but)[a-z])")
_STATES = re.compile(
    r"\s?[—–]\s?(?=(?:it|they|he|she|we|there|this)(?:\s(?:is|are|was|were|has|have|had|can|will|would|could|may|does|do|did|[a-z]+s|[a-z]+ed)\s|['’](?:s|re|ve)\s))"
)
# “including staff, suppliers and buyers”: the first item of a list is not an aside.
_LATER_AND = re.compile(r"[^.;:]{0,80}?\b(?:and|or)\b")
_CLAUSE = frozenset({"which", "who", "that", "is", "are", "was", "were", "has", "have", "can", "to"})


def asides(place: Place) -> Iterator[TextEdit]:
    """Yield edits that put asides into brackets. Skips sentences with brackets and asides with names or figures."""
    text = place.tokens.text
    for start, end in place.sentences:
        if "(" in text[start:end]:
            continue
        yield from _lists(place, start, end)
        dashes = len(re.findall("[—–]", text[start:end]))
        match = (_PAIR if dashes == 2 else _STATES).search(text, start, end) if dashes in {1, 2} else None
        if match is not None and place.free(match.start(), match.end()):
            yield _dashed(text, match)


def _lists(place: Place, start: int, end: int) -> Iterator[TextEdit]:
    match = _LIST.search(place.tokens.text, start, end)
    if match is not None and _balanced(match) and place.free(match.start(), match.end()):
        tail = " " if match["end"] else ""
        yield _edit(place.tokens.text, match, f" ({match['aside']}){tail}", LIST_REASON)


def _balanced(match: re.Match[str]) -> bool:
    """Return whether the aside contains no clause and, if it is a list, ends with its “and” or “or” item."""
    aside = match["aside"]
    if any(word in _CLAUSE or word.endswith("ing") for word in aside.split()[2:]):
        return False
    if "," in aside:
        return re.match(r"\s(?:and|or)\s", aside.rsplit(",", 1)[1]) is not None
    return not match["end"] or _LATER_AND.match(match.string, match.end()) is None


def _dashed(text: str, match: re.Match[str]) -> TextEdit:
    if match.re is _STATES:
        return _edit(text, match, "; ", STOP_REASON)
    return _edit(text, match, f" ({match['aside'].strip()}) ", DASH_REASON)


def _edit(text: str, match: re.Match[str], after: str, reason: str) -> TextEdit:
    return TextEdit(match.start(), match.end(), text[match.start() : match.end()], after, reason, "model/aside")
