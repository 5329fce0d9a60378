"""The revision model as an engine of the pipeline: text to arrays, a `score` call, and scores to edits. Pure.

Combines rules, scoring and revision. The caller decides who answers the `score` call, in process or over HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from humanize.genre import may_replace
from humanize.options import Register, RewriteOptions
from humanize.revision.arrays import Score, arrays_of, check_scores
from humanize.revision.candidates import candidate_edits
from humanize.revision.decode import ChosenEdit, decode
from humanize.revision.model import RevisionModel
from humanize.revision.signals import Signals
from humanize.revision.tokens import Tokens, tokens_of
from humanize.rules import engine as rules_engine
from humanize.rules.engine import RuleResult
from humanize.rules.english.offers import offers
from humanize.scoring.score import score
from humanize.scoring.sentences import sentence_scores
from humanize.text.edits import TextEdit
from humanize.text.protect import protected_spans
from humanize.text.segment import SegmentedText, segment
from humanize.text.spans import Span

_UNKNOWN = 0.5
_RULES_LEVEL = 5


@dataclass(frozen=True, slots=True)
class PreparedText:
    """A text with everything that the model needs. `closed` are the spans that must not change.

    `proposed` are the edits of the rules, and the offers that only the model may choose.
    """

    document: SegmentedText
    tokens: Tokens
    protected: tuple[Span, ...]
    closed: tuple[Span, ...]
    signals: Signals
    rules: RuleResult
    proposed: tuple[TextEdit, ...]


def prepare(text: str) -> PreparedText:
    document = segment(text, "text")
    return prepare_document(document, protected_spans(document), RewriteOptions(language="en"))


def prepare_document(document: SegmentedText, protected: Sequence[Span], options: RewriteOptions) -> PreparedText:
    """Compute what the model needs to know about a document.

    The rules propose edits at their highest level, since the model decides which of them to make.
    """
    asked = RewriteOptions(
        _RULES_LEVEL, options.strategy, options.language, options.format, options.protected, options.dictionary
    )
    rules = rules_engine.rewrite(document, protected, asked)
    likeness = score(document.text, document).ai_likeness
    weights = tuple(one.weight for one in sentence_scores(document.text, document))
    signals = Signals(rules.edits, weights, _UNKNOWN if likeness is None else likeness)
    closed = (*protected, *_fixed(document))
    proposed = (*rules.edits, *_offered(document, protected, rules))
    return PreparedText(
        document, tokens_of(document.text, document), tuple(protected), closed, signals, rules, proposed
    )


def _offered(document: SegmentedText, protected: Sequence[Span], rules: RuleResult) -> list[TextEdit]:
    """Return the offers that are not already edits of a rule."""
    made = {(edit.start, edit.end, edit.after) for edit in rules.edits}
    found = offers(document, protected, rules.register)
    return [edit for edit in found if (edit.start, edit.end, edit.after) not in made]


def _fixed(document: SegmentedText) -> list[Span]:
    """Return the spans outside the editable blocks."""
    spans, at = list[Span](), 0
    for block in document.blocks:
        if block.editable:
            if block.start > at:
                spans.append(Span(at, block.start, "fixed"))
            at = block.end
    if at < len(document.text):
        spans.append(Span(at, len(document.text), "fixed"))
    return spans


@dataclass(frozen=True, slots=True)
class Revision:
    """The edits that the model chose, with their confidence, and the text that they were chosen for."""

    chosen: tuple[ChosenEdit, ...]
    prepared: PreparedText

    @property
    def edits(self) -> tuple[TextEdit, ...]:
        return tuple(one.edit for one in self.chosen)


def revise(
    model: RevisionModel, score_call: Score, document: SegmentedText, protected: Sequence[Span], options: RewriteOptions
) -> Revision:
    """Choose edits for a document by the model's scores.

    Raises ScoresError if the answer has the wrong shape, and whatever `score_call` raises.
    """
    prepared = prepare_document(document, protected, options)
    tokens = prepared.tokens
    if not len(tokens):
        return Revision((), prepared)
    found = candidate_edits(tokens, prepared.closed, prepared.proposed, model.table)
    answer = score_call(arrays_of(model, tokens, found, prepared.protected, prepared.signals))
    _, confidences = check_scores(answer, len(tokens), len(found))
    chosen = decode(found, confidences.tolist(), model.thresholds[options.level - 1], len(document.text))
    return Revision(chosen, prepared)


def engine(
    model: RevisionModel, score_call: Score
) -> Callable[[SegmentedText, Sequence[Span], RewriteOptions], RuleResult]:
    """Return an engine for `humanize.pipeline.rewrite`, which verifies its edits like those of any engine."""

    def rewrite(document: SegmentedText, protected: Sequence[Span], options: RewriteOptions) -> RuleResult:
        if options.language not in {"en", "auto"}:
            return RuleResult((), _register(options), (f"{model.name} does not write {options.language}",))
        done = revise(model, score_call, document, protected, options)
        rules = done.prepared.rules
        edits = tuple(edit for edit in done.edits if may_replace(rules.guess, edit.before, edit.after))
        return replace(rules, edits=edits)

    return rewrite


def _register(options: RewriteOptions) -> Register:
    return "professional" if options.strategy == "auto" else options.strategy
