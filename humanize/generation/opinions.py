"""Asks a model for a second opinion on what no offline check can tell, and takes it into the verified edits.

One call for all doubtful passages of a part. Without an answer the edits stay as they are: to be looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from humanize.facts.findings import Verdict
from humanize.facts.opinions import Opinion, with_opinion
from humanize.generation.attempt import bounded_output, request_for
from humanize.generation.availability import candidate_of, live_engines
from humanize.generation.rewrite_order import PreparedPart
from humanize.pipeline.trace import COMPARED, AttemptRecord, Outcome
from humanize.pipeline.verification import Doubt, VerifiedEdits, settle_doubts
from humanize.prompts.answer import UnusableAnswer
from humanize.prompts.opinion import OpinionQuestion, ask_opinion, read_opinions
from humanize.routing.router import AUTO, Candidate, TextFeatures, objection
from serving.backends.base import BackendError, RewriteRequest
from serving.errors import NotCalled
from serving.gateway import calls
from serving.gateway.outcomes import record_outcome
from serving.states import Purpose

LEAST_S = 2.0  # with less time left nobody could read two passages
_OUTPUT_TOKENS = 300  # for each pair: a difference takes about forty
_ATTEMPT = 90  # the ledger numbers the calls of a part; rewrites come first


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """The edits after a second opinion, and the record of the call; None if nobody was asked."""

    verified: VerifiedEdits
    record: AttemptRecord | None = None


def settle_by_opinion(
    part: PreparedPart, writer: Candidate, verified: VerifiedEdits, *, left_s: float
) -> SecondOpinion:
    """Return the edits after a second opinion on their doubts, if the policy wants one and somebody can give it."""
    checker = checker_for(part, writer) if verified.doubts and left_s >= LEAST_S else None
    if checker is None:
        return SecondOpinion(verified)
    question = ask_opinion([(one.source, one.rewrite) for one in verified.doubts])
    try:
        answered = calls.rewrite(
            deployment=checker.name,
            request=_request(part, checker, question, left_s),
            caller=replace(part.caller, purpose=Purpose.OPINION, attempt=_ATTEMPT),
        )
    except (NotCalled, BackendError) as error:
        return SecondOpinion(verified, AttemptRecord(checker.name, "failed", f"it gave no second opinion: {error}"))
    bill = str(answered.invocation_id), answered.cost
    try:
        cut = answered.result.finish == "length"
        opinions = read_opinions(question, answered.result.text or "", cut=cut)
    except UnusableAnswer as error:
        record_outcome(invocation_id=answered.invocation_id, accepted=0, rejected=0, verified=False)
        reason = f"its second opinion could not be read: {error.reason}"
        return SecondOpinion(verified, _record(checker, "failed", reason, bill))
    verdicts = [_verdict(one, opinion) for one, opinion in zip(verified.doubts, opinions, strict=True)]
    settled = settle_doubts(part.opened.document, verified, verdicts)
    cleared, asked = len(verified.doubts) - len(settled.doubts), len(verified.doubts)
    reason = f"compared {asked} {'passage' if asked == 1 else 'passages'}: {cleared} of them say the same"
    return SecondOpinion(settled, _record(checker, COMPARED, reason, bill))


def checker_for(part: PreparedPart, writer: Candidate) -> Candidate | None:
    """Return the deployment to ask: the policy's, else the cheapest LLM of the tier that did not write the rewrite.

    The writer itself where there is no other; None if the policy wants no opinion or nobody is available.
    """
    policy, caller = part.order.plan.policy, part.caller
    if not policy.second_opinion:
        return None
    live = [candidate_of(one, caller.complexity, caller.strategy) for one in live_engines() if one.configured]
    features = TextFeatures(0, part.order.options.language)
    able = [one for one in live if one.kind == "llm" and not objection(one, part.order.tier, AUTO, features, policy)]
    if policy.opinion_by:
        return next((one for one in able if one.name == policy.opinion_by), None)
    return min(able, key=lambda one: (one.name == writer.name, one.cost, one.name), default=None)


def _verdict(doubt: Doubt, opinion: Opinion | None) -> Verdict:
    if opinion is None:
        return doubt.verdict
    return with_opinion(doubt.verdict, opinion, source=doubt.source, rewrite=doubt.rewrite)


def _request(part: PreparedPart, checker: Candidate, question: OpinionQuestion, left_s: float) -> RewriteRequest:
    return replace(
        request_for(part, checker, left_s=left_s),
        system=question.system,
        prompt=question.prompt,
        max_output_tokens=bounded_output(checker, _OUTPUT_TOKENS * question.pairs + 200),
    )


def _record(checker: Candidate, outcome: Outcome, reason: str, bill: tuple[str, Decimal]) -> AttemptRecord:
    invocation, cost = bill
    return AttemptRecord(checker.name, outcome, reason, "opinion", f"{cost:f}", 1, 0, (invocation,))
