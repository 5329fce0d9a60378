"""The only code that moves aliases. The ledger records who made each move, why, and on what evidence.

The lock on the model's row serialises moves, so that none is lost or made twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from registry import events, selectors, validation
from registry.contracts import NO_EVIDENCE, Evidence, Metric, Threshold, VersionRef
from registry.errors import AliasMoved, NotDeployable, PromotionForbidden, PromotionRefused
from registry.models import Alias, AliasEvent, AliasRule, ModelVersion, PromotionRequest, RegisteredModel
from registry.models.aliases import EventKind
from registry.models.locks import lock_model, lock_model_named, lock_number, lock_version
from registry.states import REQUEST_EDGES, RequestState, VersionState
from registry.versions import promotion_checks
from youman.core.accounts import audit
from youman.core.accounts.audit import Actor
from youman.core.errors import Conflict, FieldProblem, InvalidInput, NotFound
from youman.core.events.outbox import announce
from youman.core.states import transition

PERMISSION = "registry.move_protected_alias"
_USABLE_BACK = (VersionState.READY, VersionState.DEPRECATED)


@dataclass(frozen=True, slots=True)
class AliasMove:
    """The result: an event when the alias moved, a request when it waits, neither when it pointed there already."""

    alias: Alias | None
    event: AliasEvent | None = None
    request: PromotionRequest | None = None


@transaction.atomic
def promote(
    *,
    version: ModelVersion,
    alias: str,
    actor: Actor,
    reason: str = "",
    evidence: Evidence = NO_EVIDENCE,
    expected: int | None = None,
) -> AliasMove:
    """Point the alias to the version. `expected` is the number that it must point to now, 0 for none.

    Raises NotDeployable, AliasMoved, PromotionForbidden, and PromotionRefused naming each threshold that failed.
    """
    return _promote(lock_model(version.model_id), version.number, alias, actor, reason, evidence, expected)


@transaction.atomic
def promote_number(
    *,
    ref: VersionRef,
    alias: str,
    actor: Actor,
    reason: str = "",
    evidence: Evidence = NO_EVIDENCE,
    expected: int | None = None,
) -> AliasMove:
    """Like `promote`, for a version known by name, which is read only once it is locked."""
    return _promote(lock_model_named(ref.model), ref.number, alias, actor, reason, evidence, expected)


def _promote(
    model: RegisteredModel, number: int, alias: str, actor: Actor, reason: str, given: Evidence, expected: int | None
) -> AliasMove:
    name, why = validation.check_alias(alias), validation.check_text(reason, "reason", 2_000)
    row, present = lock_number(model, number), _present(model, name)
    _check_expected(present, expected, name)
    if not row.deployable:
        raise NotDeployable(f"{row} cannot be used: {row.fault or f'it is {row.state}'}")
    rule = selectors.rule_of(model, name)
    recorded = _weigh(row, present, rule, actor, why, given)
    if present is not None and present.version_id == row.pk:
        return AliasMove(present)
    if rule.is_protected and rule.needs_second_approver:
        return AliasMove(present, request=_ask(model, name, row, actor, why, recorded))
    return _move(_Step(model, name, present, row, EventKind.PROMOTE, actor, why, recorded))


def _present(model: RegisteredModel, name: str) -> Alias | None:
    rows = Alias.objects.filter(model=model, name=name).select_related("version").order_by()
    found = rows.defer(*(f"version__{field}" for field in selectors.LONG)).first()
    if found is not None:
        found.model = found.version.model = model
    return found


def _check_expected(present: Alias | None, expected: int | None, name: str) -> None:
    actual = present.version.number if present else 0
    if expected is not None and expected != actual:
        raise AliasMoved(
            f"{name} points to {actual or 'no version'}, not to {expected or 'none'}; read it again and decide"
        )


def _weigh(
    row: ModelVersion, present: Alias | None, rule: AliasRule, actor: Actor, reason: str, given: Evidence
) -> promotion_checks.Json:
    gate = given.gate or validation.gate_from(row.gate)
    metrics = _metrics(row)
    holder = _metrics(present.version) if present else None
    if rule.is_protected:
        check_permission(actor)
        thresholds = validation.thresholds_from(rule.thresholds)
        found = list(promotion_checks.problems(metrics=metrics, holder=holder, gate=gate, thresholds=thresholds))
        if not reason:
            found.insert(0, FieldProblem("reason", "give a reason; it stays in the ledger"))
        if found:
            detail = f"{row} cannot become {rule.name}: " + "; ".join(one.message for one in found)
            raise PromotionRefused(detail, problems=tuple(found))
    return promotion_checks.recorded_evidence(
        evidence=given,
        gate=gate,
        metrics=metrics,
        holder=holder,
        holder_name=str(present.version) if present else "",
        dataset_hash=row.dataset_hash,
    )


def check_permission(actor: Actor) -> None:
    """Check a user's permission; a plain name is the local command line and needs none. Raises PromotionForbidden."""
    if isinstance(actor, str):
        return
    if not isinstance(actor, User) or not actor.has_perm(PERMISSION):
        raise PromotionForbidden("You need the permission “Can move a protected alias”; ask an administrator")


