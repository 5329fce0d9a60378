"""What a rewrite needs, looked up once and handed down: one value for the text, one for each part of it.

    CreateRequest ─▶ Transformation (row) ─▶ RewriteOrder ─▶ PreparedPart ─▶ Attempt ─▶ VerifiedAnswer ─▶ Piece

Whoever is handed a `RewriteOrder` asks neither the row nor the policies nor the registry again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from humanize import selectors
from humanize.generation.availability import Plan, replan
from humanize.generation.prefetched import PrefetchedAnswer
from humanize.models import Edit, Transformation
from humanize.options import Dictionary, RewriteOptions
from humanize.pipeline import detectors
from humanize.pipeline.chunks import TARGET_WORDS, Stretch
from humanize.pipeline.rewrite import OpenStretch, open_stretch
from humanize.prompts.render import NEIGHBOUR_CHARACTERS, PromptExample, Surroundings
from humanize.prompts.style_sheet import NO_STYLE, StyleSheet, style_sheet
from humanize.routing.router import Candidate
from humanize.scoring import Detector
from humanize.states import Decision, ServiceTier
from serving.gateway.calls import Caller
from youman.core.models import Account

ENGINE_WORDS = 600  # a part that an LLM answers in seconds; the rules' parts are longer
PATIENT_TIMES = 10  # how many times longer a writer waits who said that they can
MOST_EXAMPLES = 3
_MOST_PREFERENCES = 20
_EDITS_READ = 40
_SHORTEST_EXAMPLE, _LONGEST_EXAMPLE = 30, 240
_END = re.compile(r"[.!?][\"”’)]*\s+")


@dataclass(frozen=True, slots=True)
class RewriteOrder:
    """A text that is to be rewritten, and for whom. Adds to the row what had to be looked up for it.

    `options` are resolved: nothing in them is "auto". `plan` was made for this run and `detector` scores the whole
    text. `examples` and `style` go into the prompts. `prefetched` holds what a vendor's batch answered, or why it did
    not, by the number of the part.
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
    prefetched: Mapping[int, PrefetchedAnswer] = field(default_factory=dict)

    @property
    def engines(self) -> tuple[Candidate, ...]:
        """The candidates that are asked before the rules, in order; empty where the rules are all there is."""
        return self.plan.engines

    @property
    def deadline_s(self) -> float:
        """Seconds for all candidates of one part together."""
        return self.plan.policy.deadline_s * (PATIENT_TIMES if self.patient else 1)

    @property
    def part_words(self) -> int:
        """The length to which the text is cut."""
        return ENGINE_WORDS if self.engines else TARGET_WORDS


@dataclass(frozen=True, slots=True)
class PreparedPart:
    """One stretch of an order, ready to be asked for. Adds to the order the segmented stretch, what a model is shown
    of the rest, and whose call it is.

    `in_company` says that other stretches of the same text are asked for at the same time. A limit is then our own
    doing, and waited for, or half of a book would fall to the next candidate.
    """

    order: RewriteOrder
    opened: OpenStretch
    caller: Caller
    around: Surroundings
    prefetched: PrefetchedAnswer | None = None
    in_company: bool = True


def order_for(row: Transformation, plan: Plan | None = None) -> RewriteOrder:
    """Prepare a stored text; `row` has its owner. Costs at most three queries, whatever the length.

    `plan` may be given where it was made for this row a moment ago. It is made anew otherwise, since what could be
    called when the text was handed in may be gone by now.
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
        # That of the first run; today's where there was none, or where that one is gone (see `rescored_measures`).
        detector=detectors.detector_for(row.detector_version),
        account_id=row.owner_id,
        tier=row.owner.tier,
        transformation_id=row.pk,
        patient=patient,
        examples=accepted_examples(row.owner, options) if plan.engines else (),
        style=house_style(row.source, options.dictionary) if plan.engines else NO_STYLE,
    )


def stored_options(row: Transformation) -> RewriteOptions:
    """Return the options as the writer asked, with what was found in place of "auto" and the dictionary as it was."""
    stored = row.dictionary
    return RewriteOptions(
        level=row.level,
        strategy=row.register,  # type: ignore[arg-type]  # stored from resolved options
        language=row.detected_language,
        format=row.detected_format,  # type: ignore[arg-type]  # stored from resolved options
        protected=tuple(row.protected),
        dictionary=selectors.dictionary_from(
            stored.get("prefer", ()), stored.get("avoid", ()), stored.get("never_touch", ())
        ),
    )


def prepare_part(order: RewriteOrder, stretch: Stretch, *, in_company: bool = True) -> PreparedPart:
    """Segment the stretch and say whose call it is; asks nobody."""
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
    return Surroundings(before, after, order.style, order.examples)


def house_style(text: str, dictionary: Dictionary) -> StyleSheet:
    """Return facts of a text of several parts that each part must share, and the writer's own words."""
    own = [f"Write “{after}”, not “{before}”" for before, after in dictionary.prefer[:_MOST_PREFERENCES]]
    if dictionary.avoid:
        own.append(f"Avoid: {', '.join(dictionary.avoid[:_MOST_PREFERENCES])}")
    found = style_sheet(text) if len(text.split()) > ENGINE_WORDS else NO_STYLE
    return StyleSheet((*found.rules, *own))


def accepted_examples(account: Account, options: RewriteOptions) -> tuple[PromptExample, ...]:
    """Return the author's latest accepted edits of this strategy and language, one sentence each.

    Only where the author consented, and nobody else's, ever; from different texts.
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
    """The sentence around the edit, before and after; None when it is too short or too long to teach anything."""
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
