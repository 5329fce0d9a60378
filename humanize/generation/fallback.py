"""Carries out the plan for one part: tries the candidates in order within a deadline, and the rules last.

Only verified edits are returned. No transaction is open during a call.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from humanize.generation.attempt import (
    DECLINED,
    Attempt,
    AttemptFailed,
    Clock,
    VerifiedAnswer,
    ask,
    mend,
    reason_for,
    review,
)
from humanize.generation.connections import call_in_thread
from humanize.generation.opinions import settle_by_opinion
from humanize.generation.rewrite_order import PreparedPart
from humanize.generation.rules_after import with_rules
from humanize.pipeline.rewrite import Piece, measured_piece, rewrite_by_engine
from humanize.pipeline.trace import AttemptRecord, edits_sentence
from humanize.routing.complexity import Band
from humanize.routing.router import RULES, Candidate, quality_of

_LEAST_SHARE_S = 1.0  # with less time than this a candidate could not finish
_CALLS_PER_CANDIDATE = 2  # a candidate may be asked twice; the second candidate of a hedge is numbered after the first


@dataclass(frozen=True, slots=True)
class AttemptOutcome:
    """The outcome of asking one candidate: either `answer` or `error` is set."""

    candidate: Candidate
    answer: VerifiedAnswer | None
    error: AttemptFailed | None


def rewrite_part(part: PreparedPart) -> Piece:
    """Rewrite the part. Always returns a piece: in the worst case the unchanged source with a warning."""
    clock = Clock.start(part.order.deadline_s)
    engines, records = _engines_after_batch(part)
    for outcome in _outcomes(part, engines, clock, number=1 + len(records)):
        records.append(_record(outcome, part))
        if outcome.answer is not None:
            answer, more = _complete(part, outcome.candidate, outcome.answer, engines, clock)
            opinion = settle_by_opinion(part, outcome.candidate, answer.verified, left_s=clock.left_s)
            if opinion.record:  # what answered stays the last record
                records.insert(-1, opinion.record)
            answer = replace(answer, verified=opinion.verified)
            if outcome.candidate.kind == "llm":
                answer = with_rules(part, answer)
            return _piece(part, answer, [*records, *more], outcome.candidate.note)
        if outcome.error is not None and not outcome.error.fall_through:
            break
    return rewrite_by_rules(part, records)


def _engines_after_batch(part: PreparedPart) -> tuple[tuple[Candidate, ...], list[AttemptRecord]]:
    """Return the candidates and the records of a vendor's batch.

    A candidate with a prefetched answer goes first. One that declined is not asked again; one that was only late is
    asked again live.
    """
    engines, prefetched = part.order.engines, part.prefetched
    if prefetched is None:
        return engines, []
    named = tuple(engine for engine in engines if engine.name == prefetched.deployment)
    others = tuple(engine for engine in engines if engine.name != prefetched.deployment)
    if prefetched.result is not None:
        return named + others, []
    reason = prefetched.reason or reason_for(prefetched.error)
    record = AttemptRecord(prefetched.deployment, "failed", reason, prefetched.error)
    return others if prefetched.error in DECLINED else engines, [record]


def _complete(
    part: PreparedPart, candidate: Candidate, answer: VerifiedAnswer, engines: Sequence[Candidate], clock: Clock
) -> tuple[VerifiedAnswer, list[AttemptRecord]]:
    """Complete the answer by asking a better candidate for its failed sentences, if there is one and time is left.

    With a second look in the policy, the better candidate is asked for the unchanged sentences as well.
    """
    policy, band = part.order.plan.policy, cast(Band, part.caller.complexity)
    reviews = policy.looks_again(band) and answer.draft is not None and not part.order.patient
    better = _better(candidate, engines, part) if reviews or answer.has_failures else None
    if better is None or clock.left_s < _LEAST_SHARE_S:
        return answer, []
    ask_more = review if reviews else mend
    try:
        mended = ask_more(Attempt(better, part, Clock.start(clock.left_s)), answer)
    except AttemptFailed as error:
        bill = error.bill.beyond(answer.bill)
        return answer, [_failure_record(better, AttemptFailed(error.kind, error.reason, bill=bill))]
    if mended is answer:
        return answer, []
    edits, bill = len(mended.verified.edits) - len(answer.verified.edits), mended.bill.beyond(answer.bill)
    reason = f"{edits_sentence(edits)} where {candidate.name} had {'made none' if reviews else 'failed'}"
    record = AttemptRecord(
        better.name, "answered", reason, "mended", f"{bill.cost:f}", 1, max(edits, 0), _ids(bill.invocations)
    )
    return mended, [record]


def _better(candidate: Candidate, engines: Sequence[Candidate], part: PreparedPart) -> Candidate | None:
    """Return the next LLM in the order that is expected to do better, if any; a weaker one would only cost money."""
    policy, band = part.order.plan.policy, cast(Band, part.caller.complexity)
    mean = quality_of(candidate, band, policy).mean
    later = engines[[engine.name for engine in engines].index(candidate.name) + 1 :]
    return next((one for one in later if one.kind == "llm" and quality_of(one, band, policy).mean > mean), None)


def rewrite_by_rules(part: PreparedPart, records: Sequence[AttemptRecord]) -> Piece:
    """Rewrite the part by the rules after these attempts. If nothing was changed, the piece has a warning."""
    piece = rewrite_by_engine(part.opened, part.order.options)
    record = AttemptRecord(RULES, "answered", edits_sentence(len(piece.edits)), edits=len(piece.edits))
    if records and not piece.edits:
        note = "A part was left unchanged: no model could be used, and the rules found nothing to change"
        measures = replace(piece.measures, warnings=(*piece.measures.warnings, note))
        piece = replace(piece, measures=measures)
    return replace(piece, tries=(*records, record), origins=(None,) * len(piece.edits))


def _outcomes(
    part: PreparedPart, engines: Sequence[Candidate], clock: Clock, *, number: int
) -> Iterator[AttemptOutcome]:
    left = list(engines)
    hedge_after_s = part.order.plan.policy.hedge_after_s
    while left:
        share_s = max(clock.left_s / len(left), _LEAST_SHARE_S)
        if clock.left_s < _LEAST_SHARE_S:
            late = AttemptFailed("deadline", "there was no time left for it")
            yield from (AttemptOutcome(candidate, None, late) for candidate in left)
            return
        attempt = Attempt(left[0], part, Clock.start(share_s), number)
        if hedge_after_s is not None and len(left) > 1 and hedge_after_s < share_s:
            found = list(_hedge(attempt, left[1], share_s, hedge_after_s))
        else:
            found = [_outcome(attempt)]
        yield from found
        asked = {outcome.candidate.name for outcome in found}
        left = [candidate for candidate in left if candidate.name not in asked]
        number += _CALLS_PER_CANDIDATE


def _outcome(attempt: Attempt) -> AttemptOutcome:
    try:
        return AttemptOutcome(attempt.candidate, ask(attempt), None)
    except AttemptFailed as error:
        return AttemptOutcome(attempt.candidate, None, error)


def _hedge(first: Attempt, second: Candidate, within_s: float, after_s: float) -> Iterator[AttemptOutcome]:
    """Ask the first candidate, and after `after_s` seconds the second as well.

    Yields the outcomes up to the first usable answer, failures included.
    """
    done: queue.Queue[AttemptOutcome] = queue.Queue()
    _start_thread(first, done)
    running = 1
    try:
        outcome = done.get(timeout=after_s)
    except queue.Empty:
        number = first.number + _CALLS_PER_CANDIDATE
        _start_thread(Attempt(second, first.part, Clock.start(within_s), number), done)
        running = 2
        outcome = done.get()
    yield outcome
    if running == 2 and outcome.answer is None:
        yield done.get()


def _start_thread(attempt: Attempt, done: queue.Queue[AttemptOutcome]) -> None:
    def work() -> None:
        call_in_thread(lambda: done.put(_outcome(attempt)))

    threading.Thread(target=work, name=f"ask-{attempt.candidate.name}", daemon=True).start()


def _piece(part: PreparedPart, answer: VerifiedAnswer, records: Sequence[AttemptRecord], note: str) -> Piece:
    """Build the piece. `note` tells a writer who chose a discontinued model which one answered in its place."""
    verified = answer.verified
    if note:
        verified = replace(verified, warnings=(note, *verified.warnings))
    piece = measured_piece(part.opened, verified, part.order.options)
    return replace(piece, origins=answer.origins, tries=tuple(records))


def _record(outcome: AttemptOutcome, part: PreparedPart) -> AttemptRecord:
    name, answer, error = outcome.candidate.name, outcome.answer, outcome.error
    if answer is None:
        assert error is not None
        return _failure_record(outcome.candidate, error)
    edits, bill = len(answer.verified.edits), answer.bill
    batched = part.prefetched is not None and part.prefetched.call in bill.invocations
    kind = "retried" if answer.retried else "batched" if batched else ""
    calls = len(bill.invocations)
    return AttemptRecord(
        name, "answered", edits_sentence(edits), kind, f"{bill.cost:f}", calls, edits, _ids(bill.invocations)
    )


def _failure_record(candidate: Candidate, error: AttemptFailed) -> AttemptRecord:
    bill = error.bill
    return AttemptRecord(
        candidate.name,
        "failed",
        error.reason,
        error.kind,
        f"{bill.cost:f}",
        len(bill.invocations),
        0,
        _ids(bill.invocations),
    )


def _ids(invocations: Sequence[object]) -> tuple[str, ...]:
    return tuple(map(str, invocations))
