"""From a text to a verified, scored rewrite, edit by edit. Pure: no Django, no rows, no network.

A text is cut into stretches (see `chunks`), decisions about the whole are made once before, and each stretch is
rewritten by itself; so a request, the command and a worker that resumes give the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from humanize.options import RewriteOptions
from humanize.pipeline.chunks import Stretch, cut
from humanize.pipeline.measures import Measures, combine, share_changed
from humanize.pipeline.trace import AttemptRecord
from humanize.pipeline.verification import VerifiedEdits, keep_verified
from humanize.rules import engine as rules_engine
from humanize.rules.engine import RuleResult
from humanize.rules.english.register import detect_register
from humanize.scoring import Detector, Scores, score, shipped_detector
from humanize.text.edits import TextEdit
from humanize.text.language import detect
from humanize.text.protect import protected_spans
from humanize.text.segment import SegmentedText, guess_format, segment
from humanize.text.similarity import similarity
from humanize.text.spans import Span

Engine = Callable[[SegmentedText, Sequence[Span], RewriteOptions], RuleResult]
SAMPLE_CHARACTERS = 20_000
LEAST_CONFIDENCE = 0.5


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch rewritten. Offsets of `edits` are those of the whole text.

    `origins` names for each edit the call that it came from (none for the rules' edits); `tries` is what was asked.
    """

    stretch: Stretch
    result: str
    edits: tuple[TextEdit, ...]
    measures: Measures
    origins: tuple[UUID | None, ...] = ()
    tries: tuple[AttemptRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The whole. Applying all `edits` to `source` gives `result`; `options` are the resolved ones, nothing auto."""

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


def resolve(text: str, options: RewriteOptions) -> RewriteOptions:
    """What is decided once for the whole, from its first 20,000 characters: language, format, register."""
    sample = text[:SAMPLE_CHARACTERS]
    format = guess_format(sample) if options.format == "auto" else options.format
    language = _language(sample) if options.language == "auto" else options.language
    # The register is told from the words alone, so the sample need not be segmented for it.
    strategy = detect_register(SegmentedText(sample, format, ())) if options.strategy == "auto" else options.strategy
    return replace(options, language=language, format=format, strategy=strategy)


def _language(sample: str) -> str:
    """English for a text too short or too strange to tell: its rules then find what is theirs, or nothing."""
    found = detect(sample)
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
    """The whole from the pieces of all its stretches, in order. `detector` is the one that scored them."""
    return Rewrite(
        source=text,
        result="".join(piece.result for piece in pieces),
        edits=tuple(edit for piece in pieces for edit in piece.edits),
        measures=combine((piece.measures for piece in pieces), (detector or shipped_detector()).bands),
        options=resolved,
    )


@dataclass(frozen=True, slots=True)
class OpenStretch:
    """A stretch segmented, with what in it is protected; offsets are the stretch's own. `detector` scores
    it, before and after."""

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
    """`also`: more phrases to protect than those of the options."""
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
    """Segment, protect, rewrite, verify and score one stretch. Deterministic."""
    return by_engine(open_stretch(text, stretch, resolved, detector=detector), resolved, engine=engine)


def by_engine(opened: OpenStretch, resolved: RewriteOptions, *, engine: Engine = rules_engine.rewrite) -> Piece:
    proposed = engine(opened.document, opened.protected, resolved)
    kept = keep_verified(opened.document, proposed.edits, opened.protected, resolved.language)
    return finished(opened, replace(kept, warnings=(*proposed.warnings, *kept.warnings)), resolved)


def finished(opened: OpenStretch, kept: VerifiedEdits, resolved: RewriteOptions) -> Piece:
    """The verified edits, measured and moved to their place in the whole."""
    source = opened.document.text
    before = score(source, language=resolved.language, detector=opened.detector)
    measures = Measures(
        words=len(source.split()),
        before=before,
        after=score(kept.result, language=resolved.language, detector=opened.detector) if kept.edits else before,
        similarity=round(similarity(source, kept.result), 4) if kept.edits else 1.0,
        share_changed=round(share_changed(source, kept.edits), 4),
        edits=len(kept.edits),
        warnings=kept.warnings,
    )
    return Piece(opened.stretch, kept.result, _moved(kept.edits, opened.stretch.start), measures)


def _moved(edits: Sequence[TextEdit], by: int) -> tuple[TextEdit, ...]:
    if not by:
        return tuple(edits)
    return tuple(replace(edit, start=edit.start + by, end=edit.end + by) for edit in edits)
