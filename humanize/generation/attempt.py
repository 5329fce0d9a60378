"""Asks one candidate for one stretch: prompt, call, parse, check, one second question. No rows of ours, no order.

Everything that a candidate can do wrong ends as `NotUsable`, with a kind for statistics and a sentence for people.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from decimal import Decimal
from uuid import UUID

from humanize.generation.prefetched import Ahead, nonce_of, sheet_of
from humanize.options import RewriteOptions
from humanize.pipeline.rewrite import Opened
from humanize.pipeline.verification import Kept, keep_verified
from humanize.prompts import conversation
from humanize.prompts.answer import BadAnswer
from humanize.prompts.conversation import Asked, Draft
from humanize.prompts.fence import Nonce, random_nonce
from humanize.prompts.render import Surroundings
from humanize.routing.router import Candidate
from humanize.text.align import align
from humanize.text.edits import Edit, EditError
from humanize.text.edits import check as check_edits
from serving.backends.base import BackendError, RewriteRequest, RewriteResult
from serving.errors import LimitReached, NotCalled
from serving.gateway import calls
from serving.gateway.calls import Caller, CallResult
from serving.gateway.outcomes import record_outcome

LONGEST_QUEUE_S = 120.0
_QUEUE_STEP_S = 0.25
_LEAST_S = 1.0  # with less time than this left no call is begun
DECLINED = frozenset({"refused", "filter", "context", "truncated", "auth", "quota", "retired"})
_FINAL = frozenset({"refused", "truncated"})  # asking the same again would give the same
_REASONS = {
    "auth": "its vendor refused our key",
    "quota": "its vendor's quota is used up",
    "rate": "its vendor had too many requests",
    "overload": "its vendor was overloaded",
    "server": "its vendor had a fault",
    "network": "its vendor could not be reached",
    "timeout": "it did not answer in time",
    "context": "the text is too long for it",
    "filter": "its vendor's filter stopped the text",
    "refused": "it declined",
    "truncated": "its answer was cut off",
    "retired": "its vendor no longer offers it",
    "bad_output": "its answer could not be read",
}


@dataclass(frozen=True, slots=True)
class Job:
    """A stretch that is to be rewritten, and for whom. `options` are the resolved ones.

    `in_company`: other stretches of the same text are asked for at the same time. A limit is then our own doing, and
    waited for, or half of a book would fall to the next candidate.
    """

    opened: Opened
    options: RewriteOptions
    caller: Caller
    around: Surroundings
    patient: bool = False
    in_company: bool = False
    ahead: Ahead | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A verified answer. `origins` names the call behind each edit. `again`: it took a second question.

    `asked` and `draft` are there where a better candidate may be asked for the sentences that failed.
    """

    kept: Kept
    origins: tuple[UUID | None, ...]
    bill: Bill
    again: bool = False
    asked: Asked | None = None
    draft: Draft | None = None

    @property
    def lacking(self) -> bool:
        return self.draft is not None and bool(self.draft.failed)


@dataclass(frozen=True, slots=True)
class Bill:
    """The calls that were answered, the last being the one that counts, and their cost."""

    invocations: tuple[UUID, ...] = ()
    cost: Decimal = Decimal(0)

    def plus(self, answered: CallResult) -> Bill:
        return Bill((*self.invocations, answered.invocation_id), self.cost + answered.cost)

    def beyond(self, earlier: Bill) -> Bill:
        """What came after the earlier bill."""
        return Bill(self.invocations[len(earlier.invocations) :], self.cost - earlier.cost)


class NotUsable(Exception):
    """`fall_through` False means that no other candidate may be asked either. `bill` is what it cost all the same."""

    def __init__(self, kind: str, reason: str, *, bill: Bill = Bill(), fall_through: bool = True):
        self.kind = kind
        self.reason = reason
        self.bill = bill
        self.fall_through = fall_through
        super().__init__(reason)


@dataclass(slots=True)
class Clock:
    """Time that is left of what one candidate may take."""

    ends: float = field(default=0.0)

    @classmethod
    def of(cls, seconds: float) -> Clock:
        return cls(time.monotonic() + seconds)

    @property
    def left_s(self) -> float:
        return self.ends - time.monotonic()


def ask(candidate: Candidate, job: Job, within_s: float) -> Given:
    """Raises NotUsable and nothing else; never an unverified word."""
    clock = Clock.of(within_s)
    if candidate.kind == "llm":
        return _ask_llm(candidate, job, clock)
    return _ask_model(candidate, job, clock)


