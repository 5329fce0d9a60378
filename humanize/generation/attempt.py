"""One attempt: ask one candidate to rewrite one part, read the answer, verify it, and ask about failures once more.

Knows neither the database rows nor the order of candidates. Every failure of a candidate ends as `AttemptFailed`, with
a kind for statistics and a reason for people.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from humanize.generation.prefetched import PrefetchedAnswer, nonce_for, sheet_digest
from humanize.generation.rewrite_order import PreparedPart
from humanize.judging import choose
from humanize.pipeline.verification import VerifiedEdits, keep_verified
from humanize.prompts import conversation
from humanize.prompts.answer import UnusableAnswer
from humanize.prompts.fence import Nonce, random_nonce
from humanize.prompts.question import CheckedChanges, Question
from humanize.routing.router import Candidate
from humanize.text.align import align
from humanize.text.edits import EditError, TextEdit, apply
from humanize.text.edits import check as check_edits
from serving.backends.base import BackendError, RewriteRequest, RewriteResult
from serving.errors import LimitReached, NotCalled
from serving.gateway import calls
from serving.gateway.calls import CallResult
from serving.gateway.outcomes import record_outcome

LONGEST_QUEUE_S = 120.0  # two windows of a vendor's limit per minute: a call that found no room by then will not soon
_QUEUE_STEP_S = 0.25  # checking the limit costs one round trip to Redis; a call takes seconds
_LEAST_S = 1.0  # no call starts with less time left than this
DECLINED = frozenset({"refused", "filter", "context", "truncated", "auth", "quota", "retired"})
_FINAL = frozenset({"refused", "truncated"})  # the same question would get the same answer
_REASONS = {
    "auth": "its vendor refused the API key",
    "quota": "the quota at its vendor is used up",
    "rate": "its vendor's request limit was reached",
    "overload": "its vendor was overloaded",
    "server": "its vendor had an internal error",
    "network": "its vendor could not be reached",
    "load": "its model could not be loaded",
    "timeout": "it did not answer in time",
    "context": "the text is too long for it",
    "filter": "its vendor's content filter blocked the text",
    "refused": "it declined to answer",
    "truncated": "its answer was cut off",
    "retired": "its vendor no longer offers it",
    "bad_output": "its answer could not be read",
}


@dataclass(frozen=True, slots=True)
class Clock:
    """A time limit for one or all candidates of a part. `ends_at` is in seconds of the monotonic clock."""

    ends_at: float

    @classmethod
    def start(cls, seconds: float) -> Clock:
        return cls(time.monotonic() + seconds)

    @property
    def left_s(self) -> float:
        return self.ends_at - time.monotonic()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One candidate, asked for one part. Adds the candidate, its time limit and the number of its first call.

    Calls are numbered from 1 across all candidates of the part; the ledger shows them in that order.
    """

    candidate: Candidate
    part: PreparedPart
    clock: Clock
    number: int = 1


@dataclass(frozen=True, slots=True)
class Bill:
    """The ids of the answered calls, the last of which counts, and their total cost in dollars."""

    invocations: tuple[UUID, ...] = ()
    cost: Decimal = Decimal(0)

    def plus(self, result: CallResult) -> Bill:
        return Bill((*self.invocations, result.invocation_id), self.cost + result.cost)

    def beyond(self, earlier: Bill) -> Bill:
        """Return what was added since the earlier bill."""
        return Bill(self.invocations[len(earlier.invocations) :], self.cost - earlier.cost)


@dataclass(frozen=True, slots=True)
class VerifiedAnswer:
    """The result of an attempt: verified edits, the id of the call behind each (`origins`), and the bill.

    `retried` means that a second question was needed. `question` and `draft` are set if a better candidate may be asked
    for the sentences that failed.
    """

    verified: VerifiedEdits
    origins: tuple[UUID | None, ...]
    bill: Bill
    retried: bool = False
    question: Question | None = None
    draft: CheckedChanges | None = None

    @property
    def has_failures(self) -> bool:
        return self.draft is not None and bool(self.draft.failures)


class AttemptFailed(Exception):
    """The candidate gave no usable answer. `bill` holds what it cost nevertheless.

    If `fall_through` is False, no other candidate may be asked either.
    """

    def __init__(self, kind: str, reason: str, *, bill: Bill = Bill(), fall_through: bool = True):
        self.kind = kind
        self.reason = reason
        self.bill = bill
        self.fall_through = fall_through
        super().__init__(reason)


