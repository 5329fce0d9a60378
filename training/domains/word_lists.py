"""Two domains that no corpus of ours has labels for are told by words of our own choosing; both lists are ours alone.

A text belongs to one of them when enough different words of its list stand in it, and close enough together.
"""

from __future__ import annotations

import re

_LEAST_DIFFERENT = 4
_LEAST_PER_100 = 5.0

MARKETING = frozenset(
    """
    buy shop order offer offers deal deals discount sale save free shipping delivery trial subscribe subscription sign
    join today now exclusive limited guarantee guaranteed refund customers brand brands launch launching introducing
    discover premium bestselling collection click newsletter upgrade checkout coupon promo perfect love loved our your
    unbeatable handcrafted stylish affordable bundle gift gifts waitlist demo pricing onboarding team's dream
    """.split()
)
TECHNICAL = frozenset(
    """
    install installed installation configure configured configuration config server servers client api endpoint
    endpoints request requests response json yaml http https url parameter parameters function functions method methods
    class classes library libraries package packages command commands terminal shell script scripts file files folder
    directory directories path default defaults option options flag flags variable variables database query queries
    table cache cached log logs error errors exception debug deploy deployment deployed container containers docker
    kubernetes cluster version versions release branch commit repository git build builds compile compiled runtime
    memory thread threads process processes port token tokens authentication password user users click button menu
    screen settings device driver firmware update updates restart reboot cable voltage sensor module modules interface
    software hardware browser linux windows python javascript java sql timeout retry retries schema backup restore
    """.split()
)
_OUR = frozenset("our your today now team's".split())  # these alone sell nothing: they count only beside others


def listed_domain(words: list[str]) -> str:
    """`technical`, `marketing`, or empty."""
    if not words:
        return ""
    best = max((("technical", TECHNICAL), ("marketing", MARKETING)), key=lambda one: _density(words, one[1]))
    return best[0] if _density(words, best[1]) >= _LEAST_PER_100 else ""


def _density(words: list[str], known: frozenset[str]) -> float:
    """Of each 100 words those on the list; nothing unless enough different ones stand there."""
    found = [word for word in words if word in known]
    if len(set(found) - _OUR) < _LEAST_DIFFERENT:
        return 0.0
    return 100 * len(found) / len(words)


def plain_words(text: str) -> list[str]:
    return re.findall(r"[a-z]+(?:'[a-z]+)?", text.lower().replace("’", "'"))
