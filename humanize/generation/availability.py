"""The candidates for the router: live deployments with their acceptance by writers, and the route policies."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from humanize.errors import UnknownModel
from humanize.models import RoutePolicy
from humanize.options import RewriteOptions
from humanize.routing import router
from humanize.routing.complexity import Complexity, complexity_of
from humanize.routing.policy import DEFAULTS, Kind, Policy, Quality
from humanize.routing.router import Candidate, Route, Step, TextFeatures
from serving.gateway import snapshot
from serving.selectors import LiveDeployment, live_deployments


@dataclass(frozen=True, slots=True)
class Plan:
    """A route, together with the policy and the complexity that it was made from.

    `complexity` is None if only the rules were available.
    """

    route: Route
    policy: Policy
    complexity: Complexity | None

    @property
    def engines(self) -> tuple[Candidate, ...]:
        """Return the candidates to ask before the rules, in order, up to the number that the policy allows."""
        return self.route.engines[: self.policy.attempts]

    @property
    def band(self) -> str:
        return self.complexity.band if self.complexity else "medium"


def plan_for(
    *, tier: str, model: str, text: str, words: int, options: RewriteOptions, patient: bool = False, draw: int = 0
) -> Plan:
    """Plan the route of a text. `draw` (0 to 99) decides which candidates with a traffic share take part.

    If only the rules are available, it neither queries the database nor analyses the text. Raises UnknownModel.
    """
    live = _considered(model)
    if model in {router.AUTO, router.RULES} and not any(one.available for one in live):
        features = TextFeatures(words, options.language)
        return Plan(router.plan(tier=tier, model=model, features=features), DEFAULTS[tier], None)
    policy = policy_of(tier)
    found = complexity_of(text, options.format, options.protected)
    candidates = [candidate_of(one, found.band, options.strategy) for one in live]
    features = TextFeatures(words, options.language, found.band, patient, draw)
    route = router.plan(tier=tier, model=model, features=features, live=candidates, policy=policy)
    return Plan(route, policy, found)


def replan(
    *, tier: str, model: str, text: str, words: int, options: RewriteOptions, patient: bool = False, draw: int = 0
) -> Plan:
    """Plan the route of a text that was accepted earlier, like `plan_for`.

    If the model that the writer chose no longer exists, the rules rewrite the text.
    """
    given = {"text": text, "words": words, "options": options, "patient": patient, "draw": draw}
    try:
        return plan_for(tier=tier, model=model, **given)  # type: ignore[arg-type]  # the same arguments as this function's
    except UnknownModel:
        rest = router.plan(tier=tier, model=router.RULES, features=TextFeatures(words, options.language))
        gone = Step(model, "excluded", "you chose it, but it no longer exists")
        return Plan(Route(rest.candidates, (gone, *rest.trace)), DEFAULTS[tier], None)


def model_choices(tier: str) -> tuple[router.Choice, ...]:
    """Return the entries of the model list for an account of this tier. Deployments without a key are left out."""
    live = [candidate_of(one, "medium", "auto") for one in _considered(router.AUTO)]
    return router.choices(tier, live, policy_of(tier)) if live else router.choices(tier)


def _considered(model: str) -> list[LiveDeployment]:
    """Return the engines to consider.

    A deployment without a key counts only if it was requested by name; the trace then says what is missing.
    """
    return [one for one in live_engines() if one.configured or one.name == model]


def live_engines() -> tuple[LiveDeployment, ...]:
    """Return the live deployments without the rules, up to a second old, because reading them takes milliseconds.

    If a breaker opens within that second, the call to the deployment fails and the next candidate is asked.
    """
    global _kept
    picture, kept = snapshot.current(), _kept
    if kept is None or kept[0] is not picture or time.monotonic() - kept[1] > _KEPT_S:
        found = tuple(one for one in live_deployments() if one.kind != "rules")
        kept = _kept = (picture, time.monotonic(), found)
    return kept[2]


_KEPT_S = 1.0
_kept: tuple[snapshot.Snapshot, float, tuple[LiveDeployment, ...]] | None = None


def policy_of(tier: str) -> Policy:
    """Return the tier's stored policy, or its default."""
    row = RoutePolicy.objects.filter(tier=tier).first()
    return DEFAULTS[tier] if row is None else policy_from(row)


def policy_from(row: RoutePolicy) -> Policy:
    kinds: list[Kind] = []
    if row.uses_llms:
        kinds.append("llm")
    if row.uses_own_models:
        kinds.append("model")
    return Policy(
        kinds=tuple(kinds),
        aim=row.aim,  # type: ignore[arg-type]  # held by a constraint
        floor=row.floor,
        worth=row.worth,
        volume_words=row.volume_words,
        attempts=row.attempts,
        deadline_s=row.deadline_s,
        hedge_after_s=row.hedge_after_s,
        learns=row.learns,
        second_look=row.second_look,  # type: ignore[arg-type]  # held by a constraint
        candidates=row.candidates,
        second_opinion=row.second_opinion,
        opinion_by=row.opinion_by,
    )


def candidate_of(live: LiveDeployment, band: str, strategy: str) -> Candidate:
    return Candidate(
        name=live.name,
        kind=live.kind,
        tier_floor=live.tier_floor,
        languages=live.languages,
        max_words=live.max_words,
        available=live.available,
        why_not=live.why_not,
        description=_described(live),
        size=live.size,
        cost=live.cost_per_1000_words,
        acceptance=_seen(live, band, strategy),
        frozen=live.frozen,
        share=live.traffic_share,
        protocol=live.protocol,
        has_flex=live.has_flex,
        has_batch=live.has_batch,
        max_output=live.max_output,
        note=live.note,
        canary=live.canary,
    )


def _described(live: LiveDeployment) -> str:
    return " ".join(part for part in (live.description, live.note) if part)


def _seen(live: LiveDeployment, band: str, strategy: str) -> Quality | None:
    """Return the acceptance in texts of this band: for this strategy if there are enough answers, else for all."""
    of_band = [one for one in live.expected if one.complexity == band]
    same = [one for one in of_band if one.strategy == strategy]
    exact = [Quality(one.quality, one.uncertainty, one.answers) for one in same]
    if exact and exact[0].answers >= _ENOUGH:
        return exact[0]
    return _together([Quality(one.quality, one.uncertainty, one.answers) for one in of_band])


_ENOUGH = 20


def _together(found: Sequence[Quality]) -> Quality | None:
    answers = sum(one.answers for one in found)
    if not answers:
        return None
    mean = sum(one.mean * one.answers for one in found) / answers
    error = sum((one.error * one.answers) ** 2 for one in found) ** 0.5 / answers
    return Quality(mean, error, answers)
