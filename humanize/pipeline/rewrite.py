"""Turns a text into a verified, scored rewrite, edit by edit. Pure: no Django, no rows, no network.

Decisions about the whole text are made once; then it is cut into stretches (see `chunks`), each of which is rewritten
separately. So a request, the command and a worker that resumes give the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from humanize.judging import Judgement, compare
from humanize.options import RewriteOptions
from humanize.pipeline.chunks import Stretch, cut
from humanize.pipeline.measures import Measures, combine, share_changed
from humanize.pipeline.trace import AttemptRecord
from humanize.pipeline.verification import VerifiedEdits, keep_verified
from humanize.rules import engine as rules_engine
from humanize.rules.engine import RuleResult
from humanize.rules.register import detect_register
from humanize.scoring import Detector, Scores, score, shipped_detector
from humanize.text.edits import TextEdit, shift
from humanize.text.language import LEAST_CONFIDENCE, detect_language
from humanize.text.protect import protected_spans
from humanize.text.segment import SegmentedText, guess_format, segment
from humanize.text.similarity import similarity
from humanize.text.spans import Span

Engine = Callable[[SegmentedText, Sequence[Span], RewriteOptions], RuleResult]
SAMPLE_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Piece:
    """The rewrite of one stretch. The offsets of `edits` are those of the whole text.

    `origins` holds the id of the call behind each edit (None for edits of the rules); `tries` records what was tried.
    """

    stretch: Stretch
    result: str
    edits: tuple[TextEdit, ...]
    measures: Measures
    origins: tuple[UUID | None, ...] = ()
    tries: tuple[AttemptRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The rewrite of a whole text. Applying all `edits` to `source` gives `result`; no option is "auto"."""

    source: str
    result: str
    edits: tuple[TextEdit, ...]
    measures: Measures
    options: RewriteOptions

    @property
    def before(self) -> Scores:
        return self.measures.before

    @property
    def after(self) -> Scores:
        return self.measures.after

    @property
    def judgement(self) -> Judgement | None:
        """Return whether the result reads better than the source, by the shipped judge; None where it cannot tell."""
        return compare(self.source, self.result, language=self.options.language)


def resolve(text: str, options: RewriteOptions) -> RewriteOptions:
    """Resolve language, format and register from the first 20,000 characters of the whole text."""
    sample = text[:SAMPLE_CHARACTERS]
    format = guess_format(sample) if options.format == "auto" else options.format
    language = _language(sample) if options.language == "auto" else options.language
    # The register depends on the words alone, so the sample need not be segmented.
    strategy, chosen = options.strategy, options.register_chosen or options.strategy != "auto"
    if strategy == "auto":
        strategy = detect_register(SegmentedText(sample, format, ()), language)
    return replace(options, language=language, format=format, strategy=strategy, register_chosen=chosen)


def _language(sample: str) -> str:
    """Detect the language; English if it is uncertain, whose rules then find something to change or nothing."""
    found = detect_language(sample)
    return found.code if found.confidence >= LEAST_CONFIDENCE else "en"


def rewrite_text(
    text: str,
    options: RewriteOptions,
    *,
    engine: Engine = rules_engine.rewrite,
    detector: Detector | None = None,
) -> Rewrite:
    """Rewrite the whole text; never raises on any text. What no edit touches stays, character for character.

    Scored by `detector`, the shipped one where it is left out.
    """
    resolved = resolve(text, options)
    stretches = cut(text, resolved.format, protected=resolved.protected)
    pieces = [rewrite_stretch(text, stretch, resolved, engine=engine, detector=detector) for stretch in stretches]
    return join(text, pieces, resolved, detector)


def join(text: str, pieces: Sequence[Piece], resolved: RewriteOptions, detector: Detector | None = None) -> Rewrite:
    """Join the pieces of all stretches, in order. `detector` is the one that scored them."""
    return Rewrite(
        source=text,
        result="".join(piece.result for piece in pieces),
        edits=tuple(edit for piece in pieces for edit in piece.edits),
        measures=combine((piece.measures for piece in pieces), detector),
        options=resolved,
    )


@dataclass(frozen=True, slots=True)
class OpenStretch:
    """A segmented stretch with its protected spans, in its own offsets. `detector` scores it before and after."""

    stretch: Stretch
    document: SegmentedText
    protected: tuple[Span, ...]
    detector: Detector


def open_stretch(
    text: str,
    stretch: Stretch,
    resolved: RewriteOptions,
    *,
    also: Sequence[str] = (),
    detector: Detector | None = None,
) -> OpenStretch:
    """Segment a stretch and find its protected spans. `also` holds phrases to protect besides those of the options."""
    document = segment(text[stretch.start : stretch.end], resolved.format)
    protected = protected_spans(document, (*resolved.protected, *also))
    return OpenStretch(stretch, document, protected, detector or shipped_detector())


def rewrite_stretch(
    text: str,
    stretch: Stretch,
    resolved: RewriteOptions,
    *,
    engine: Engine = rules_engine.rewrite,
    detector: Detector | None = None,
) -> Piece:
    """Segment, protect, rewrite, verify and score one stretch. Deterministic if the engine is."""
    return rewrite_by_engine(open_stretch(text, stretch, resolved, detector=detector), resolved, engine=engine)


def rewrite_by_engine(opened: OpenStretch, resolved: RewriteOptions, *, engine: Engine = rules_engine.rewrite) -> Piece:
    proposed = engine(opened.document, opened.protected, resolved)
    kept = keep_verified(
        opened.document,
        proposed.edits,
        opened.protected,
        resolved.language,
        phrases=resolved.protected,
        reviewed=engine is rules_engine.rewrite,
    )
    return measured_piece(opened, replace(kept, warnings=(*proposed.warnings, *kept.warnings)), resolved)


def measured_piece(opened: OpenStretch, verified: VerifiedEdits, resolved: RewriteOptions) -> Piece:
    """Measure the verified edits and move them to their position in the whole text."""
    source = opened.document.text
    before = score(source, language=resolved.language, detector=opened.detector)
    measures = Measures(
        words=len(source.split()),
        before=before,
        after=score(verified.result, language=resolved.language, detector=opened.detector)
        if verified.edits
        else before,
        similarity=round(similarity(source, verified.result), 4) if verified.edits else 1.0,
        share_changed=round(share_changed(source, verified.edits), 4),
        edits=len(verified.edits),
        warnings=verified.warnings,
    )
    return Piece(opened.stretch, verified.result, shift(verified.edits, opened.stretch.start), measures)
