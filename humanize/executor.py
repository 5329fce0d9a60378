"""Carries out a plan for one stretch: candidates in order, a deadline over all, the rules last, and what happened.

Nothing unverified leaves here. No transaction is open while a candidate is asked.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from humanize import pipeline
from humanize.connections import own_connection
from humanize.engines import Clock, Given, Job, NotUsable, ask
from humanize.pipeline import Piece
from humanize.policy import Policy
from humanize.router import RULES, Candidate, Route
from humanize.trace import Try, said

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
    tries: list[Try] = []
    for outcome in _outcomes(job, route.engines[: policy.attempts], clock, policy):
        tries.append(_try(outcome))
        if outcome.given is not None:
            return _piece(job, outcome.given, tries)
        if outcome.error is not None and not outcome.error.fall_through:
            break
    return by_rules(job, tries)


def by_rules(job: Job, tries: Sequence[Try]) -> Piece:
    """The rules' piece after these tries; says so when nobody could improve it."""
    piece = pipeline.by_engine(job.opened, job.options)
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


def _piece(job: Job, given: Given, tries: Sequence[Try]) -> Piece:
    piece = pipeline.finished(job.opened, given.kept, job.options)
    return replace(piece, origins=given.origins, tries=tuple(tries))


def _try(outcome: Outcome) -> Try:
    name, given, error = outcome.candidate.name, outcome.given, outcome.error
    if given is not None:
        edits = len(given.kept.edits)
        kind = "retried" if given.again else ""
        bill = given.bill
        return Try(
            name,
            "answered",
            said(edits),
            kind,
            f"{bill.cost:f}",
            len(bill.invocations),
            edits,
            _ids(given.bill.invocations),
        )
    assert error is not None
    return Try(
        name,
        "failed",
        error.reason,
        error.kind,
        f"{error.bill.cost:f}",
        len(error.bill.invocations),
        0,
        _ids(error.bill.invocations),
    )


def _ids(invocations: Sequence[object]) -> tuple[str, ...]:
    return tuple(map(str, invocations))
