"""The author's own accepted edits as examples for the prompt, where they consented; nobody else's, ever."""

from __future__ import annotations

import re

from humanize.models import Edit, Transformation
from humanize.prompts.render import Example
from humanize.states import Decision
from youman.core.models import Account

MOST = 3
_LOOKED_AT = 40
_LEAST, _LONGEST = 30, 240
_END = re.compile(r"[.!?][\"”’)]*\s+")


def examples_of(account: Account, *, strategy: str, language: str) -> tuple[Example, ...]:
    """The latest accepted edits of this strategy and language, a sentence each, from different texts where it can."""
    if not account.consents:
        return ()
    own = Transformation.objects.filter(owner=account, register=strategy, detected_language=language)
    edits = Edit.objects.filter(transformation__in=own, decision=Decision.ACCEPTED).select_related("transformation")
    by_text: dict[object, Example] = {}
    for edit in edits.order_by("-pk")[:_LOOKED_AT]:
        example = _example(edit)
        if example is not None:
            by_text.setdefault(edit.transformation_id, example)
    return tuple(by_text.values())[:MOST]


def _example(edit: Edit) -> Example | None:
    """The sentence around the edit, before and after; None when it is too short or too long to teach anything."""
    text = edit.transformation.source
    left = text[max(0, edit.start - _LONGEST) : edit.start].rpartition("\n")[2]
    ends = [match.end() for match in _END.finditer(left)]
    start = edit.start - len(left) + (ends[-1] if ends else 0)
    right = text[edit.end : edit.end + _LONGEST].partition("\n")[0]
    stop = _END.search(right)
    end = edit.end + (len(right[: stop.end()].rstrip()) if stop else len(right))
    before, after = text[start:end], text[start : edit.start] + edit.after + text[edit.end : end]
    return Example(before, after) if _LEAST <= len(before) <= _LONGEST and after.strip() else None
