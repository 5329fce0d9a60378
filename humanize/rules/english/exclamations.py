"""Turns exclamation marks into full stops where the register is not casual; the first one of a text stays."""

from __future__ import annotations

import re
from collections.abc import Iterator

from humanize.rules.context import Context
from humanize.rules.proposal import Proposal

REASON = "One exclamation mark is enough; the sentence is friendly without it."
SHORTEST = 5  # words; shorter ones are calls, greetings and thanks
_MARK = re.compile(r"(?<=[\w)*_])!(?=[*_]{0,3}\Z)")
_CALL = re.compile(
    r"\W{0,6}(?:(?:what an?|how|oh|wow|hey|hi|hello|dear|congratulations|happy|warning|caution|danger|attention|please"
    r"|do not|don['’]t|never|stop|welcome|good|cheers|yes|no|enjoy)\b|thank)",
    re.IGNORECASE,
)


def calmer_marks(context: Context) -> Iterator[Proposal]:
    """Propose a full stop for each exclamation mark but the first, save for calls, greetings, thanks and warnings."""
    if context.register == "casual" or context.text.count("!") < 2:
        return
    seen = 0
    for number, sentence in enumerate(context.sentences):
        text = context.text[sentence.start : sentence.end]
        match = _MARK.search(text) if "!" in text else None
        if match is None:
            continue
        seen += 1
        if seen == 1 or sentence.heading or text.count(" ") < SHORTEST - 1 or _CALL.match(text):
            continue
        at = sentence.start + match.start()
        if context.guard.free(at, at + 1):
            yield Proposal(at, at + 1, ".", number, 3, 0.85, REASON, "rules/marks/exclamation")
