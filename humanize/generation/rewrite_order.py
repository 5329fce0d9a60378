"""Everything that a rewrite needs, looked up once and passed on: one value for the text, one for each of its parts.

    CreateRequest ─▶ Transformation (row) ─▶ RewriteOrder ─▶ PreparedPart ─▶ Attempt ─▶ VerifiedAnswer ─▶ Piece

Code that gets a `RewriteOrder` need not read the row, the policies or the registry again.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from humanize import selectors
from humanize.generation.availability import Plan, replan
from humanize.generation.prefetched import PrefetchedAnswer
from humanize.models import Edit, Transformation
from humanize.options import Dictionary, RewriteOptions
from humanize.pipeline import champions
from humanize.pipeline.chunks import TARGET_WORDS, Stretch, cut
from humanize.pipeline.rewrite import OpenStretch, open_stretch
from humanize.prompts.render import NEIGHBOUR_CHARACTERS, PromptExample, Surroundings
from humanize.prompts.style_sheet import NO_STYLE, StyleSheet, style_sheet
from humanize.routing.router import Candidate
from humanize.rules.dictionary import plain_phrase
from humanize.scoring import Detector
from humanize.states import Decision, ServiceTier
from serving.gateway.calls import Caller
from youman.core.models import Account

ENGINE_WORDS = 600  # words of a part that an LLM answers in seconds; parts for the rules are longer
PATIENT_TIMES = 10  # how many times longer the deadline of a text is that may wait
MOST_EXAMPLES = 3
_MOST_PREFERENCES = 20
_EDITS_READ = 40
_SHORTEST_EXAMPLE, _LONGEST_EXAMPLE = 30, 240
_NEAREST_PARTS = 3  # on each side, whose first and last words a prompt shows, besides the first and the last of all
_BORDER_WORDS = 12
_END = re.compile(r"[.!?][\"”’)]*\s+")


@dataclass(frozen=True, slots=True)
class PartBorders:
    """The first and the last words of one part of a text, and where the part starts."""

    start: int
    opening: str
    closing: str


@dataclass(frozen=True, slots=True)
class RewriteOrder:
    """A text to be rewritten for an account. Adds to the row everything that had to be looked up for it.

    `options` are resolved: none of them is "auto". `plan` was made for this run, and `detector` scores the whole text.
    `examples`, `style` and `outline` (how each part begins and ends) go into the prompts. `prefetched` maps the number
    of a part to the answer or the failure of a vendor's batch.
    """

    text: str
    options: RewriteOptions
    plan: Plan
    detector: Detector
    account_id: int
    tier: str
    transformation_id: UUID | None = None
    patient: bool = False
    examples: tuple[PromptExample, ...] = ()
    style: StyleSheet = NO_STYLE
    outline: tuple[PartBorders, ...] = ()
    prefetched: Mapping[int, PrefetchedAnswer] = field(default_factory=dict)

    @property
    def engines(self) -> tuple[Candidate, ...]:
        """Return the candidates to ask before the rules, in order; empty if only the rules are available."""
        return self.plan.engines

    @property
    def deadline_s(self) -> float:
        """Return the time limit, in seconds, for all candidates of one part together."""
        return self.plan.policy.deadline_s * (PATIENT_TIMES if self.patient else 1)

    @property
    def part_words(self) -> int:
        """Return the target length of a part, in words."""
        return ENGINE_WORDS if self.engines else TARGET_WORDS


@dataclass(frozen=True, slots=True)
class PreparedPart:
    """One stretch of an order, ready to be requested.

    Adds to the order the segmented stretch, the surrounding text that a model is shown, and the caller for the ledger.
    `in_company` means that other stretches of the same text are requested at the same time. When a rate limit is
    reached, the text itself has probably caused it, so the attempt waits; otherwise half a book would go to the next
    candidate.
    """

    order: RewriteOrder
    opened: OpenStretch
    caller: Caller
    around: Surroundings
    prefetched: PrefetchedAnswer | None = None
    in_company: bool = True


def order_for(row: Transformation, plan: Plan | None = None) -> RewriteOrder:
    """Prepare a stored text for rewriting. `row` must have its owner loaded. Makes up to three queries.

    Pass `plan` if it has just been made for this row. Otherwise it is made again, since deployments that were available
    when the text was submitted may be gone.
    """
    options = stored_options(row)
    patient = row.service_tier != ServiceTier.STANDARD
    plan = plan or replan(
        tier=row.owner.tier,
        model=row.model,
        text=row.source,
        words=row.words,
        options=options,
        patient=patient,
        draw=selectors.draw_of(row.pk),
    )
    return RewriteOrder(
        text=row.source,
        options=options,
        plan=plan,
        # The detector of the first run, or the current one if that is gone (see `worker._rescored_measures`).
        detector=champions.DETECTOR.pinned_or_current(row.detector_version),
        account_id=row.owner_id,
        tier=row.owner.tier,
        transformation_id=row.pk,
        patient=patient,
        examples=accepted_examples(row.owner, options) if plan.engines else (),
        style=house_style(row.source, options.dictionary) if plan.engines else NO_STYLE,
        outline=outline_of(row.source, options) if plan.engines else (),
    )


def stored_options(row: Transformation) -> RewriteOptions:
    """Return the writer's options, with detected values in place of "auto" and the dictionary as it was then."""
    stored = row.dictionary
    return RewriteOptions(
        level=row.level,
        strategy=row.register,  # type: ignore[arg-type]  # stored from resolved options
        language=row.detected_language,
        format=row.detected_format,  # type: ignore[arg-type]  # stored from resolved options
        protected=tuple(row.protected),
        register_chosen=row.strategy != "auto",
        dictionary=selectors.dictionary_from(
            stored.get("prefer", ()), stored.get("avoid", ()), stored.get("never_touch", ())
        ),
    )


