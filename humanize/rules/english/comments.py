"""Tells a tail that only comments on what its sentence has said, so that it can be cut without losing a fact.

A tail is cut if it matches one of a few phrases and brings no word of content that the text has not had before.
"""

from __future__ import annotations

import re

SURE_LEVEL = 3
LEVEL = 5

_ADVERBS = r"(?:thus |thereby |further |ultimately |clearly |once again |also )?"
_PRAISE = (
    r"(?:crucial|critical|vital|enduring|growing|profound|immense|broader|wider|continued|continuing|true|sheer|overall"
    r"|inherent|deep|pivotal|key|lasting|undeniable|timeless|paramount|significant|unique|rich|powerful|valuable"
    r"|versatile|popular|ideal|perfect|great|excellent|essential|important|compelling|attractive|reliable|promising"
    r"|indispensable|invaluable|unforgettable|memorable|truly|strong|new|better|real|ever-growing|remarkable|intricate"
    r"|delicate|complex|vibrant|seamless|smooth|positive|meaningful|major|greater|full|extraordinary|special|potential"
    r"|constant|stark|poignant|ongoing|interesting|fascinating|noteworthy)"
)
_PRAISES = rf"(?:{_PRAISE}(?:,? and |, | )){{0,3}}"
_DET = r"(?:the |its |their |his |her |our |a |an )?"
_REST = r"(?P<rest>(?: (?:of|for|in|to|on|between|within|among|as|that|and|towards?|by) .*)?)"
_SHOW = (
    r"(?:highlighting|underscoring|underlining|emphasi[sz]ing|illustrating|demonstrating|showcasing|reflecting"
    r"|reinforcing|stressing|exemplifying|revealing|symboli[sz]ing|proving|showing)"
)
_POINT = (
    r"(?:importance|significance|relevance|need|value|necessity|power|urgency|beauty|richness|complexit(?:y|ies)|depth"
    r"|resilience|versatility|impact|potential|role|influence|diversity|uniqueness|commitment|dedication|interplay"
    r"|interconnectedness|appeal|legacy|effectiveness|brilliance|spirit|essence)"
)
# What the tail says, with what may follow it in the group `rest`.
_COMMENTS = tuple(
    re.compile(rf", {_ADVERBS}{pattern}\Z")
    for pattern in (
        rf"{_SHOW} {_DET}{_PRAISES}{_POINT}{_REST}",
        rf"making (?:it|them|this|him|her) {_DET}{_PRAISE}(?:,? and {_PRAISE})? "
        rf"(?:tools?|choices?|resources?|additions?|options?|assets?|solutions?|part|experiences?|destinations?|places?"
        rf"|spots?|opportunit(?:y|ies)|approach|technique|platform){_REST}",
        rf"(?:ensuring|guaranteeing|providing|offering|creating|delivering) {_DET}{_PRAISE}(?:,? and {_PRAISE})? "
        rf"(?:user |overall |customer |learning )?(?:experiences?|process|transition|journey|future|success){_REST}",
        rf"reflecting {_DET}{_PRAISES}(?:trends?|shifts?|movements?|changes?){_REST}",
        rf"(?:creating|fostering|evoking|instilling) {_DET}{_PRAISES}(?:sense|atmosphere|feeling) of "
        rf"(?:unity|community|harmony|wonder|connection|belonging|purpose|intimacy|possibility|togetherness"
        rf"|camaraderie|place|balance)(?: and (?:unity|community|harmony|wonder|connection|belonging|purpose|intimacy"
        rf"|possibility|togetherness|camaraderie|place|balance))?{_REST}",
        rf"adding (?:a |an )?(?:touch|layer|element|sense|dimension|depth|richness|extra layer|new dimension)"
        rf"(?: of (?:\w+ )?(?:depth|complexity|richness|magic|charm|elegance|sophistication|authenticity))?{_REST}",
        rf"leaving {_DET}{_PRAISES}(?:impact|impression|mark|legacy){_REST}",
        rf"paving the way for {_DET}{_PRAISES}(?:future|research|progress|innovations?|advancements?|developments?"
        rf"|success|growth|possibilities)(?: and (?:research|progress|innovations?|growth|success))?{_REST}",
        rf"(?:solidifying|cementing|securing|reinforcing) {_DET}{_PRAISES}(?:place|position|status|reputation|legacy"
        rf"|standing){_REST}",
        rf"(?:enhancing|improving|elevating|enriching) {_DET}(?:overall )?(?:user |learning |viewing |dining )?"
        rf"(?:experience|quality|effectiveness|appeal|impact){_REST}",
        rf"(?:providing|offering|giving) {_DET}{_PRAISES}(?:insights?|perspectives?|glimpses?|understanding){_REST}",
        rf"marking {_DET}{_PRAISES}(?:milestones?|step|step forward|shift|turning point|achievement|advancement"
        rf"|departure|chapter){_REST}",
        rf"(?:serving as|becoming) {_DET}{_PRAISES}(?:reminders?|testament|symbols?){_REST}",
        rf"(?:contributing|adding) to {_DET}{_PRAISES}(?:success|appeal|charm|quality|experience|richness|growth"
        rf"|effectiveness|atmosphere|allure){_REST}",
        rf"(?:opening|unlocking) (?:up )?(?:the door to |the door for |doors to )?{_DET}{_PRAISES}"
        rf"(?:possibilities|opportunities|avenues){_REST}",
        rf"(?:inspiring|captivating) (?:generations|others|countless \w+|audiences)(?: to come)?{_REST}",
    )
)
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|\d[\d.,]*")
# Words that bring nothing when they are said of what was said.
_EMPTY = frozenset(
    """a an the of for in to on at by with from and or as that this these those its their his her our my your it them
    him us all both between among within into over through while is are be been being was were has have had can will
    more most very such any some each every other another own new importance significance need value role impact
    potential power beauty complexity richness depth experience experiences world life lives future way ways field
    fields     area areas context contexts aspect aspects today modern current various different many everyone anyone
    individuals people audiences readers viewers users visitors world's society time times years generations
    come ongoing continued broader wider overall future further quality success growth progress development innovation
    research advancements developments possibilities applications practical real-world real successful effective
    effectively important essential crucial key vital significant valuable powerful rich diverse complex unique
    careful thoughtful nuanced deeper greater better balanced collective shared human both alike involved around
    subject topic matter issue issues challenges situation process approach approaches story work works
    journey efforts endeavor endeavors enduring lasting strong profound""".split()
)
_NAME = re.compile(r"(?<=[\w,] )[A-Z]|\d")
_LEAST_HEAD = 6  # words
_LONGEST_REST = 7
_PREFIX = 5


def empty_comment(tail: str, before: str) -> int:
    """Return the level from which a tail may be cut, or 0 if it may not.

    `tail` begins with its comma and ends before the full stop; `before` is the text up to it.
    """
    sentence = before[max(before.rfind(". "), before.rfind("\n"), before.rfind("? "), before.rfind("! ")) + 1 :]
    if len(sentence.split()) < _LEAST_HEAD or _NAME.search(tail) or "not " in tail or " no " in tail:
        return 0
    for pattern in _COMMENTS:
        match = pattern.match(tail)
        if match is not None and match["rest"].count(" ") <= _LONGEST_REST:
            new = _new_words(match["rest"], before)
            return SURE_LEVEL if new == 0 else LEVEL if new == 1 and pattern is _COMMENTS[0] else 0
    return 0


def _new_words(rest: str, before: str) -> int:
    """Return how many words of content the text before has not had."""
    known = {word.lower()[:_PREFIX] for word in _WORD.findall(before)}
    words = (word.lower() for word in _WORD.findall(rest))
    return sum(1 for word in words if word not in _EMPTY and word[:_PREFIX] not in known)
