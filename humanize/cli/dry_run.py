"""What the router would do with a text, without calling anything: for the admin page and `manage.py route`."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from humanize.generation.availability import plan_for, policy_of
from humanize.options import RewriteOptions
from humanize.pipeline import rewrite
from humanize.routing import router
from humanize.routing.complexity import Complexity, complexity_of
from humanize.routing.policy import TIERS, Policy
from humanize.routing.router import Candidate, Route
from humanize.validation import check_text, count_words, problem


@dataclass(frozen=True, slots=True)
class DryRun:
    """The route that a text would take. `calls` are the candidates that would be called before the rules, in order."""

    tier: str
    model: str
    options: RewriteOptions
    complexity: Complexity
    policy: Policy
    route: Route

    @property
    def calls(self) -> tuple[Candidate, ...]:
        return self.route.engines[: self.policy.attempts]


def dry_run(
    *, text: str, tier: str, model: str = router.AUTO, options: RewriteOptions | None = None, patient: bool = False
) -> DryRun:
    """Plan the route of a text for a tier. Raises InvalidInput or UnknownModel."""
    if tier not in TIERS:
        raise problem("tier", f"must be one of {', '.join(TIERS)}")
    resolved = rewrite.resolve(check_text(text), options or RewriteOptions())
    words = count_words(text)
    planned = plan_for(tier=tier, model=model, text=text, words=words, options=resolved, patient=patient)
    found = planned.complexity or complexity_of(text, resolved.format, resolved.protected)
    return DryRun(tier, model, resolved, found, policy_of(tier), planned.route)


def as_json(run: DryRun) -> dict[str, object]:
    return {
        "tier": run.tier,
        "model": run.model,
        "language": run.options.language,
        "strategy": run.options.strategy,
        "complexity": asdict(run.complexity),
        "aim": run.policy.aim,
        "calls": [candidate.name for candidate in run.calls],
        "steps": [asdict(step) for step in run.route.trace],
    }


def as_lines(run: DryRun) -> list[str]:
    """Return the run as lines for a terminal."""
    width = max(len(step.candidate) for step in run.route.trace)
    lines = [
        f"{run.complexity.words} words, {run.complexity}",
        f"{run.tier}: {run.options.strategy} register, language {run.options.language}, aim {run.policy.aim}",
        "",
    ]
    for number, candidate in enumerate(run.route.candidates, 1):
        lines.append(f"{number}. {candidate.name:{width}}  {_reason(run, candidate.name)}")
    left_out = [step for step in run.route.trace if step.outcome == "excluded"]
    return lines + [f"–  {step.candidate:{width}}  {step.reason}" for step in left_out]


def _reason(run: DryRun, name: str) -> str:
    return next(step.reason for step in run.route.trace if step.candidate == name)