def prepare_part(order: RewriteOrder, stretch: Stretch, *, in_company: bool = True) -> PreparedPart:
    """Segment the stretch and attach its caller and surroundings. Calls no model."""
    never_touch = order.options.dictionary.never_touch
    opened = open_stretch(order.text, stretch, order.options, also=never_touch, detector=order.detector)
    caller = Caller(
        account_id=order.account_id,
        tier=order.tier,
        transformation_id=order.transformation_id,
        chunk=stretch.number,
        strategy=order.options.strategy,
        complexity=order.plan.band,
    )
    prefetched = order.prefetched.get(stretch.number)
    return PreparedPart(order, opened, caller, _surroundings(order, stretch), prefetched, in_company)


def _surroundings(order: RewriteOrder, stretch: Stretch) -> Surroundings:
    before = order.text[max(0, stretch.start - NEIGHBOUR_CHARACTERS) : stretch.start].strip()
    after = order.text[stretch.end : stretch.end + NEIGHBOUR_CHARACTERS // 2].strip()
    return Surroundings(before, after, order.style, order.examples, _plan(order, stretch), _other_parts(order, stretch))


def _plan(order: RewriteOrder, stretch: Stretch) -> str:
    """Say which part of a longer text the stretch is, so that its parts do not all begin and end alike."""
    opens, closes = not order.text[: stretch.start].strip(), not order.text[stretch.end :].strip()
    if opens and closes:
        return ""
    begin = "It opens the whole." if opens else "It does not open the whole: it needs no introduction."
    end = "It closes the whole." if closes else "It does not close the whole: it needs no summary and no outlook."
    return f"This is one part of a longer text. {begin} {end}"


def _other_parts(order: RewriteOrder, stretch: Stretch) -> tuple[tuple[str, str], ...]:
    """Return how the nearest parts, the first and the last one begin and end."""
    here = bisect_right([part.start for part in order.outline], stretch.start) - 1
    near = {*range(here - _NEAREST_PARTS, here + _NEAREST_PARTS + 1), 0, len(order.outline) - 1} - {here}
    return tuple((part.opening, part.closing) for at, part in enumerate(order.outline) if at in near)


def outline_of(text: str, options: RewriteOptions) -> tuple[PartBorders, ...]:
    """Return how each part of a text begins and ends, as models see the parts; empty for a text of one part."""
    found: list[PartBorders] = []
    for stretch in cut(text, options.format, target=ENGINE_WORDS, protected=options.protected):
        words = text[stretch.start : stretch.end].split()
        opening, closing = " ".join(words[:_BORDER_WORDS]), " ".join(words[-_BORDER_WORDS:])
        found.append(PartBorders(stretch.start, opening, closing))
    return tuple(found) if len(found) > 1 else ()


def house_style(text: str, dictionary: Dictionary) -> StyleSheet:
    """Return the style that all parts of a long text must share, and the preferences in the writer's dictionary."""
    pairs = [(plain_phrase(before), plain_phrase(after)) for before, after in dictionary.prefer[:_MOST_PREFERENCES]]
    own = [f"Write “{after}”, not “{before}”" for before, after in pairs]
    if dictionary.avoid:
        own.append(f"Avoid: {', '.join(map(plain_phrase, dictionary.avoid[:_MOST_PREFERENCES]))}")
    found = style_sheet(text) if len(text.split()) > ENGINE_WORDS else NO_STYLE
    return StyleSheet((*found.rules, *own))


def accepted_examples(account: Account, options: RewriteOptions) -> tuple[PromptExample, ...]:
    """Return sentences with the writer's latest accepted edits in this strategy and language, up to three.

    Empty without the writer's consent. The examples come from different texts, and only from the writer's own.
    """
    if not account.consents:
        return ()
    own = Transformation.objects.filter(owner=account, register=options.strategy, detected_language=options.language)
    edits = Edit.objects.filter(transformation__in=own, decision=Decision.ACCEPTED).select_related("transformation")
    by_text: dict[object, PromptExample] = {}
    for edit in edits.order_by("-pk")[:_EDITS_READ]:
        example = _example_from(edit)
        if example is not None:
            by_text.setdefault(edit.transformation_id, example)
    return tuple(by_text.values())[:MOST_EXAMPLES]


def _example_from(edit: Edit) -> PromptExample | None:
    """Return the sentence around the edit, before and after it; None if it is too short or long for an example."""
    text = edit.transformation.source
    left = text[max(0, edit.start - _LONGEST_EXAMPLE) : edit.start].rpartition("\n")[2]
    ends = [match.end() for match in _END.finditer(left)]
    start = edit.start - len(left) + (ends[-1] if ends else 0)
    right = text[edit.end : edit.end + _LONGEST_EXAMPLE].partition("\n")[0]
    stop = _END.search(right)
    end = edit.end + (len(right[: stop.end()].rstrip()) if stop else len(right))
    before, after = text[start:end], text[start : edit.start] + edit.after + text[edit.end : end]
    teaches = _SHORTEST_EXAMPLE <= len(before) <= _LONGEST_EXAMPLE and after.strip()
    return PromptExample(before, after) if teaches else None
