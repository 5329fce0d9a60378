"""All stretches of a text by a plan that has more than the rules: side by side, each from the cache where it is there.

The caller's thread waits, beats and stores; the asking is done in threads of its own, so that a slow vendor neither
stops the heartbeat nor holds a database connection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from uuid import UUID

from humanize.generation import cache, fallback
from humanize.generation.attempt import Job
from humanize.generation.availability import Planned
from humanize.generation.connections import let_go, own_connection
from humanize.generation.prefetched import Ahead
from humanize.options import RewriteOptions
from humanize.pipeline.chunks import Stretch
from humanize.pipeline.rewrite import Piece, finished, open_stretch
from humanize.pipeline.trace import Try, said
from humanize.pipeline.verification import keep_verified
from humanize.prompts.render import NEIGHBOUR_CHARACTERS, Example, Surroundings
from humanize.prompts.style_sheet import NO_STYLE, StyleSheet, style_sheet
from humanize.routing.router import Candidate
from humanize.scoring import Detector
from humanize.text.edits import EditError, check
from serving.backends.base import RewriteRequest
from serving.gateway.calls import Caller
from serving.gateway.outcomes import record_cache_hit
from youman.core.errors import YoumanError

ENGINE_WORDS = 600  # a part that an LLM answers in seconds; the rules' parts are longer
AT_ONCE = 4
BEAT_S = 5.0
Beat = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Order:
    """A text that is to be rewritten, and for whom. `options` are the resolved ones."""

    text: str
    options: RewriteOptions
    planned: Planned
    account_id: int
    tier: str
    transformation_id: UUID | None = None
    patient: bool = False
    examples: tuple[Example, ...] = ()
    detector: Detector | None = None
    ahead: Mapping[int, Ahead] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    number: int
    stretch: Stretch


@dataclass(frozen=True, slots=True)
class Done:
    """A part with its piece; `key` is the one to cache it under, empty where it is not to be cached."""

    part: Part
    piece: Piece
    key: str


def rewrite(order: Order, parts: Sequence[Part], *, beat: Beat) -> Iterator[Done]:
    """The parts as they are done, in any order. Ends early when `beat`, called every few seconds, says False."""
    style = style_of(order)
    pool = ThreadPoolExecutor(max_workers=min(AT_ONCE, max(1, len(parts))), thread_name_prefix="rewrite")
    try:
        waiting = {pool.submit(own_connection, _done, order, part, style, len(parts) > 1) for part in parts}
        while waiting:
            let_go()
            finished, waiting = wait(waiting, timeout=BEAT_S, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in _by_number(finished))
            if waiting and not beat():
                return
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _by_number(finished: set[Future[Done]]) -> list[Future[Done]]:
    return sorted(finished, key=lambda future: future.result().part.number)


def _done(order: Order, part: Part, style: StyleSheet, in_company: bool) -> Done:
    job = job_for(order, part, style, in_company)
    key, engines = key_for(order, job), _engines(order)
    return Done(part, _cached(order, job, key, engines) or _asked(order, job), key)


def job_for(order: Order, part: Part, style: StyleSheet = NO_STYLE, in_company: bool = True) -> Job:
    """What is asked for one part, without asking; `style` as `style_of` has it."""
    never = order.options.dictionary.never_touch
    opened = open_stretch(order.text, part.stretch, order.options, also=never, detector=order.detector)
    around = _around(order, part.stretch, style)
    ahead = order.ahead.get(part.number)
    return Job(opened, order.options, _caller(order, part), around, order.patient, in_company, ahead)


def key_for(order: Order, job: Job) -> str:
    """Under which its answer is cached."""
    return cache.key_of(job.opened.document.text, order.options, [one.name for one in _engines(order)])


def _engines(order: Order) -> tuple[Candidate, ...]:
    return order.planned.route.engines[: order.planned.policy.attempts]


def _asked(order: Order, job: Job) -> Piece:
    return fallback.rewrite(job, order.planned.route, order.planned.policy)


def _cached(order: Order, job: Job, key: str, engines: Sequence[Candidate]) -> Piece | None:
    """The answer from the cache, verified again; None when there is none or it does not fit."""
    hit = cache.find(order.account_id, key)
    if hit is None or hit.deployment not in {one.name for one in engines}:
        return None
    document = job.opened.document
    edits = cache.moved(hit, document.text)
    try:
        check(document.text, edits)
        request = RewriteRequest(text=document.text, level=job.options.level, strategy=job.options.strategy)
        booked = record_cache_hit(deployment=hit.deployment, request=request, caller=job.caller, of=hit.invocation)
    except (EditError, YoumanError):
        return None
    kept = keep_verified(document, edits, job.opened.protected, job.options.language)
    piece = finished(job.opened, replace(kept, warnings=(*hit.warnings, *kept.warnings)), job.options)
    count = len(kept.edits)
    step = Try(hit.deployment, "answered", said(count), "cached", edits=count, invocations=(str(booked),))
    return replace(piece, origins=(booked,) * count, tries=(step,))


def _caller(order: Order, part: Part) -> Caller:
    return Caller(
        account_id=order.account_id,
        tier=order.tier,
        transformation_id=order.transformation_id,
        chunk=part.number,
        strategy=order.options.strategy,
        complexity=order.planned.band,
    )


def _around(order: Order, stretch: Stretch, style: StyleSheet) -> Surroundings:
    before = order.text[max(0, stretch.start - NEIGHBOUR_CHARACTERS) : stretch.start].strip()
    after = order.text[stretch.end : stretch.end + NEIGHBOUR_CHARACTERS // 2].strip()
    return Surroundings(before, after, style, order.examples)


def style_of(order: Order) -> StyleSheet:
    """Facts of a text in several parts, and the writer's own words."""
    words = order.options.dictionary
    own = [f"Write “{after}”, not “{before}”" for before, after in words.prefer[:_MOST_WORDS]]
    if words.avoid:
        own.append(f"Avoid: {', '.join(words.avoid[:_MOST_WORDS])}")
    found = style_sheet(order.text) if len(order.text.split()) > ENGINE_WORDS else NO_STYLE
    return StyleSheet((*found.rules, *own))


_MOST_WORDS = 20