def ask(attempt: Attempt) -> VerifiedAnswer:
    """Ask the candidate to rewrite the part. Returns only verified edits; raises AttemptFailed and nothing else."""
    if attempt.candidate.kind == "llm":
        return _ask_llm(attempt)
    return _ask_own_model(attempt)


def mend(attempt: Attempt, answer: VerifiedAnswer) -> VerifiedAnswer:
    """Ask this candidate for the sentences that failed in the `answer` of another one.

    Raises AttemptFailed; `answer` then remains valid.
    """
    assert answer.question is not None
    assert answer.draft is not None
    follow_up = _retry(answer.question, answer.draft)
    draft, bill = _ask_further(attempt, answer.question, answer.draft, answer.bill, follow_up)
    return _verify(attempt, answer.question, draft, bill, retried=answer.retried)


def review(attempt: Attempt, answer: VerifiedAnswer) -> VerifiedAnswer:
    """Ask this candidate about the sentences that the `answer` of another one left unchanged or failed at.

    It is asked as if for the first time. Returns `answer` itself if no sentence is left. Raises AttemptFailed;
    `answer` then remains valid.
    """
    assert answer.question is not None
    assert answer.draft is not None
    question, draft = answer.question, answer.draft
    prompt = conversation.remaining_prompt(question, draft, attempt.part.around)
    if not prompt:
        return answer
    follow_up = FollowUp(prompt, conversation.unchanged_numbers(question, draft))
    draft, bill = _ask_further(attempt, question, draft, answer.bill, follow_up)
    return _verify(attempt, question, draft, bill, retried=answer.retried)


def first_question(part: PreparedPart, *, nonce: Nonce) -> Question:
    """Return the first question for a model. The same nonce gives the same question."""
    opened = part.opened
    return conversation.write_question(
        opened.document, opened.protected, part.order.options, around=part.around, nonce=nonce
    )


def batch_request(candidate: Candidate, part: PreparedPart, question: Question, *, within_s: float) -> RewriteRequest:
    """Return the first question as a request for a vendor's batch, valid for `within_s` seconds."""
    attempt = Attempt(candidate, part, Clock.start(within_s))
    request = _question_request(attempt, question, question.prompt)
    return replace(request, cache_prefix=False, service_tier="standard")


def reason_for(kind: str) -> str:
    """Return a clause for people that explains this kind of failure."""
    return _REASONS.get(kind, "it failed")


def _ask_llm(attempt: Attempt) -> VerifiedAnswer:
    prefetched = _own_prefetched(attempt)
    nonce = nonce_for(prefetched.call) if prefetched and prefetched.call else random_nonce
    question = first_question(attempt.part, nonce=nonce)
    if not question.prompt:
        return VerifiedAnswer(VerifiedEdits((), attempt.part.opened.document.text, ()), (), Bill())
    fetched = _matching_answer(prefetched, question)
    answered = fetched or _call_with(attempt, question, question.prompt, Bill())
    bill = Bill().plus(answered)
    try:
        draft = _read(attempt, question, answered)
    except UnusableAnswer as error:
        return _ask_again(attempt, question, error, bill)
    if question.recasts and fetched is None:
        draft, bill = _best_of_several(attempt, question, draft, bill)
    retried = bool(draft.failures) and attempt.clock.left_s > _LEAST_S
    if retried:
        draft, bill = _retry_failures(attempt, question, draft, bill)
    return _verify(attempt, question, draft, bill, retried=retried)


def _best_of_several(
    attempt: Attempt, question: Question, draft: CheckedChanges, bill: Bill
) -> tuple[CheckedChanges, Bill]:
    """Ask for as many further answers as the policy wants, and return the draft that reads best by the judge.

    Only changes that passed the checks are compared. A further answer that fails costs money and changes nothing.
    """
    drafts = [draft]
    for _ in range(attempt.part.order.plan.policy.candidates - 1):
        if attempt.clock.left_s <= _LEAST_S:
            break
        try:
            answered = _call_with(attempt, question, question.prompt, bill)
        except AttemptFailed:
            break
        bill = bill.plus(answered)
        try:
            drafts.append(_read(attempt, question, answered, answer=len(bill.invocations) - 1))
        except UnusableAnswer:
            _record_failure(bill)
    if len(drafts) == 1:
        return draft, bill
    text = question.document.text
    results = [apply(text, [edit for change in one.changes for edit in change.edits]) for one in drafts]
    return drafts[choose(text, results, language=question.options.language)], bill