def _metrics(row: ModelVersion) -> dict[str, Metric]:
    return {one.name: one for one in validation.metrics_from(row.metrics)}


@dataclass(frozen=True, slots=True)
class _Step:
    model: RegisteredModel
    name: str
    present: Alias | None
    target: ModelVersion | None
    kind: EventKind
    actor: Actor
    reason: str
    evidence: promotion_checks.Json
    approved_by: str = ""


def _move(step: _Step) -> AliasMove:
    """Move the alias and record the event; the caller holds the model's lock."""
    moment = _after(step.present)
    alias = _write(step, moment)
    before = step.present.version if step.present else None
    event = AliasEvent(
        model=step.model,
        alias=step.name,
        kind=step.kind,
        before=before,
        after=step.target,
        actor=str(step.actor)[:200],
        approved_by=step.approved_by,
        reason=step.reason,
        evidence=step.evidence,
        created_at=moment,
    )
    event.save(force_insert=True)
    _announce(step, event)
    return AliasMove(alias, event)


def _announce(step: _Step, event: AliasEvent) -> None:
    model, before = step.model.name, event.before
    if event.after is not None:
        number = before.number if before else None
        announce(
            events.AliasMovedEvent(
                model, event.after.number, event.after.pk, step.name, number, step.kind.value, event.actor
            )
        )
    elif before is not None:
        announce(events.AliasRemoved(model, before.number, before.pk, step.name, event.actor))


def _after(present: Alias | None) -> datetime:
    """Return the current time, or one just after the last move, so that the ledger keeps the order of the moves."""
    now = timezone.now()
    # A microsecond is the resolution of the column.
    return max(now, present.moved_at + timedelta(microseconds=1)) if present else now


def _write(step: _Step, moment: datetime) -> Alias | None:
    if step.target is None:
        Alias.objects.filter(model=step.model, name=step.name).delete()
        return None
    if step.present is None:
        return Alias.objects.create(model=step.model, name=step.name, version=step.target, moved_at=moment)
    Alias.objects.filter(pk=step.present.pk).update(version=step.target, moved_at=moment)
    return Alias(
        pk=step.present.pk,
        model=step.model,
        name=step.name,
        version=step.target,
        moved_at=moment,
        created_at=step.present.created_at,
    )


@transaction.atomic
def rollback_alias(*, model: RegisteredModel, alias: str, actor: Actor, reason: str) -> AliasMove:
    """Move the alias back to the version before its last move; each further call goes one move back.

    Raises NotFound when there is no earlier version, NotDeployable when that version can no longer be used,
    PromotionForbidden, and PromotionRefused for a protected alias without a reason.
    """
    why = validation.check_text(reason, "reason", 2_000)
    locked = lock_model(model.pk)
    rule, present = selectors.rule_of(locked, alias), _present(locked, alias)
    if rule.is_protected:
        check_permission(actor)
        if not why:
            raise PromotionRefused("Give a reason for the rollback; it stays in the ledger")
    target = lock_version(_earlier(locked, alias))
    if target.fault or target.state not in _USABLE_BACK:
        raise NotDeployable(
            f"{target} cannot be used: {target.fault or f'it is {target.state}'}; promote another version"
        )
    facts = {"holder": str(present.version) if present else "", "dataset_hash": target.dataset_hash}
    return _move(_Step(locked, alias, present, target, EventKind.ROLLBACK, actor, why, facts))


def _earlier(model: RegisteredModel, alias: str) -> UUID:
    """Return the version before the last move that was not itself rolled back."""
    rows = AliasEvent.objects.filter(model=model, alias=alias).order_by("-created_at", "-id")
    undone = 0
    for event in rows.only("kind", "before_id").iterator(chunk_size=100):
        if event.kind == EventKind.ROLLBACK:
            undone += 1
        elif undone:
            undone -= 1
        elif event.before_id is None:
            break
        else:
            return event.before_id
    raise NotFound(f"{alias[:50]} of {model} has no earlier version to roll back to")


@transaction.atomic
def remove_alias(*, model: RegisteredModel, alias: str, actor: Actor, reason: str = "") -> AliasMove:
    """Remove an alias; its history stays, and `rollback_alias` restores it.

    Raises NotFound when it is not set, PromotionForbidden, and PromotionRefused when a protected alias is removed
    without a reason.
    """
    why = validation.check_text(reason, "reason", 2_000)
    locked = lock_model(model.pk)
    present = _present(locked, alias)
    if present is None:
        raise NotFound(f"{model} has no alias {alias[:50]!r}")
    if selectors.rule_of(locked, alias).is_protected:
        check_permission(actor)
        if not why:
            raise PromotionRefused("Give a reason for the removal; it stays in the ledger")
    return _move(_Step(locked, alias, present, None, EventKind.REMOVE, actor, why, {}))


