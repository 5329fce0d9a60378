"""Equations as one line of text: `(a+b)/2`, `x^2`, `√(x+1)`, `∑_(i=1)^n x`.

The terms stand in this order in the file, too: each is read where it stands, and only the signs between them are added.
"""

from __future__ import annotations

import re

from humanize.uploads.docx.package import Element, short, value

_TERM = re.compile(r"[\w.,′’']*|\S")
_STRUCTURES = frozenset(
    "m:acc m:bar m:box m:borderBox m:d m:eqArr m:f m:func m:groupChr m:limLow m:limUpp m:m m:nary m:phant m:rad m:sPre "
    "m:sSub m:sSubSup m:sSup".split()
)
_RAISED = frozenset({"m:sub", "m:sup", "m:lim"})
_BRACKETED = frozenset({"m:num", "m:den"}) | _RAISED
# The base of these is in brackets, unless it is a single term.
_BASES = frozenset("m:rad m:sSup m:sSub m:sSubSup m:limLow m:limUpp m:acc m:bar".split())
# Signs before and behind: what the properties (an element, an attribute) say, else the default.
_BEFORE = {
    "m:nary": (("m:naryPr", "m:chr"), "∫"),
    "m:d": (("m:dPr", "m:begChr"), "("),
    "m:rad": ((), "√"),
    "m:m": ((), "["),
    "m:eqArr": ((), "["),
}
_BEHIND = {
    "m:d": (("m:dPr", "m:endChr"), ")"),
    "m:acc": (("m:accPr", "m:chr"), "\u0302"),
    "m:m": ((), "]"),
    "m:eqArr": ((), "]"),
}


def is_equation(name: str) -> bool:
    """Tell the element that holds one equation."""
    return name == "m:oMath"


def opening(element: Element) -> str:
    """Return the signs that stand before what an element of an equation holds."""
    name = short(element.tag)
    if name in _BEFORE:
        return _sign(element, *_BEFORE[name])
    if name == "m:mr":
        return "; " if _is_repeated(element) else ""
    if name == "m:deg":
        return "[" if _text(element) else ""
    if name == "m:e":
        return _before_argument(element)
    if name in _BRACKETED:
        return _join(element, name) + _bracket(element, "(")
    return ""


def closing(element: Element) -> str:
    """Return the signs that stand behind what an element of an equation holds."""
    name = short(element.tag)
    if name in _BEHIND:
        return _sign(element, *_BEHIND[name])
    if name == "m:deg":
        return "]" if _text(element) else ""
    if name in _BRACKETED or (name == "m:e" and _parent(element) in _BASES):
        return _bracket(element, ")")
    return ""


def _sign(element: Element, place: tuple[str, ...], default: str) -> str:
    sign = value(element, *place) if place else None
    return default if sign is None else sign


def _before_argument(element: Element) -> str:
    parent = _parent(element)
    if parent in {"m:nary", "m:sPre"}:
        return " "
    if parent in _BASES:
        return _bracket(element, "(")
    if not _is_repeated(element):
        return ""
    if parent == "m:d":
        return _property(element.getparent(), "m:dPr", "m:sepChr") or "|"
    return {"m:mr": ", ", "m:eqArr": "; "}.get(parent, "")


def _property(element: Element | None, *names: str) -> str | None:
    """A property by its path. Properties come first, so none of the arguments, which may be many, is passed."""
    first = None if element is None else next(iter(element), None)
    return value(first, *names[1:]) if first is not None and short(first.tag) == names[0] else None


def _join(element: Element, name: str) -> str:
    """What joins a term to the one before it. A binomial's parts stand above each other without a bar."""
    if name == "m:den" and _text(element):
        return "¦" if _property(element.getparent(), "m:fPr", "m:type") == "noBar" else "/"
    if name not in _RAISED or not _text(element):
        return ""
    return "^" if name == "m:sup" or _parent(element) == "m:limUpp" else "_"


def _bracket(element: Element, sign: str) -> str:
    """The bracket round a term that is more than one word, number or sign."""
    inner = any(short(one.tag) in _STRUCTURES for one in element.iterdescendants())
    parts = [one for one in element if short(one.tag) in _STRUCTURES or short(one.tag) == "m:r"]
    has_own = len(parts) == 1 and short(parts[0].tag) == "m:d"
    return "" if has_own or (not inner and _TERM.fullmatch(_text(element))) else sign


def _text(element: Element) -> str:
    return "".join(one.text or "" for one in element.iter("{*}t")).strip()


def _parent(element: Element) -> str:
    above = element.getparent()
    return "" if above is None else short(above.tag)


def _is_repeated(element: Element) -> bool:
    before = element.getprevious()
    return before is not None and before.tag == element.tag