def _own_prefetched(attempt: Attempt) -> PrefetchedAnswer | None:
    found = attempt.part.prefetched
    return found if found and found.result and found.deployment == attempt.candidate.name else None


def _matching_answer(prefetched: PrefetchedAnswer | None, question: Question) -> CallResult | None:
    """Return the prefetched answer; None if the model was shown other text, as when protection rules have changed."""
    if prefetched is None or prefetched.sheet != sheet_digest(question):
        return None
    return prefetched.result


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A further prompt. `among` has the numbers of the sentences that its answer may change; None: the failed ones."""

    prompt: str
    among: tuple[int, ...] | None


def _retry(question: Question, draft: CheckedChanges) -> FollowUp:
    return FollowUp(conversation.retry_prompt(question, draft), None)


def _ask_again(attempt: Attempt, question: Question, error: UnusableAnswer, bill: Bill) -> VerifiedAnswer:
    """Ask once more after an unreadable answer, unless the same answer would come back."""
    _record_failure(bill)
    if error.kind in _FINAL or attempt.clock.left_s <= _LEAST_S:
        raise AttemptFailed(error.kind, _unreadable(error), bill=bill)
    answered = _call_with(attempt, question, conversation.reformat_prompt(question, error.reason), bill)
    bill = bill.plus(answered)
    try:
        draft = _read(attempt, question, answered, answer=1)
    except UnusableAnswer as second:
        _record_failure(bill)
        raise AttemptFailed(second.kind, f"{_unreadable(second)}, twice", bill=bill) from second
    return _verify(attempt, question, draft, bill, retried=True)


def _retry_failures(
    attempt: Attempt, question: Question, draft: CheckedChanges, bill: Bill
) -> tuple[CheckedChanges, Bill]:
    """Return the draft with the sentences that a second question corrected; if that fails, the draft unchanged."""
    try:
        return _ask_further(attempt, question, draft, bill, _retry(question, draft))
    except AttemptFailed as error:
        return draft, error.bill


def _ask_further(
    attempt: Attempt, question: Question, draft: CheckedChanges, bill: Bill, follow_up: FollowUp
) -> tuple[CheckedChanges, Bill]:
    answered = _call_with(attempt, question, follow_up.prompt, bill)
    bill = bill.plus(answered)
    try:
        merged = conversation.merge_answer(
            question,
            draft,
            answered.result.text or "",
            origin=_origin(attempt.candidate),
            answer=len(bill.invocations) - 1,
            cut=answered.result.finish == "length",
            among=follow_up.among,
        )
    except UnusableAnswer as error:
        _record_failure(bill)
        raise AttemptFailed(error.kind, _unreadable(error), bill=bill) from error
    return merged, bill


def _read(attempt: Attempt, question: Question, answered: CallResult, *, answer: int = 0) -> CheckedChanges:
    result = answered.result
    if result.finish in {"filter", "refused"}:
        raise UnusableAnswer("refused", "it declined instead of editing")
    cut = result.finish == "length"
    return conversation.read_draft(
        question, result.text or "", origin=_origin(attempt.candidate), answer=answer, cut=cut
    )


def _verify(
    attempt: Attempt, question: Question, draft: CheckedChanges, bill: Bill, *, retried: bool
) -> VerifiedAnswer:
    verified = conversation.verify_draft(question, draft)
    if not verified.edits and draft.failures:
        _record_failure(bill)
        raise AttemptFailed("unverified", f"its edits failed the checks: {draft.failures[0].reason}", bill=bill)
    # By place: verification may have said why an edit is to be looked at.
    by_place = {edit.start: bill.invocations[change.answer] for change in draft.changes for edit in change.edits}
    origins = tuple(by_place.get(edit.start) for edit in verified.edits)
    return VerifiedAnswer(verified, origins, bill, retried, question, draft)


def _ask_own_model(attempt: Attempt) -> VerifiedAnswer:
    """Ask one of the installation's own models, which answers with replacements or with the whole text."""
    opened = attempt.part.opened
    answered = _call(attempt, _request(attempt), Bill())
    bill = Bill().plus(answered)
    try:
        edits = _edits_of(attempt.candidate, opened.document.text, answered.result)
        check_edits(opened.document.text, edits)
    except EditError as error:
        _record_failure(bill)
        raise AttemptFailed("bad_output", f"its answer could not be read: {error}", bill=bill) from error
    options = attempt.part.order.options
    verified = keep_verified(opened.document, edits, opened.protected, options.language, phrases=options.protected)
    if edits and not verified.edits:
        _record_failure(bill)
        raise AttemptFailed("unverified", "its edits failed the checks", bill=bill)
    return VerifiedAnswer(verified, (bill.invocations[-1],) * len(verified.edits), bill)