def _ask(
    model: RegisteredModel, name: str, row: ModelVersion, actor: Actor, reason: str, recorded: promotion_checks.Json
) -> PromotionRequest:
    request, made = PromotionRequest.objects.get_or_create(
        model=model,
        alias=name,
        version=row,
        state=RequestState.PENDING,
        defaults={"requested_by": str(actor)[:200], "reason": reason, "evidence": recorded},
    )
    if made:
        announce(events.PromotionRequested(model.name, row.number, row.pk, name, request.requested_by))
    return request


@transaction.atomic
def approve(*, request_id: UUID, actor: Actor, reason: str = "") -> AliasMove:
    """Approve a request as the second person. The alias's requirements are checked again, against the current state.

    Raises PromotionForbidden for the requester, WrongState for a decided request, NotDeployable, PromotionRefused.
    """
    asked = _request(request_id)
    model = lock_model(asked.model_id)
    _check_other(asked, actor)
    row, present = lock_version(asked.version_id), _present(model, asked.alias)
    if not row.deployable:
        raise NotDeployable(f"{row} cannot be used: {row.fault or f'it is {row.state}'}")
    given = Evidence(gate=validation.gate_from(asked.evidence.get("gate")), note=str(asked.evidence.get("note", "")))
    recorded = _weigh(row, present, selectors.rule_of(model, asked.alias), actor, asked.reason, given)
    _decide(asked, RequestState.APPROVED, actor, reason)
    if present is not None and present.version_id == row.pk:
        return AliasMove(present, request=asked)
    who, by = asked.requested_by, str(actor)[:200]
    step = _Step(model, asked.alias, present, row, EventKind.PROMOTE, who, asked.reason, recorded, approved_by=by)
    moved = _move(step)
    return AliasMove(moved.alias, moved.event, asked)


@transaction.atomic
def reject(*, request_id: UUID, actor: Actor, reason: str) -> PromotionRequest:
    """Reject a promotion request.

    Raises InvalidInput without a reason, PromotionForbidden, NotFound and WrongState.
    """
    asked = _request(request_id)
    check_permission(actor)
    if not reason.strip():
        raise InvalidInput("Give a reason for the rejection")
    _decide(asked, RequestState.REJECTED, actor, reason)
    return asked


@transaction.atomic
def withdraw(*, request_id: UUID, actor: Actor) -> PromotionRequest:
    """Withdraw a request; only the person who made it may. Raises PromotionForbidden, NotFound and WrongState."""
    asked = _request(request_id)
    if str(actor) != asked.requested_by:
        raise PromotionForbidden("Only the requester may withdraw a request; reject it instead")
    _decide(asked, RequestState.WITHDRAWN, actor, "")
    return asked


def _request(pk: UUID) -> PromotionRequest:
    found = PromotionRequest.objects.select_related("model", "version__model").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such promotion request")
    return found


def _check_other(asked: PromotionRequest, actor: Actor) -> None:
    check_permission(actor)
    if str(actor) == asked.requested_by:
        raise PromotionForbidden("The requester may not approve the request; a second person must")


def _decide(asked: PromotionRequest, to: RequestState, actor: Actor, reason: str) -> None:
    changes = {"decided_by": str(actor)[:200], "decided_at": timezone.now()}
    changes["decision_reason"] = validation.check_text(reason, "reason", 2_000)
    transition(PromotionRequest.objects.filter(pk=asked.pk), edges=REQUEST_EDGES, to=to, **changes)
    asked.refresh_from_db(fields=["state", *changes])
    version = asked.version
    announce(
        events.PromotionDecided(asked.model.name, version.number, version.pk, asked.alias, to.value, asked.decided_by)
    )


@transaction.atomic
def set_rule(
    *,
    model: RegisteredModel,
    alias: str,
    actor: Actor,
    is_protected: bool = True,
    needs_second_approver: bool = False,
    thresholds: Sequence[Threshold] = (),
) -> AliasRule:
    """Set what future moves of this alias require. Loosening a protected alias needs the right to move it.

    Raises PromotionForbidden, InvalidInput, and Conflict when a second approver is requested without protection.
    """
    name = validation.check_alias(alias)
    locked = lock_model(model.pk)
    before = selectors.rule_of(locked, name)
    if before.is_protected:
        check_permission(actor)
    if needs_second_approver and not is_protected:
        raise Conflict("Only a protected alias can require a second approver; protect it too")
    rows = [{"metric": t.metric, "bound": t.bound, "value": t.value, "relative": t.relative} for t in thresholds]
    rule, _ = AliasRule.objects.update_or_create(
        model=locked,
        name=name,
        defaults={
            "is_protected": is_protected,
            "needs_second_approver": needs_second_approver,
            "thresholds": rows,
        },
    )
    facts: audit.Facts = {
        "alias": name,
        "protected": is_protected,
        "second": needs_second_approver,
        "thresholds": len(rows),
    }
    old = {"protected": before.is_protected, "second": before.needs_second_approver}
    audit.record(actor=actor, verb="set rule", subject=locked, before=old, after=facts)
    return rule
