"""Lets the rules go over what a language model has left: the text with its answer applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from humanize.generation.attempt import VerifiedAnswer
from humanize.generation.rewrite_order import PreparedPart
from humanize.judging import compare
from humanize.options import RewriteOptions
from humanize.pipeline.verification import keep_verified
from humanize.rules import engine as rules_engine
from humanize.text.edits import TextEdit, apply, compose, invert, sure
from humanize.text.protect import protected_spans
from humanize.text.segment import segment


def with_rules(part: PreparedPart, answer: VerifiedAnswer) -> VerifiedAnswer:
    """Return the answer with the edits that the rules make in the text that it gives.

    So the rules also edit what the model left alone, and the paragraphs whose new text failed its checks. An edit
    inside words of the model changes its edit; any other is an edit of its own, without a call behind it. Edits that
    touch the border of another edit are left out, and so are all where the text reads worse with them by the judge.
    """
    text, options = part.opened.document.text, part.order.options
    firm = sure(answer.verified.edits)
    result = answer.verified.result
    written = invert(text, firm)
    second = [edit for edit in _edits_by_rules(result, options) if _is_apart(edit, written)]
    judgement = compare(result, apply(result, second), language=options.language) if second else None
    if not second or (judgement is not None and judgement.verdict == "worse"):
        return answer
    origins = {edit.start: origin for edit, origin in zip(answer.verified.edits, answer.origins, strict=True)}
    looks = [edit for edit in answer.verified.edits if edit.look]
    own = {edit.start for edit in firm}
    made = [
        edit
        for edit in compose(text, firm, second)
        if edit.start in own or not any(_touches(edit, look) for look in looks)
    ]
    edits = tuple(sorted((*made, *looks), key=lambda edit: (edit.start, edit.end)))
    verified = replace(answer.verified, edits=edits, result=apply(text, sure(edits)))
    return replace(answer, verified=verified, origins=tuple(origins.get(edit.start) for edit in edits))


def _edits_by_rules(text: str, options: RewriteOptions) -> tuple[TextEdit, ...]:
    document = segment(text, options.format)
    protected = protected_spans(document, (*options.protected, *options.dictionary.never_touch))
    proposed = rules_engine.rewrite(document, protected, options).edits
    kept = keep_verified(document, proposed, protected, options.language, phrases=options.protected, reviewed=True)
    return sure(kept.edits)


def _is_apart(edit: TextEdit, written: Sequence[TextEdit]) -> bool:
    """Whether the edit lies inside one stretch that the model wrote, or touches none."""
    touched = [one for one in written if _touches(edit, one)]
    return not touched or (len(touched) == 1 and touched[0].start <= edit.start and edit.end <= touched[0].end)


def _touches(one: TextEdit, other: TextEdit) -> bool:
    return one.start <= other.end and other.start <= one.end