def _edits_of(candidate: Candidate, text: str, result: RewriteResult) -> tuple[TextEdit, ...]:
    if result.text is not None:
        return align(text, result.text, reason="The model prefers this wording", origin=f"model/{candidate.name}")
    edits = []
    for found in sorted(result.replacements, key=lambda replacement: replacement.start):
        source = found.source if found.source.startswith("model/") else f"model/{candidate.name}"
        edits.append(TextEdit(found.start, found.end, text[found.start : found.end], found.after, found.reason, source))
    return tuple(edits)


def _call_with(attempt: Attempt, question: Question, prompt: str, bill: Bill) -> CallResult:
    return _call(attempt, _question_request(attempt, question, prompt), bill)


def _question_request(attempt: Attempt, question: Question, prompt: str) -> RewriteRequest:
    chunk = attempt.part.caller.chunk
    return replace(
        _request(attempt),
        system=question.system,
        prompt=prompt,
        max_output_tokens=_output_tokens(question, attempt.candidate),
        cache_prefix=chunk is not None and chunk > 0,
    )


def request_for(part: PreparedPart, candidate: Candidate, *, left_s: float) -> RewriteRequest:
    """Return the request to rewrite the part, without a prompt; the candidate has `left_s` seconds, at least one."""
    opened, order = part.opened, part.order
    return RewriteRequest(
        text=opened.document.text,
        level=order.options.level,
        strategy=order.options.strategy,
        language=order.options.language,
        format=order.options.format,
        protected=tuple((span.start, span.end) for span in opened.protected),
        deadline_s=max(left_s, _LEAST_S),
        service_tier="flex" if order.patient and candidate.has_flex else "standard",
    )


def _request(attempt: Attempt) -> RewriteRequest:
    return request_for(attempt.part, attempt.candidate, left_s=attempt.clock.left_s)


def _call(attempt: Attempt, request: RewriteRequest, bill: Bill) -> CallResult:
    caller = replace(attempt.part.caller, attempt=attempt.number + len(bill.invocations))
    queue_ends_at = time.monotonic() + (LONGEST_QUEUE_S if attempt.part.in_company else 0.0)
    while True:
        try:
            return calls.rewrite(deployment=attempt.candidate.name, request=request, caller=caller)
        except LimitReached as error:
            if time.monotonic() >= queue_ends_at:
                raise AttemptFailed(error.kind, error.detail, bill=bill) from error
            time.sleep(_QUEUE_STEP_S)
        except NotCalled as error:
            raise AttemptFailed(error.kind, error.detail, bill=bill) from error
        except BackendError as error:
            reason = reason_for(error.kind)
            raise AttemptFailed(error.kind, reason, bill=bill, fall_through=error.fall_through) from error


def _output_tokens(question: Question, candidate: Candidate) -> int:
    """Return the limit of output tokens: the whole text, a third more, and 500. No good answer needs more."""
    return bounded_output(candidate, len(question.document.text) // 2 + 500)


def bounded_output(candidate: Candidate, wanted: int) -> int:
    """Return the wanted number of output tokens, or the most that the candidate gives."""
    return min(wanted, candidate.max_output) if candidate.max_output else wanted


def _record_failure(bill: Bill) -> None:
    """Record in the ledger that the last answer failed verification, which lowers the deployment's expected quality."""
    if bill.invocations:
        record_outcome(invocation_id=bill.invocations[-1], accepted=0, rejected=0, verified=False)


def _unreadable(error: UnusableAnswer) -> str:
    return f"its answer could not be used: {error.reason}"


def _origin(candidate: Candidate) -> str:
    return f"llm/{candidate.name}"
