"""Puts the mark that a sentence needs where a draft has a dash: a comma, a full stop, a colon or brackets.

People set one dash in 2,700 words, drafts one in 400 to 200. A dash stays in ranges, compounds, titles, attributions,
dialogue and broken-off speech, and wherever what stands around it leaves a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from humanize.genre import Genre
from humanize.rules.context import Context, Sentence
from humanize.rules.english.independent import is_clause, opens_clause
from humanize.rules.proposal import Proposal

PEOPLE_PER_WORDS = 2_000  # one dash in so many words stays
_SHORT_NAME = 4  # spaces; a longer one, which describes, takes a comma
LONGEST_ASIDE = 90  # characters
PAIR_REASON = "The text leans on dashes; commas or brackets set the aside off as well."
COMMA_REASON = "The text leans on dashes; a comma is enough here."
STOP_REASON = "The text leans on dashes; this is a sentence of its own."
NO_MARK_REASON = "The text leans on dashes; here no mark is needed."
COLON_REASON = "The text leans on dashes; a colon announces what follows."
_DASH = re.compile(r"(?<=[\w.,!?%)*_’'\]])(?:[ \t]?—[ \t]?|[ \t]–[ \t])(?=[\w*_($€£])")
_ANY_DASH = re.compile(r"—|[ \t]–[ \t]|--")
_COMMA = re.compile(
    r"(?:and|but|or|so|yet|nor|not|even|especially|particularly|including|such as|which|who|whose|where|although|though"
    r"|while|whether|at least|often|sometimes|perhaps|maybe|usually|mostly|mainly|essentially|literally|in other words"
    r"|in fact|that is|namely|then|all|plus|from|thanks to|despite|just|only|no|plenty|nothing|anything)\b",
    re.IGNORECASE,
)
# What needs no mark at all once the pause for effect is gone: “it lingers—like salt on the tongue”.
_NO_MARK = re.compile(
    r"(?:like|as if|as though|until|unless|because|if|when|without|with|instead of|rather than|only to|in|on"
    r"|at(?! least)|into|over|under|through"
    r"|(?:and|or) (?!(?:it|they|we|he|she|you|I|this|that|these|those|there|what|the|an?|my|our|his|her|its|their|by|in"
    r"|on|at|for|to|yes|no|not|if|when|then|so|yet|how|why|who|some|many|most|all|one|each|[A-Z]\w*)\b))\b",
)
_NOUNS = re.compile(
    r"(?:an?|the|one|another|my|our|his|her|its|their|some|something|someone|two|three|four|five|most|many|both)\b",
    re.IGNORECASE,
)
_VERDICT = re.compile(
    r"an? (?:[a-z-]+ )?(?:challenge|quality|feat|rarity|trait|skill|luxury|step|move|choice|decision|mistake|problem"
    r"|advantage|habit|tradition|practice|trend|achievement|milestone|privilege|pleasure|gift|achievement)\b"
)
_SHORT_ADVERB = re.compile(r"(?:really|quite|very|almost|truly|finally|still|again|or|and|if)\b", re.IGNORECASE)
_ING = re.compile(r"\b(?:\w{1,20}ly )?[a-z]{3,20}ing\b")
_AFTER_BRACKETS = re.compile(r"(?:which|who|whose|but|so|yet)\b")
_SUBORDINATE = re.compile(
    r"[*_]{0,2}(?:if|when|whenever|while|although|though|because|as|since|before|after|once|by|to|despite)\b[^,]*\Z",
    re.IGNORECASE,
)
_SUMS_UP = re.compile(r"(?:these|those|all|each|every one|both|they|it) ", re.IGNORECASE)
_LABEL = re.compile(r"\W{0,12}(?:\*\*|__)[^*_\n]{2,60}(?:\*\*|__)[ \t]?\Z")
_OPENS_LABEL = re.compile(r"\W{0,12}(?:\*\*|__)(?![^*_]{0,90}(?:\*\*|__))")
_TITLE = re.compile(r"\W{0,6}(?:Subject|Re|Chapter|Part|Act|Scene|Step|Day|Week|Figure|Table|Note|Score|Price)\b")
_ADVERB = re.compile(
    r"(?:at least|often|sometimes|perhaps|maybe|usually|mostly|in fact|then|all|just|only|suddenly|now|here|there),? "
    r"(?=(?:it|they|we|he|she|you|I|there|this|that|the|a)\b)"
)
_ASIDE = re.compile(
    r"\b(?:trust me|believe me|mind you|you know|let['’]s be honest|to be honest|I promise)\Z", re.IGNORECASE
)
_IT_IS = re.compile(
    r"(?:it|this|that|they|these|he|she|we|you|I)(?:['’](?:s|re|m)| (?:is|are|was|were|am))\b", re.IGNORECASE
)
_PAST_NOT = re.compile(r"(?:\bnot\b|n['’]t\b)", re.IGNORECASE)


def recast_dashes(context: Context) -> Iterator[Proposal]:
    """Propose another mark for each dash that is certain to be one of prose, beyond what people set."""
    if "—" not in context.text and " – " not in context.text:
        return
    if context.genre is Genre.FICTION:
        return  # novelists set as many dashes as models do
    spared = context.text.count(" ") // PEOPLE_PER_WORDS
    for number, sentence in enumerate(context.sentences):
        if sentence.heading:
            continue
        found = _recast(context, number, sentence)
        if found is None:
            continue
        if spared:
            spared -= 1
            continue
        yield found


def _recast(context: Context, number: int, sentence: Sentence) -> Proposal | None:
    text = context.text[sentence.start : sentence.end]
    places = list(_DASH.finditer(text))
    if not 1 <= len(places) <= 2 or len(_ANY_DASH.findall(text)) != len(places):
        return None
    if any(not context.guard.free(sentence.start + one.start(), sentence.start + one.end()) for one in places):
        return None
    made = _pair(text, *places) if len(places) == 2 else _single(text, places[0], sentence)
    if made is None:
        return None
    start, end, after, name, reason = made
    start, end = sentence.start + start, sentence.start + end
    if not context.guard.free(start, end):
        return None
    return Proposal(start, end, after, number, 3, 0.9, reason, f"rules/dashes/{name}")


_Made = tuple[int, int, str, str, str]


def _pair(text: str, first: re.Match[str], second: re.Match[str]) -> _Made | None:
    left, aside, right = text[: first.start()], text[first.end() : second.start()], text[second.end() :]
    if not aside or len(aside) > LONGEST_ASIDE or re.search(r"[;:()?!“”\"]|\.\s", aside) or not right[:1].islower():
        return None
    if left.count("(") != left.count(")") or left.endswith((",", ".", "!", "?")):
        return None
    if "," in aside or opens_clause(aside) or "," in left or "," in right[:40]:
        if not aside[0].islower():
            return None
        comma = "," if _takes_comma(left, right) else ""
        return first.start(), second.end(), f" ({aside}){comma} ", "brackets", PAIR_REASON
    return first.start(), second.end(), f", {aside}, ", "commas", PAIR_REASON


def _takes_comma(left: str, right: str) -> bool:
    """Whether a comma stood between the two sides if nothing stood between them."""
    return bool(_AFTER_BRACKETS.match(right) or _SUBORDINATE.match(left) or opens_clause(right))


def _single(text: str, dash: re.Match[str], sentence: Sentence) -> _Made | None:
    left, right = text[: dash.start()], text[dash.end() :]
    start, end = dash.span()
    if sentence.opens and _LABEL.match(left):
        return start, end, ": ", "label", COLON_REASON
    if not _is_prose(left, right):
        return None
    if right[0] in "*_" and not right[1:2].islower():
        return None
    body = right.lstrip("*_")
    if opens_clause(_ADVERB.sub("", body)):
        return _before_clause(left, body, start, end)
    if _NO_MARK.match(body) and "," not in right:
        return start, end, " ", "no-mark", NO_MARK_REASON
    if _COMMA.match(body):
        if left.count(",") >= 2 and _SUMS_UP.match(body):
            return start, end, ": ", "colon", COLON_REASON
        return start, end, ", ", "comma", COMMA_REASON
    if _has_verb(body):
        return None
    return _before_nouns(left, body, start, end)


def _before_nouns(left: str, right: str, start: int, end: int) -> _Made | None:
    """A stretch without a verb follows: what the sentence announced, a verdict on it, or a second try at a word."""
    if _VERDICT.match(right) and is_clause(left):
        copula = "was" if re.search(r"\b(?:was|were|had|\w{3,}ed)\b", left) else "is"
        return start, end, f", which {copula} ", "verdict", COMMA_REASON
    is_list = right.count(",") >= 2 and is_clause(left)
    is_name = _NOUNS.match(right) is not None and (right.count(" ") <= _SHORT_NAME or ("," in left and "," in right))
    if ":" not in left and (is_list or is_name):
        return start, end, ": ", "colon", COLON_REASON
    if _NOUNS.match(right) or _ING.match(right) or _SHORT_ADVERB.match(right):
        return start, end, ", ", "comma", COMMA_REASON
    return None


def _is_prose(left: str, right: str) -> bool:
    """Whether both sides are running words, not a title, a range, a name or a label."""
    body = right.lstrip("*_")
    words = left.split()
    if len(words) < 3 or not body[:1].isalpha() or left[-1] in "*_,.!?)]":
        return False
    if left[-1].isdigit() and not opens_clause(body):
        return False
    if body[0].isupper() and not re.match(r"(?:I|It|They|We|He|She|You|This|That|There)\b", body):
        return False
    if _OPENS_LABEL.match(left) or _TITLE.match(left) or left.count("(") != left.count(")"):
        return False
    capitals = sum(word[:1].isupper() for word in words)
    return capitals <= max(2, len(words) // 3)


def _before_clause(left: str, right: str, start: int, end: int) -> _Made | None:
    """A clause of its own begins after the dash."""
    if left.count(",") >= 2 and _SUMS_UP.match(right) and not is_clause(left):
        return start, end, ": ", "colon", COLON_REASON
    if _ASIDE.search(left):
        return start, end, ", ", "comma", COMMA_REASON
    if not is_clause(left) or (_PAST_NOT.search(left[-60:]) and _IT_IS.match(right)):
        return None
    return start, end + 1, ". " + right[0].upper(), "stop", STOP_REASON


def _has_verb(text: str) -> bool:
    head = re.split(r"\b(?:that|which|who|where|when|if|as)\b", text, maxsplit=1)[0]
    return is_clause(head)
