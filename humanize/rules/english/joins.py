"""Joins two short neighbouring sentences about the same thing, which patterns of packs cannot express."""

from __future__ import annotations

import re
from collections.abc import Iterator

from humanize.rules.context import Context, Sentence
from humanize.rules.english.tense import opens_with_order, tense_of
from humanize.rules.proposal import Proposal

SHORT_WORDS = 13
SHORT = re.compile(
    r"(?P<gap>\.\s)(?P<word>It|They|He|She|These|This)"
    r"(?= (?:is|are|was|were|has|have|had|can|could|will|would|also|does|did)\b)"
)
SUBJECT = re.compile(r"(?:The|This|That|It|These|They|He|She|Its|Their|His|Her)\b")
MEANS = re.compile(
    r"(?P<gap>\.\s)(?P<word>This means(?: that)?)"
    r"(?= (?:the|a|an|it|they|we|you|he|she|there|some|many|most|if)\b)"
)
THIS = re.compile(
    r"(?P<gap>\.\s)(?P<word>This)"
    r"(?= (?:(?:also|often|then|can|could|will|would|may|might|has|has also) )?(?:allow|enable|make|help|lead|led"
    r"|ensure|give|gave|create|cause|reduce|increase|improve|result|show|suggest|indicate|highlight|underscore"
    r"|demonstrate|require"
    r"|prevent|encourage|raise|add|save|cut|bring|brought|set|provide|mean|meant|made|force|drive|limit"
    r"|explain|prove|contribute|benefit|affect|challenge|reflect|confirm|free|keep|kept|let|open|boost)(?:s|d|ed)?\b)"
)
LONGEST_JOIN = 34  # words of both sentences together
LONGEST_FIRST = 18  # words of the first one
NO_CLAUSE = re.compile(
    r"\bwhich\b|\bwh(?:y|ether)\b|\bwho\b|, [a-z]+ing\b|, and\b|, but\b|[!?;:“”\"()\[\]—–*_`#|]|\.\."
)
NO_SECOND = re.compile(r"\bwhich\b|, [a-z]+ing\b|, and\b|[!?;:“”\"\[\]—–*_`#|]|\.\.|\b(?:why|how|where|when) ")
CLOSED = re.compile(r"[!?;:“”\"()\[\]—–*_`#|]|\d\.|\.\.")
SHORT_REASON = "Two short sentences in a row about the same thing; joined, the rhythm varies."
THIS_REASON = "The second sentence only goes on with the first; drafts open too many sentences with “This”."
MEANS_REASON = "“So” ties the two statements in one word."


def joined_sentences(context: Context) -> Iterator[Proposal]:
    """Propose to join short neighbouring sentences about the same thing, since varied lengths read naturally.

    There is no more than one join in three sentences. A join changes only the full stop and the next word, so that
    other rules can still change both sentences.
    """
    last = -3
    for number, (first, second) in enumerate(zip(context.sentences, context.sentences[1:], strict=False)):
        if number - last < 3 or first.heading or second.heading:
            continue
        found = (
            _means(context, number, first, second)
            or _this(context, number, first, second)
            or _short(context, number, first, second)
        )
        if found is not None and context.guard.free(found.start, found.end):
            last = number
            yield found


def _short(context: Context, number: int, first: Sentence, second: Sentence) -> Proposal | None:
    if context.register == "casual" or not (_plain(context, first) and _plain(context, second)):
        return None
    if SUBJECT.match(context.text, first.start) is None:
        return None
    match = SHORT.match(context.text, first.end - 1)
    if match is None or match.start("word") != second.start:
        return None
    after = "; " + match.group("word").lower()
    return Proposal(match.start(), match.end(), after, number, 5, 0.79, SHORT_REASON, "rules/rhythm/join-short")


def _means(context: Context, number: int, first: Sentence, second: Sentence) -> Proposal | None:
    text = context.text[first.start : first.end]
    match = MEANS.match(context.text, first.end - 1)
    if match is None or match.start("word") != second.start or CLOSED.search(text) or text.count(" ") > 22:
        return None
    return Proposal(match.start(), match.end(), ", so", number, 5, 0.79, MEANS_REASON, "rules/rhythm/join-means")


def _this(context: Context, number: int, first: Sentence, second: Sentence) -> Proposal | None:
    match = THIS.match(context.text, first.end - 1)
    if match is None or match.start("word") != second.start or "\n" in match["gap"]:
        return None
    before, after = context.text[first.start : first.end - 1], context.text[second.start : second.end]
    if NO_CLAUSE.search(before) or NO_SECOND.search(after) or not after.endswith("."):
        return None
    if (
        before.count(" ") > LONGEST_FIRST
        or before.count(" ") + after.count(" ") > LONGEST_JOIN
        or tense_of(before) is None
        or opens_with_order(before)
    ):
        return None
    return Proposal(match.start(), match.end(), ", which", number, 4, 0.82, THIS_REASON, "rules/rhythm/join-this")


def _plain(context: Context, sentence: Sentence) -> bool:
    text = context.text[sentence.start : sentence.end]
    return 2 <= text.count(" ") < SHORT_WORDS and CLOSED.search(text) is None and "," not in text
