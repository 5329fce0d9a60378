"""Carries out a plan for one stretch: candidates in order, a deadline over all, the rules last, and what happened.

Nothing unverified leaves here. No transaction is open while a candidate is asked.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from humanize.generation.attempt import DECLINED, Clock, Given, Job, NotUsable, ask, look_over, mend, reason_for
from humanize.generation.connections import own_connection
from humanize.pipeline.rewrite import Piece, by_engine, finished
from humanize.pipeline.trace import Try, said
from humanize.routing.complexity import Band
from humanize.routing.policy import Policy
from humanize.routing.router import RULES, Candidate, Route, quality_of

PATIENT_TIMES = 10  # how much longer a writer waits who said that they can
_LEAST_SHARE_S = 1.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one candidate: `given`, or why not."""

    candidate: Candidate
    given: Given | None
    error: NotUsable | None


def rewrite(job: Job, route: Route, policy: Policy) -> Piece:
    """Always a piece: in the worst case the source as it was, with a warning that says so."""
    clock = Clock.of(policy.deadline_s * (PATIENT_TIMES if job.patient else 1))
    engines, tries = _with_ahead(job, route.engines[: policy.attempts])
    if tries:
        job = replace(job, caller=replace(job.caller, attempt=job.caller.attempt + 1))
    for outcome in _outcomes(job, engines, clock, policy):
        tries.append(_try(outcome, job))
        if outcome.given is not None:
            given, more = _completed(job, outcome.candidate, outcome.given, engines, clock, policy)
            return _piece(job, given, [*tries, *more], outcome.candidate.note)
        if outcome.error is not None and not outcome.error.fall_through:
            break
    return by_rules(job, tries)


def _with_ahead(job: Job, engines: tuple[Candidate, ...]) -> tuple[tuple[Candidate, ...], list[Try]]:
    """The candidate whose answer is there goes first. One that declined is not asked again; one that was merely late
    is, live."""
    ahead = job.ahead
    if ahead is None:
        return engines, []
    named = tuple(one for one in engines if one.name == ahead.deployment)
    others = tuple(one for one in engines if one.name != ahead.deployment)
    if ahead.answered is not None:
        return named + others, []
    step = Try(ahead.deployment, "failed", ahead.reason or reason_for(ahead.error), ahead.error)
    return others if ahead.error in DECLINED else engines, [step]


def _completed(
    job: Job, candidate: Candidate, given: Given, engines: Sequence[Candidate], clock: Clock, policy: Policy
) -> tuple[Given, list[Try]]:
    """The answer with its failed sentences asked of a better candidate, where there is one and there is time; where
    the policy has a second look, with those too that were left alone."""
    looks = policy.looks_again(cast(Band, job.caller.complexity)) and given.draft is not None and not job.patient
    better = _better(candidate, engines, job, policy) if looks or given.lacking else None
    if better is None or clock.left_s < _LEAST_SHARE_S:
        return given, []
    before, ask_more = len(given.kept.edits), look_over if looks else mend
    try:
        mended = ask_more(better, job, given, clock.left_s)
    except NotUsable as error:
        bill = error.bill.beyond(given.bill)
        return given, [_failed(better, NotUsable(error.kind, error.reason, bill=bill))]
    if mended is given:
        return given, []
    edits, bill = len(mended.kept.edits) - before, mended.bill.beyond(given.bill)
    reason = f"{said(edits)} where {candidate.name} had {'made none' if looks else 'failed'}"
    more = Try(better.name, "answered", reason, "mended", f"{bill.cost:f}", 1, max(edits, 0), _ids(bill.invocations))
    return mended, [more]


def _better(candidate: Candidate, engines: Sequence[Candidate], job: Job, policy: Policy) -> Candidate | None:
    """The next in line that is expected to do better; a weaker one would only cost."""
    band = cast(Band, job.caller.complexity)
    mean = quality_of(candidate, band, policy).mean
    rest = engines[[one.name for one in engines].index(candidate.name) + 1 :]
    return next((one for one in rest if one.kind == "llm" and quality_of(one, band, policy).mean > mean), None)


