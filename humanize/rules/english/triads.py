"""Cuts a list of three to the two that inform, where one item repeats another or says nothing.

Only single words of the lists below fall; names, things, steps and figures are never among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from humanize.rules.context import Context
from humanize.rules.proposal import Proposal

TWIN_REASON = "Two of the three say the same; two items inform as well."
EMPTY_REASON = "The third item adds rhythm, not information."
_TRIAD = re.compile(
    r"(?<![\w'’-])(?P<one>[a-z]{3,16}(?:-[a-z]{2,12}){0,3})(?P<drop>, (?P<two>[a-z]{3,16}(?:-[a-z]{2,12}){0,3}), "
    r"(?P<joint>and|or) )(?P<three>[a-z]{3,16}(?:-[a-z]{2,12}){0,3})(?![\w'’-])"
)
_TWINS = tuple(
    frozenset(line.split())
    for line in """
    clear plain straightforward
    concise brief succinct
    fast quick rapid swift speedy
    easy simple effortless
    safe secure
    warm welcoming inviting friendly
    calm peaceful serene tranquil
    bold daring fearless
    honest truthful sincere
    loyal faithful devoted
    complex intricate complicated
    strong robust sturdy
    fun enjoyable entertaining
    beautiful stunning gorgeous breathtaking
    tired weary exhausted
    diverse varied
    unique distinctive one-of-a-kind
    dedicated committed devoted
    reliable dependable trustworthy
    meaningful significant impactful important
    innovative inventive creative
    engaging captivating compelling gripping
    quiet silent still
    delicious tasty flavorful flavourful mouthwatering
    joy happiness delight
    grief sorrow sadness
    fear dread terror
    passion enthusiasm zeal
    dedication commitment devotion
    perseverance persistence determination tenacity grit resilience
    kindness compassion empathy
    creativity innovation ingenuity inventiveness
    honesty sincerity truthfulness
    unity harmony togetherness
    collaboration cooperation teamwork
    efficiency productivity
    challenges obstacles difficulties hurdles
    goals objectives aims
    insight understanding
    beauty grace elegance
    wonder awe
    inspire motivate
    inspiring motivating
    support assist help
    protect safeguard
    enhance improve
    enhancing improving
    captivate enchant charm
    grow evolve develop
    grows evolves develops
    """.strip().splitlines()
)
_EMPTY = frozenset(
    """compelling impactful meaningful transformative seamless holistic enriching vibrant dynamic unforgettable
    actionable cohesive immersive empowering captivating nuanced""".split()
)
_TAKES_MORE = re.compile(r" (?:to|of|for|in|with|that|by|from|than|on|as|at|about)\b")
_LISTED = re.compile(r"(?:,|\band|\bor|\bboth|\bneither|\beither|\bbetween|\bthree|:) \Z")


def cut_triads(context: Context) -> Iterator[Proposal]:
    """Propose to cut the item of a list of three that repeats another one or says nothing."""
    for number, sentence in enumerate(context.sentences):
        if sentence.heading:
            continue
        for match in _TRIAD.finditer(context.text, sentence.start, sentence.end):
            found = _cut(context, number, match)
            if found is not None and context.guard.free(match.start(), match.end()):
                yield found


def _cut(context: Context, number: int, match: re.Match[str]) -> Proposal | None:
    text, joint = context.text, match["joint"]
    if _LISTED.search(text, max(0, match.start() - 12), match.start()):
        return None
    one, two, three = match["one"], match["two"], match["three"]
    ends = _TAKES_MORE.match(text, match.end()) is None
    if _are_twins(two, one) or _are_twins(two, three):
        return _proposal(match.start("drop"), match.end("drop"), f" {joint} ", number, "twin")
    if _are_twins(one, three) and ends:
        return _proposal(match.start("drop"), match.end(), f" {joint} {two}", number, "twin")
    if one in _EMPTY or (two in _EMPTY and three in _EMPTY):
        return None
    if two in _EMPTY:
        return _proposal(match.start("drop"), match.end("drop"), f" {joint} ", number, "empty")
    if three in _EMPTY and ends:
        return _proposal(match.start("drop"), match.end(), f" {joint} {two}", number, "empty")
    return None


def _are_twins(one: str, other: str) -> bool:
    return any(one in group and other in group for group in _TWINS)


def _proposal(start: int, end: int, after: str, number: int, name: str) -> Proposal:
    reason = TWIN_REASON if name == "twin" else EMPTY_REASON
    return Proposal(start, end, after, number, 4, 0.86, reason, f"rules/triads/{name}")
