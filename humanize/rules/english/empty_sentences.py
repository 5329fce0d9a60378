"""Cuts sentences that tell the reader nothing: an assistant's words to its user, hooks, e-mail formulas, stock endings.

A sentence goes only as a whole and only where it stands alone: a paragraph that holds nothing else goes with its blank
lines. What names a thing, a person or a figure is not empty, and verification keeps it as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from humanize.rules.context import Context, Sentence
from humanize.rules.proposal import Proposal

Place = Literal["any", "opening", "ending", "after_greeting"]
LONGEST = 260  # characters
RUN = 2  # sentences that go together
_LAST_SENTENCES = 2
_GREETING = re.compile(
    r"\W{0,4}(?:dear\b|hi\b|hello\b|hey\b|good (?:morning|afternoon|evening|day)\b|to whom|greetings\b|subject\b)", re.I
)
_SIGN_OFF = re.compile(
    r"\n\W{0,4}(?:(?:kind|best|warm|warmest|many|with)?\s?(?:regards|wishes|thanks)|sincerely|yours|cheers|all the best"
    r"|respectfully|best)\b[^\n]{0,30}(?:\n|\Z)",
    re.I,
)
_ENDS = r"[\s*_)]*[.!…?:]*[^\w\n]*"


@dataclass(frozen=True, slots=True)
class _Kind:
    """Sentences of one kind. `letters` says whether the rule holds in letters and e-mails, too."""

    name: str
    level: int
    place: Place
    letters: bool
    reason: str
    pattern: re.Pattern[str]


def _kind(name: str, level: int, place: Place, reason: str, *patterns: str, letters: bool = True) -> _Kind:
    joined = "|".join(patterns).replace("'", "['’]")
    return _Kind(name, level, place, letters, reason, re.compile(rf"\W{{0,3}}(?:{joined}){_ENDS}", re.I))


_TO_USER = "These are an assistant's words to its user, not part of the text."
_DRUM = "A drum roll; the point can start at once."
_SAID = "A formula that every e-mail has; the reader loses nothing."
_STOCK = "A stock ending that fits any text."
_ASKED = "A question that nobody asks; the text can start with its answer."
_VERSION = (
    r"(?:[a-z-]+ ){0,4}?(?:version|rewrite|rewording|revision|re-?write|paraphrase|redraft|rewritten text"
    r"|revised text|edited text|polished text)"
)
_DRAFTS = (
    r"(?:[a-z-]+ ){0,4}?(?:draft|e-?mail|letter|message|post|summary|essay|paragraph|translation|response|reply"
    r"|abstract|description|caption|story|poem|speech|toast|outline|list|text|article|review|bio|announcement|example|answer)"
)
_YES = r"(?:sure(?: thing)?|certainly|of course|absolutely|great|okay|ok|no problem|happy to help)"
_YES_ALONE = re.compile(rf"{_YES}[!.]", re.I)
_HERE = r"(?:here(?:'s| is| are)|below(?: is| are|,? you'll find| you will find)) (?:an?|the|your|my|one|some) "
_CHANGE = (
    r"(?:adjust|adapt|tweak|change|revise|shorten|expand|rework|rewrite|edit|modify|customi[sz]e|tailor|refine|add|make"
    r"|write|create|draft|turn|format|translate|generate|include|provide|elaborate|help|go into)"
)
_MORE = r"(?:a|an|any|more|another|some|further)"
_KINDS = (
    _kind(
        "assistant-opening",
        1,
        "opening",
        _TO_USER,
        rf"(?:{_YES}[!.,] )?{_HERE}{_VERSION}(?: (?:of|for|with|that|in) [^.:!?\n]{{1,80}})?",
        rf"{_YES}[!.,]? {_HERE}{_DRAFTS}(?: [^.:!?\n]{{1,90}})?",
        r"(?:(?:that's |what )?an? )?(?:great|excellent|good|fantastic|wonderful|really good) question",
        r"i(?:'d| would) be (?:happy|glad|delighted) to help(?: (?:you )?with (?:that|this))?",
        r"thank you for (?:sharing|providing) (?:this|the|your) (?:text|draft|details|information)",
        r"as an ai(?: language model| assistant)?, [^.!?\n]{1,160}",
    ),
    _kind(
        "assistant-ending",
        1,
        "ending",
        _TO_USER,
        r"(?:just |please )?let me know if (?:you(?:'d| would) (?:like|prefer|want)|you (?:want|need)) "
        rf"(?:me to {_CHANGE}\b|{_MORE} (?:[a-z-]+ ){{0,3}}?(?:version|versions|changes|adjustments|tweaks|edits"
        r"|revisions|format|draft|tone)\b)"
        r"[^.!?\n]{0,140}",
        rf"(?:would you like|do you want|should i|shall i|want) (?:me to )?{_CHANGE}\b[^.!?\n]{{1,140}}",
        rf"if you(?:'d| would) like, i (?:can|could)(?: also)? {_CHANGE}\b[^.!?\n]{{1,140}}",
        rf"i(?:'m| am|'d be| would be) (?:also )?(?:happy|glad) to {_CHANGE} "
        rf"(?:it|this|that|the (?:text|draft|tone)|{_MORE})\b"
        r"[^.!?\n]{0,120}",
        r"feel free to (?:adjust|modify|customi[sz]e|tweak|edit|adapt|tailor|personali[sz]e) [^.!?\n]{1,120}",
        letters=False,
    ),
    _kind(
        "assistant-courtesy",
        2,
        "ending",
        _TO_USER,
        r"i hope (?:this|that|it) (?:[a-z]+ )?(?:helps|clarifies things|is helpful|was helpful|answers your question)"
        r"(?: you)?(?: out)?",
        r"hope (?:this|that|it) helps(?: out)?",
        r"let me know if you (?:need|have|require) (?:any )?(?:further|more|other|additional)? ?"
        r"(?:assistance|help|questions|information|clarification)",
        r"(?:please )?feel free to (?:reach out|ask)(?: (?:to me|me|us))?(?: (?:if|with|for|should) [^.!?\n]{1,80})?",
        r"is there anything else (?:you(?:'d| would) like|i can|that i can)[^.!?\n]{0,60}",
        letters=False,
    ),
    _kind(
        "hook",
        2,
        "any",
        _DRUM,
        r"(?:so,? |now,? )?let's (?:dive|dig|jump|delve)(?: right| straight| deep| deeper)?"
        r"(?: in| into (?:it|this|that|the (?:science|details|data|numbers|facts|topic|world of [a-z ]{3,30})))?",
        r"(?:so,? |now,? )?let's (?:break (?:it|this|that) down|unpack (?:it|this|that)|take a (?:closer|deeper) look"
        r"|get (?:right )?into it|find out(?: how| why)?|explore)",
        r"(?:but |and |now |so )?here's (?:the (?:thing|kicker|catch|twist|truth|deal|rub)|why|how)[.!…]",
        r"(?:but )?(?:wait, there's more|that's not all)",
        r"(?:just )?(?:let that sink in|read that again|think about (?:it|that)(?: for a (?:moment|second))?)",
        r"(?:and )?guess what\?!?",
        r"(?:sounds? (?:familiar|simple|good)|(?:pretty )?(?:cool|neat|smart|amazing|impressive|crazy|wild), "
        r"(?:right|huh)|intrigued|curious|how (?:cool|amazing|fascinating|captivating|incredible) is that)\?",
        r"(?:then |well, )?look no further",
        r"buckle up",
    ),
    _kind(
        "hook-question",
        3,
        "any",
        _ASKED,
        r"(?:are you )?ready to (?:take [^.!?\n]{1,60} to the next (?:level|step)"
        r"|take the next step(?: in [^.!?\n]{1,40})?"
        r"|get started|dive in|rise to the occasion|make a difference|start your journey|elevate [^.!?\n]{1,60}"
        r"|transform [^.!?\n]{1,60}|unlock [^.!?\n]{1,60})\?",
        r"(?:have you )?ever wondered [^.!?\n]{3,140}\?",
    ),
    _kind(
        "formula-opening",
        2,
        "after_greeting",
        _SAID,
        r"i (?:hope|trust|pray)(?: that)? (?:this|my) (?:e-?mail|message|letter|note|correspondence) (?:finds|reaches)"
        r" you(?: all)?(?: (?:well|in good (?:health|spirits)|doing well))?(?: and (?:that )?[^.!?\n]{1,60})?",
        r"i (?:hope|trust) you(?:'re| are) (?:doing )?well(?: and (?:enjoying|having|that you)[^.!?\n]{1,60})",
    ),
    _kind(
        "stock-ending",
        3,
        "ending",
        _STOCK,
        r"(?:and )?only time will tell",
        r"the (?:future|outlook) (?:looks|is|seems) (?:bright|promising|exciting|full of promise)(?: indeed)?",
        r"(?:and )?the possibilities are (?:truly |virtually )?(?:endless|limitless)",
        r"the sky(?:'s| is) the limit",
        r"(?:and )?(?:that(?:'s| is)|this is) just the beginning",
        r"(?:and )?the best is yet to come",
        r"(?:and )?the journey (?:continues|has only just begun|is just beginning)",
        r"(?:and )?that (?:makes|can make|made) all the difference",
    ),
)
_OPEN_MARKUP = re.compile(r"\*{1,3}|_{1,3}")
_GAP = 40  # characters of a gap between paragraphs
_ANYTHING = re.compile(r"\S")
# The blank lines, or the end of the text, on either side of a paragraph.
_GAP_BEFORE = re.compile(r"(?:\A\s*|(?<!\s)\s*(?:\r?\n|\r)[ \t]*(?:\r?\n|\r)\s*)\Z")
_GAP_AFTER = re.compile(r"(?:[ \t]*(?:\r?\n|\r)[ \t]*(?:\r?\n|\r)\s*|\s*\Z)")
_FIRST_WORDS = re.compile(
    r"\W{0,3}(?:sure|certainly|of course|absolutely|great|ok|no problem|happy|here|below|that|what|an? |i\b|i['’]|thank"
    r"|as an|just|please|let|would|do you|should|shall|want|if you|feel|hope|is there|so\b|now|but|and|wait|read|think"
    r"|guess|sounds?|pretty|cool|neat|smart|amazing|impressive|crazy|wild|intrigued|curious|how|then|well|look|buckle|the"
    r"|are you|ready|have you|ever|only|this)",
    re.I,
)
_CONTENT = re.compile(r"[a-z]{5,}")
_ANSWERS = re.compile(
    r"\W{0,3}(?:it|that|this|they|he|she|well|yes|no|yep|nope|if so|because|you|so|then|me too|same|i)\b", re.I
)


def empty_sentences(context: Context) -> Iterator[Proposal]:
    """Propose to cut sentences that tell the reader nothing, up to two in a row as one edit."""
    is_letter = _is_letter(context)
    number = 0
    while number < len(context.sentences):
        kinds = _opening_run(context) if number == 0 else []
        while len(kinds) < RUN and (kind := _kind_of(context, number + len(kinds), is_letter)):
            kinds.append(kind)
            if context.sentences[number + len(kinds) - 1].closes:
                break
        if kinds:
            yield from _cut(context, number, kinds)
        number += max(1, len(kinds))


def _opening_run(context: Context) -> list[_Kind]:
    """A bare “Sure!” goes where the sentence behind it goes: “Sure! Here is a shorter version:”."""
    if len(context.sentences) < RUN:
        return []
    first = context.sentences[0]
    if first.closes or not _YES_ALONE.fullmatch(context.text, first.start, first.end):
        return []
    kind = _kind_of(context, 1, is_letter=False)
    return [kind, kind] if kind and kind.name == "assistant-opening" else []


def _is_letter(context: Context) -> bool:
    """Whether the text is a letter or an e-mail, in which a question or a request is meant for its reader."""
    return bool(_GREETING.match(context.text) or _SIGN_OFF.search(context.text[-400:]))


def _kind_of(context: Context, number: int, is_letter: bool) -> _Kind | None:
    if number >= len(context.sentences):
        return None
    sentence = context.sentences[number]
    if sentence.heading or sentence.end - sentence.start > LONGEST:
        return None
    if _FIRST_WORDS.match(context.text, sentence.start) is None:
        return None
    words = context.text[sentence.start : sentence.end]
    for kind in _KINDS:
        if (kind.letters or not is_letter) and _stands(context, number, kind.place) and kind.pattern.fullmatch(words):
            return kind if kind.name != "hook-question" or _is_answered(context, sentence, number) else None
    return None


def _stands(context: Context, number: int, place: Place) -> bool:
    if place == "opening":
        return number < RUN
    if place == "after_greeting":
        return number <= RUN + 1
    return place == "any" or number >= len(context.sentences) - _LAST_SENTENCES


def _is_answered(context: Context, sentence: Sentence, number: int) -> bool:
    """Whether the text goes on without the question: it takes up a word of it, and does not point back at it."""
    following = context.text[sentence.end : sentence.end + 400].lstrip()
    if not following or sentence.listed or _ANSWERS.match(following) or number + 1 >= len(context.sentences):
        return False
    if not sentence.opens:
        return False
    question = context.text[sentence.start : sentence.end].lower()
    if question.lstrip("*_").startswith(("ready", "are you ready")):
        return not sentence.closes
    stems = {word[:5] for word in _CONTENT.findall(question)} - {"wonde"}
    return any(word[:5] in stems for word in _CONTENT.findall(following.lower()))


def _behind_markup(text: str, start: int, end: int) -> int:
    """Return where the words begin if the markup before them closes only behind the sentence."""
    markup = _OPEN_MARKUP.match(text, start, end)
    if markup is None or text.count(markup.group(), markup.end(), end) % 2:
        return start
    return markup.end()


def _cut(context: Context, number: int, kinds: list[_Kind]) -> Iterator[Proposal]:
    first, last = context.sentences[number], context.sentences[number + len(kinds) - 1]
    text = context.text
    if "\n" in text[first.start : last.end] or not context.guard.free(first.start, last.end):
        return
    start, end = _behind_markup(text, first.start, last.end), last.end
    if start > first.start and last.closes:
        return
    if not last.closes:
        end = context.sentences[number + len(kinds)].start
    elif not first.opens:
        start = context.sentences[number - 1].end
    else:
        before, after = _GAP_BEFORE.search(text, max(0, start - _GAP), start), _GAP_AFTER.match(text, end)
        if first.listed or before is None or after is None:
            return
        start, end = (start, after.end()) if after.end() < len(text) else (before.start(), end)
    if _ANYTHING.search(text, 0, start) is None and _ANYTHING.search(text, end) is None:
        return
    kind = kinds[-1]
    level = max(kind.level for kind in kinds)
    yield Proposal(start, end, "", number, level, 0.97, kind.reason, f"rules/empty/{kind.name}")