def by_rules(job: Job, tries: Sequence[Try]) -> Piece:
    """The rules' piece after these tries; says so when nobody could improve it."""
    piece = by_engine(job.opened, job.options)
    step = Try(RULES, "answered", said(len(piece.edits)), edits=len(piece.edits))
    if tries and not piece.edits:
        note = "A part was left as it was: no model could be used, and the rules found nothing worth changing"
        measures = replace(piece.measures, warnings=(*piece.measures.warnings, note))
        piece = replace(piece, measures=measures)
    return replace(piece, tries=(*tries, step), origins=(None,) * len(piece.edits))


def _outcomes(job: Job, engines: Sequence[Candidate], clock: Clock, policy: Policy) -> Iterator[Outcome]:
    left = list(engines)
    attempt = job.caller.attempt
    while left:
        share = max(clock.left_s / len(left), _LEAST_SHARE_S)
        if clock.left_s < _LEAST_SHARE_S:
            late = NotUsable("deadline", "there was no time left for it")
            yield from (Outcome(one, None, late) for one in left)
            return
        here = replace(job, caller=replace(job.caller, attempt=attempt))
        if policy.hedge_after_s is not None and len(left) > 1 and policy.hedge_after_s < share:
            found = list(_hedged(here, left[0], left[1], share, policy.hedge_after_s))
        else:
            found = [_outcome(left[0], here, share)]
        yield from found
        left = [one for one in left if one.name not in {outcome.candidate.name for outcome in found}]
        attempt += 2  # a candidate may be asked twice


def _outcome(candidate: Candidate, job: Job, within_s: float) -> Outcome:
    try:
        return Outcome(candidate, ask(candidate, job, within_s), None)
    except NotUsable as error:
        return Outcome(candidate, None, error)


def _hedged(job: Job, first: Candidate, second: Candidate, within_s: float, after_s: float) -> Iterator[Outcome]:
    """The first, joined by the second when it is slow; ends with the first good answer. What fails comes before it."""
    done: queue.Queue[Outcome] = queue.Queue()
    _start(first, job, within_s, done)
    running = 1
    try:
        outcome = done.get(timeout=after_s)
    except queue.Empty:
        later = replace(job, caller=replace(job.caller, attempt=job.caller.attempt + 2))
        _start(second, later, within_s, done)
        running = 2
        outcome = done.get()
    yield outcome
    if running == 2 and outcome.given is None:
        yield done.get()


def _start(candidate: Candidate, job: Job, within_s: float, done: queue.Queue[Outcome]) -> None:
    def work() -> None:
        own_connection(lambda: done.put(_outcome(candidate, job, within_s)))

    threading.Thread(target=work, name=f"ask-{candidate.name}", daemon=True).start()


def _piece(job: Job, given: Given, tries: Sequence[Try], note: str) -> Piece:
    """A writer who chose a model that has ended reads who answered in its place."""
    kept = replace(given.kept, warnings=(note, *given.kept.warnings)) if note else given.kept
    piece = finished(job.opened, kept, job.options)
    return replace(piece, origins=given.origins, tries=tuple(tries))


def _try(outcome: Outcome, job: Job) -> Try:
    name, given, error = outcome.candidate.name, outcome.given, outcome.error
    if given is None:
        assert error is not None
        return _failed(outcome.candidate, error)
    edits, bill = len(given.kept.edits), given.bill
    batched = job.ahead is not None and job.ahead.item in bill.invocations
    kind = "retried" if given.again else "batched" if batched else ""
    calls = len(bill.invocations)
    return Try(name, "answered", said(edits), kind, f"{bill.cost:f}", calls, edits, _ids(bill.invocations))


def _failed(candidate: Candidate, error: NotUsable) -> Try:
    bill = error.bill
    calls = len(bill.invocations)
    return Try(
        candidate.name, "failed", error.reason, error.kind, f"{bill.cost:f}", calls, 0, _ids(bill.invocations)
    )  # fmt: skip


def _ids(invocations: Sequence[object]) -> tuple[str, ...]:
    return tuple(map(str, invocations))
