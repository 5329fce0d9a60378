"""Finds where sentences end: after a stop that is not part of an abbreviation, an initial, a number or an address."""

from __future__ import annotations

import re
from collections.abc import Iterator

from humanize.text.spans import Span

_STOP = re.compile(
    r"(?:[.!?…]{1,20}|[。！？]{1,20})[\"'”’»)\]*_]{0,6}(?:\[\^?[\w-]{1,20}\]){0,5}(?=\s|$)|[。！？]{1,20}[」』”’]{0,3}"
)
_ABBREVIATIONS = frozenset(
    """
    mr mrs ms dr prof sr jr st rev hon gen col maj capt lt sgt cmdr adm gov sen rep pres messrs mt ft vs etc eg
    ie cf al ca approx dept est fig figs eq eqs no nos vol vols pp ed eds trans ch sec sect art para inc ltd co
    corp bros plc jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri sat sun ave
    blvd rd hwy apt min max avg tel ext ref refs app viz op cit ibid resp incl misc
    """.split()
)
# These often end a sentence as well; the next word decides.
_EITHER = frozenset(
    """
    etc inc ltd co corp bros plc jr sr al ed eds no min max ave rd sat sun mar app ref est ext art fig
    """.split()
)
_TITLES = (
    _ABBREVIATIONS
    - _EITHER
    - frozenset("jan feb apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri".split())
)
_LAST_WORD = re.compile(r"(?<![^\W\d_])([^\W\d_]++(?:\.[^\W\d_]++)*+)\.$")
_CLOSERS = "\"'”’»)]*_"
_OPENERS = "\"'“‘«([*_¿¡—–-"
_STARTERS = frozenset(
    """
    the a an this that these those it he she we they i you there here in on at as for but and or so if when
    while after before although however his her its our their my your what how why who where not no one some
    many most
    """.split()
)
_NUMBERED = re.compile(r"\A\s*(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})\\?[.)]$")


def sentences(text: str, start: int, end: int) -> tuple[Span, ...]:
    """Return the sentences of `text[start:end]` without surrounding white space; together they have all its words."""
    found: list[Span] = []
    at = start
    for stop in _ends(text, start, end):
        _add(found, text, at, stop)
        at = stop
    _add(found, text, at, end)
    return tuple(found)


def _add(found: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        left = start + len(piece) - len(piece.lstrip())
        found.append(Span(left, left + len(stripped), "sentence"))


def _ends(text: str, start: int, end: int) -> Iterator[int]:
    first = start
    for match in _STOP.finditer(text, start, end):
        if _is_end(text, first, match, end):
            yield match.end()
            first = match.end()


def _is_end(text: str, first: int, match: re.Match[str], end: int) -> bool:
    stop = match.group()
    if stop[0] in "。！？":
        return True
    following = _next(text, match.end(), end)
    if not following:
        return True
    if stop.startswith((".", "…")) and following[0].islower():
        return False
    if stop[0] != "." or stop.startswith(".."):
        # "Really?" she asked. After a stop inside a quotation, the sentence continues with a lower-case letter.
        return not following[0].islower()
    return not _is_abbreviation(
        text, first, match.start() + 1, following, closed=len(stop.rstrip(_CLOSERS)) < len(stop)
    )


def _next(text: str, at: int, end: int) -> str:
    """Return the next word after white space and opening marks."""
    return (
        text[at : min(end, at + 60)].lstrip().lstrip(_OPENERS).split(maxsplit=1)[0:1][0]
        if text[at : min(end, at + 60)].strip().strip(_OPENERS)
        else ""
    )


def _is_abbreviation(text: str, first: int, dot: int, following: str, *, closed: bool) -> bool:
    head = text[max(first, dot - 40) : dot]
    if dot - first <= 6 and _NUMBERED.fullmatch(text[first:dot]):
        return True  # "1." opens a list item
    match = _LAST_WORD.search(head)
    if match is None or closed:
        return False
    word = match.group(1)
    plain = word.replace(".", "").lower()
    starter = following.strip(",;:").lower() in _STARTERS
    if "." in word or (len(word) == 1 and word.isupper() and word != "I"):
        return not starter or plain in {"eg", "ie"}
    if plain in _TITLES:
        return plain not in {"sec", "ch", "vol", "pp", "eq"} or not starter or following[:1].isdigit()
    if plain in _EITHER:
        return following[:1].isdigit() or (plain in {"inc", "ltd", "co", "corp", "al", "jr", "sr"} and not starter)
    return plain in _ABBREVIATIONS and (following[:1].isdigit() or not starter)
