"""From a stored text to what is asked for it: its resolved options, a plan made anew, and the order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from humanize import selectors
from humanize.generation.availability import Planned, plan_again
from humanize.generation.examples import examples_of
from humanize.generation.parallel import Order
from humanize.generation.prefetched import Ahead
from humanize.models import Transformation
from humanize.options import Dictionary, RewriteOptions
from humanize.pipeline import detectors, rewrite
from humanize.scoring import Detector
from humanize.states import ServiceTier


def resolved(row: Transformation) -> RewriteOptions:
    """As found on the first run, or found now."""
    asked = asked_options(row)
    if row.total_chunks:
        found = {"strategy": row.register, "language": row.detected_language, "format": row.detected_format}
        return replace(asked, **found)  # type: ignore[arg-type]  # stored from resolved options
    return rewrite.resolve(row.source, asked)


def planned(row: Transformation, options: RewriteOptions) -> Planned:
    """Made anew for each run: what could be called when the text was handed in may be gone by now."""
    return plan_again(
        tier=row.owner.tier,
        model=row.model,
        text=row.source,
        words=row.words,
        options=options,
        patient=row.service_tier != ServiceTier.STANDARD,
        draw=selectors.draw_of(row.pk),
    )


def order(
    row: Transformation, options: RewriteOptions, plan: Planned, ahead: Mapping[int, Ahead] | None = None
) -> Order:
    return Order(
        text=row.source,
        options=options,
        planned=plan,
        account_id=row.owner_id,
        tier=row.owner.tier,
        transformation_id=row.pk,
        patient=row.service_tier != ServiceTier.STANDARD,
        examples=examples_of(row.owner, strategy=options.strategy, language=options.language),
        ahead=ahead or {},
        detector=detector(row),
    )


def detector(row: Transformation) -> Detector:
    """The detector of the first run; today's where there was none, or where that one is gone (see `rescoring`)."""
    return detectors.detector_for(row.detector_version)


def asked_options(row: Transformation) -> RewriteOptions:
    """As the writer asked, with the dictionary as it was then."""
    stored = row.dictionary
    words = Dictionary(
        tuple((pair[0], pair[1]) for pair in stored.get("prefer", ())),
        tuple(stored.get("avoid", ())),
        tuple(stored.get("never_touch", ())),
    )
    return RewriteOptions(
        level=row.level,
        strategy=row.strategy,  # type: ignore[arg-type]  # checked when it was asked
        language=row.language,
        format=row.format,  # type: ignore[arg-type]  # checked when it was asked
        protected=tuple(row.protected),
        dictionary=words,
    )