def _ask_llm(candidate: Candidate, job: Job, clock: Clock) -> Given:
    ahead = job.ahead if job.ahead and job.ahead.answered and job.ahead.deployment == candidate.name else None
    asked = question(job, nonce=nonce_of(ahead.item) if ahead and ahead.item else random_nonce)
    if not asked.prompt:
        return Given(Kept((), job.opened.document.text, ()), (), Bill())
    answered = _answered_ahead(ahead, asked) or _call(candidate, job, clock, asked, asked.prompt, Bill())
    bill = Bill().plus(answered)
    try:
        draft = _read(candidate, asked, answered)
    except BadAnswer as error:
        return _asked_again(candidate, job, clock, asked, error, bill)
    again = bool(draft.failed) and clock.left_s > _LEAST_S
    if again:
        draft, bill = _second_try(candidate, job, clock, asked, draft, bill)
    return _given(candidate, asked, draft, bill, again=again)


def question(job: Job, *, nonce: Nonce) -> Asked:
    """What a model is asked first; the same again for the same nonce."""
    return conversation.ask(job.opened.document, job.opened.protected, job.options, around=job.around, nonce=nonce)


def first_request(candidate: Candidate, job: Job, asked: Asked, *, within_s: float) -> RewriteRequest:
    """The first question as a batch takes it: on its own, for a day."""
    request = _question_request(candidate, job, Clock.of(within_s), asked, asked.prompt)
    return replace(request, cache_prefix=False, service_tier="standard")


def _answered_ahead(ahead: Ahead | None, asked: Asked) -> CallResult | None:
    """None too when the model was shown something else: rules of protection may have changed since."""
    return ahead.answered if ahead is not None and ahead.sheet == sheet_of(asked) else None


def mend(candidate: Candidate, job: Job, given: Given, within_s: float) -> Given:
    """The sentences that failed in `given`, asked of another candidate. Raises NotUsable; `given` then stands."""
    assert given.asked is not None
    assert given.draft is not None
    clock = Clock.of(within_s)
    draft, bill = _mended(candidate, job, clock, given.asked, given.draft, given.bill)
    return _given(candidate, given.asked, draft, bill, again=given.again)


def look_over(candidate: Candidate, job: Job, given: Given, within_s: float) -> Given:
    """What `given` left alone or failed at, asked of another candidate as if for the first time. Raises NotUsable;
    `given` then stands."""
    assert given.asked is not None
    assert given.draft is not None
    asked, draft, clock = given.asked, given.draft, Clock.of(within_s)
    prompt = conversation.rest(asked, draft, job.around)
    if not prompt:
        return given
    draft, bill = _mended(
        candidate, job, clock, asked, draft, given.bill, Question(prompt, conversation.left(asked, draft))
    )
    return _given(candidate, asked, draft, bill, again=given.again)


@dataclass(frozen=True, slots=True)
class Question:
    """A further question, and the sentences that its answer may change."""

    prompt: str
    among: tuple[int, ...]


def _asked_again(candidate: Candidate, job: Job, clock: Clock, asked: Asked, error: BadAnswer, bill: Bill) -> Given:
    """An unreadable answer is asked for once more, unless it would come back the same."""
    _blame(bill)
    if error.kind in _FINAL or clock.left_s <= _LEAST_S:
        raise NotUsable(error.kind, _unreadable(error), bill=bill)
    answered = _call(candidate, job, clock, asked, conversation.form_again(asked, error.reason), bill)
    bill = bill.plus(answered)
    try:
        draft = _read(candidate, asked, answered, answer=1)
    except BadAnswer as second:
        _blame(bill)
        raise NotUsable(second.kind, f"{_unreadable(second)}, twice", bill=bill) from second
    return _given(candidate, asked, draft, bill, again=True)


def _second_try(
    candidate: Candidate, job: Job, clock: Clock, asked: Asked, draft: Draft, bill: Bill
) -> tuple[Draft, Bill]:
    """The draft with what the second question made good; as it was when that went wrong."""
    try:
        return _mended(candidate, job, clock, asked, draft, bill)
    except NotUsable as error:
        return draft, error.bill


def _mended(
    candidate: Candidate,
    job: Job,
    clock: Clock,
    asked: Asked,
    draft: Draft,
    bill: Bill,
    question: Question | None = None,
) -> tuple[Draft, Bill]:
    """By default the question for what failed."""
    prompt, among = (question.prompt, question.among) if question else (conversation.again(asked, draft), None)
    answered = _call(candidate, job, clock, asked, prompt, bill)
    bill = bill.plus(answered)
    cut, number = answered.result.finish == "length", len(bill.invocations) - 1
    try:
        raw = answered.result.text or ""
        origin = _origin(candidate)
        return conversation.merge(asked, draft, raw, origin=origin, answer=number, cut=cut, among=among), bill
    except BadAnswer as error:
        _blame(bill)
        raise NotUsable(error.kind, _unreadable(error), bill=bill) from error


def _read(candidate: Candidate, asked: Asked, answered: CallResult, *, answer: int = 0) -> Draft:
    result = answered.result
    if result.finish in {"filter", "refused"}:
        raise BadAnswer("refused", "it declined instead of editing")
    cut = result.finish == "length"
    return conversation.read(asked, result.text or "", origin=_origin(candidate), answer=answer, cut=cut)


