"""Checks a version against the alias's requirements: gate, metrics shared with the current holder, thresholds. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from registry.contracts import Evidence, GateResult, Metric, Threshold
from registry.validation import gate_json
from youman.core.errors import FieldProblem

Json = dict[str, Any]


def problems(
    *,
    metrics: Mapping[str, Metric],
    holder: Mapping[str, Metric] | None,
    gate: GateResult | None,
    thresholds: Sequence[Threshold],
) -> Iterator[FieldProblem]:
    """Yield every objection to the promotion. `holder` is None when the alias points to no version."""
    yield from _gate_problems(gate)
    if not metrics:
        yield FieldProblem("metrics", "the version has no metrics; evaluate it first")
    elif holder and not set(metrics) & set(holder):
        yield FieldProblem("metrics", "it shares no metric with the current holder; evaluate both on the same metrics")
    for threshold in thresholds:
        problem = _threshold_problem(threshold, metrics, holder)
        if problem:
            yield FieldProblem(f"metrics.{threshold.metric}", problem)


def _gate_problems(gate: GateResult | None) -> Iterator[FieldProblem]:
    if gate is None:
        yield FieldProblem("gate", "there is no gate result; run the validation or send its result as evidence")
        return
    for check in gate.checks:
        if not check.passed:
            yield FieldProblem(f"gate.{check.name}", f"the gate failed{': ' + check.detail if check.detail else ''}")


def _threshold_problem(asked: Threshold, metrics: Mapping[str, Metric], holder: Mapping[str, Metric] | None) -> str:
    found = metrics.get(asked.metric)
    if found is None:
        return f"{asked.metric} was not measured; {asked.bound} {asked.value:g} is required"
    bar = asked.value
    if asked.relative:
        if not holder or asked.metric not in holder:
            return ""  # nothing to compare with
        bar += holder[asked.metric].value
    if found.value >= bar if asked.bound == ">=" else found.value <= bar:
        return ""
    against = f" (the current holder has {holder[asked.metric].value:g})" if asked.relative and holder else ""
    return f"{asked.metric} is {found.value:g}; {asked.bound} {bar:g} is required{against}"


def recorded_evidence(
    *,
    evidence: Evidence,
    gate: GateResult | None,
    metrics: Mapping[str, Metric],
    holder: Mapping[str, Metric] | None,
    holder_name: str,
    dataset_hash: str,
) -> Json:
    """Return what the ledger stores: the metrics of both versions at the moment of the decision."""
    names = sorted(set(metrics) | set(holder or {}))
    sides = {name: _pair(metrics.get(name), (holder or {}).get(name)) for name in names}
    recorded: Json = {"metrics": sides, "holder": holder_name, "gate": gate_json(gate), "dataset_hash": dataset_hash}
    return recorded | ({"note": evidence.note} if evidence.note else {})


def _pair(candidate: Metric | None, holder: Metric | None) -> Json:
    return {"candidate": candidate.value if candidate else None, "holder": holder.value if holder else None}
