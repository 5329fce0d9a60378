"""Splits long sentences of two independent clauses, so that the lengths of sentences vary as people's do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from humanize.rules.context import Context, Sentence
from humanize.rules.english.tense import has_finite_verb, opens_with_order
from humanize.rules.proposal import Proposal

LEAST_WORDS = 34
LEAST_HALF = 7  # words
_JOINT = re.compile(
    r"(?:;|, (?P<word>and|but)) (?=(?P<subject>it|they|we|he|she|I|this|these|there|the|its|their|his|her|our|my|some"
    r"|many|most|both|each|that|those|a|an|several|no|[a-z]+s)\b )"
)
_CLOSED = re.compile(
    r"[!?“”\"\[\]—–*_`#|:]|\.\.|(?:\bnot|n['’]t) (?:only|just|merely)\b|\b(?:whether|either|both|neither) "
)
# Words that may govern both clauses: "He said that it rained, and the road …".
_GOVERNS = re.compile(
    r"\b(?:that (?=(?:it|he|she|they|we|I|you|the|a|an|there|these|their|its|his|her|our|my|[a-z]+s)\b)|if|when|while"
    r"|because|since|although|though|unless|until|whether|who|which|where|whose|how|why|what|as|so|said|says|let)\b"
)
REASON = "Two sentences are easier to read than one long one."


def split_sentences(context: Context) -> Iterator[Proposal]:
    """Propose to split long sentences where one of two independent clauses ends."""
    for number, sentence in enumerate(context.sentences):
        found = None if sentence.heading else _split(context, number, sentence)
        if found is not None and context.guard.free(found.start, found.end):
            yield found


def _split(context: Context, number: int, sentence: Sentence) -> Proposal | None:
    text = context.text[sentence.start : sentence.end]
    if text.count(" ") < LEAST_WORDS or "\n" in text or _CLOSED.search(text):
        return None
    places = [match for match in _JOINT.finditer(text) if _is_border(text, match)]
    if not places:
        return None
    match = min(places, key=lambda place: abs(len(text) - 2 * place.start()))
    start, end = sentence.start + match.start(), sentence.start + match.end("subject")
    subject = match["subject"][0].upper() + match["subject"][1:]
    opener = "But " + match["subject"] if match["word"] == "but" else subject
    if match["word"] == "but" and context.register == "academic":
        return None
    return Proposal(start, end, f". {opener}", number, 5, 0.83, REASON, "rules/rhythm/split-clauses")


def _is_border(text: str, match: re.Match[str]) -> bool:
    before, after = text[: match.start()], text[match.end() :]
    if before.count(" ") < LEAST_HALF or after.count(" ") < LEAST_HALF:
        return False
    if match["word"] is None:
        return text.count(";") == 1 and _is_clause(after)
    last = before.rsplit(", ", 1)[-1]
    first = before.split(", ", 1)[0]
    if _GOVERNS.search(last) or _GOVERNS.match(first.lower()) or last.count(" ") < 4 or opens_with_order(last):
        return False
    return has_finite_verb(last) and _is_clause(after)


def _is_clause(after: str) -> bool:
    """Return whether the text opens with a clause of its own: its verb comes early and before any comma."""
    first = " ".join(re.split(r"[,;]| (?:that|which|who|when|where|if|as) ", after, maxsplit=1)[0].split()[:9])
    return has_finite_verb("it " + first) and re.match(r"[a-z]+ing\b", after) is None