def _given(candidate: Candidate, asked: Asked, draft: Draft, bill: Bill, *, again: bool) -> Given:
    kept = conversation.keep(asked, draft)
    if not kept.edits and draft.failed:
        _blame(bill)
        raise NotUsable("unverified", f"its edits failed the checks: {draft.failed[0].why}", bill=bill)
    by_edit = {edit: bill.invocations[one.answer] for one in draft.good for edit in one.edits}
    return Given(kept, tuple(by_edit.get(edit) for edit in kept.edits), bill, again, asked, draft)


def _ask_model(candidate: Candidate, job: Job, clock: Clock) -> Given:
    """A model of our own, text to text: it answers with replacements, changed sentences or the whole text."""
    document = job.opened.document
    request = _request(candidate, job, clock)
    answered = _called(candidate, job, request, Bill())
    bill = Bill().plus(answered)
    try:
        edits = _edits(candidate, document.text, answered.result)
        check_edits(document.text, edits)
    except EditError as error:
        _blame(bill)
        raise NotUsable("bad_output", f"its answer could not be read: {error}", bill=bill) from error
    kept = keep_verified(document, edits, job.opened.protected, job.options.language)
    if edits and not kept.edits:
        _blame(bill)
        raise NotUsable("unverified", "its edits failed the checks", bill=bill)
    return Given(kept, (bill.invocations[-1],) * len(kept.edits), bill)


def _edits(candidate: Candidate, text: str, result: RewriteResult) -> tuple[Edit, ...]:
    if result.text is not None:
        return align(text, result.text, reason="The model prefers it so", origin=f"model/{candidate.name}")
    made = []
    for one in sorted(result.replacements, key=lambda replacement: replacement.start):
        source = one.source if one.source.startswith("model/") else f"model/{candidate.name}"
        made.append(Edit(one.start, one.end, text[one.start : one.end], one.after, one.reason, source))
    return tuple(made)


def _call(candidate: Candidate, job: Job, clock: Clock, asked: Asked, prompt: str, bill: Bill) -> CallResult:
    return _called(candidate, job, _question_request(candidate, job, clock, asked, prompt), bill)


def _question_request(candidate: Candidate, job: Job, clock: Clock, asked: Asked, prompt: str) -> RewriteRequest:
    return replace(
        _request(candidate, job, clock),
        system=asked.system,
        prompt=prompt,
        max_output_tokens=_room(asked, candidate),
        cache_prefix=job.caller.chunk is not None and job.caller.chunk > 0,
    )


def _request(candidate: Candidate, job: Job, clock: Clock) -> RewriteRequest:
    opened, options = job.opened, job.options
    return RewriteRequest(
        text=opened.document.text,
        level=options.level,
        strategy=options.strategy,
        language=options.language,
        format=options.format,
        protected=tuple((span.start, span.end) for span in opened.protected),
        deadline_s=max(clock.left_s, _LEAST_S),
        service_tier="flex" if job.patient and candidate.has_flex else "standard",
    )


def _called(candidate: Candidate, job: Job, request: RewriteRequest, bill: Bill) -> CallResult:
    caller = replace(job.caller, attempt=job.caller.attempt + len(bill.invocations))
    ends = time.monotonic() + (LONGEST_QUEUE_S if job.in_company else 0.0)
    while True:
        try:
            return calls.rewrite(deployment=candidate.name, request=request, caller=caller)
        except LimitReached as error:
            if time.monotonic() >= ends:
                raise NotUsable(error.kind, error.detail, bill=bill) from error
            time.sleep(_QUEUE_STEP_S)
        except NotCalled as error:
            raise NotUsable(error.kind, error.detail, bill=bill) from error
        except BackendError as error:
            raise NotUsable(error.kind, reason_for(error.kind), bill=bill, fall_through=error.fall_through) from error


def reason_for(kind: str) -> str:
    """A failure at the vendor, for people."""
    return _REASONS.get(kind, "it failed")


def _room(asked: Asked, candidate: Candidate) -> int:
    """Tokens that the answer may take: the whole text again, a third more, and some; no model needs more honestly."""
    wanted = len(asked.document.text) // 2 + 500
    return min(wanted, candidate.max_output) if candidate.max_output else wanted


def _blame(bill: Bill) -> None:
    """Tell the ledger that the last answer did not pass: it counts against what the deployment is expected to do."""
    if bill.invocations:
        record_outcome(invocation_id=bill.invocations[-1], accepted=0, rejected=0, verified=False)


def _unreadable(error: BadAnswer) -> str:
    return f"its answer could not be used: {error.reason}"


def _origin(candidate: Candidate) -> str:
    return f"llm/{candidate.name}"
