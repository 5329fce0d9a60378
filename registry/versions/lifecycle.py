"""Changes of models and versions: register, create, mark ready, deprecate, archive, annotate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from registry import events, selectors, validation
from registry.contracts import NOTHING_KNOWN, VersionSpec
from registry.errors import NameTaken, NotDeployable, StillNeeded
from registry.models import (
    Alias,
    ModelVersion,
    ModelVersionParent,
    RegisteredModel,
    VersionCounter,
    VersionReference,
)
from registry.models.locks import lock_model, lock_version
from registry.models.versions import Task
from registry.states import VERSION_EDGES, ArtifactState, VersionState
from registry.versions import model_files
from youman.core.accounts import audit
from youman.core.accounts.audit import Actor
from youman.core.accounts.idempotency_keys import Claim, unclaimed
from youman.core.errors import InvalidInput
from youman.core.events.outbox import announce
from youman.core.states import transition


@transaction.atomic
def register_model(
    *,
    name: str,
    task: str,
    actor: Actor,
    framework: str = "",
    architecture: str = "",
    description: str = "",
    tags: tuple[str, ...] = (),
    parent: str = "",
    claim: Claim = unclaimed,
) -> RegisteredModel:
    """Register a model, and `claim` it. Raises NameTaken, InvalidInput, and NotFound for the parent."""
    if task not in Task.values:
        raise InvalidInput(f"A model's task is one of {', '.join(Task.values)}")
    row = RegisteredModel(
        name=validation.check_name(name),
        task=task,
        framework=validation.check_text(framework, "framework", 100),
        architecture=validation.check_text(architecture, "architecture", 100),
        description=validation.check_text(description, "description"),
        tags=validation.check_tags(tags),
        parent=selectors.model_named(parent) if parent else None,
        created_by=str(actor)[:200],
    )
    row.search_text = _searchable(row.name, row.tags, row.description, row.framework, row.architecture)
    claim(row)
    try:
        row.save(force_insert=True)
    except IntegrityError as error:
        raise NameTaken(f"A model named {name} already exists; add a version to it or choose another name") from error
    VersionCounter.objects.create(model=row)
    audit.record(actor=actor, verb="register", subject=row, after={"name": row.name, "task": row.task})
    announce(events.ModelRegistered(row.name, row.task))
    return row


@transaction.atomic
def describe_model(*, model: RegisteredModel, actor: Actor, **changes: Any) -> RegisteredModel:
    """Change description, framework, architecture, tags or is_active; omitted fields stay. Raises InvalidInput."""
    row = lock_model(model.pk)
    before = {name: str(getattr(row, name)) for name in changes}
    for name, value in changes.items():
        setattr(row, name, _model_field(name, value))
    row.search_text = _searchable(row.name, row.tags, row.description, row.framework, row.architecture)
    row.save(update_fields=[*changes, "search_text"])
    after = {name: str(getattr(row, name)) for name in changes}
    audit.record(actor=actor, verb="describe", subject=row, before=before, after=after)
    return row


def _model_field(name: str, value: Any) -> Any:
    match name:
        case "tags":
            return validation.check_tags(value)
        case "is_active":
            return bool(value)
        case "description":
            return validation.check_text(value, name)
        case "framework" | "architecture":
            return validation.check_text(value, name, 100)
    raise InvalidInput(f"{name} of a model cannot be changed")


@transaction.atomic
def create_version(
    *, model: RegisteredModel, actor: Actor, spec: VersionSpec = NOTHING_KNOWN, claim: Claim = unclaimed
) -> ModelVersion:
    """Create the model's next version, as a draft, and `claim` it. Numbers have no gaps: a failure gives its back.

    Raises NotDeployable for an inactive model, InvalidInput, and NotFound for a parent.
    """
    row = _version_row(model, spec, actor)
    parents = [selectors.version_at(ref) for ref in spec.parents]
    claim(row)
    row.number = _next_number(model.pk)
    row.search_text = _searchable(f"{model.name}/{row.number}", model.name, row.tags, row.notes)
    row.save(force_insert=True)
    links = [ModelVersionParent(child=row, parent=parent) for parent in parents]
    references = [VersionReference(version=row, **_reference(one)) for one in spec.references]
    if links:
        ModelVersionParent.objects.bulk_create(links)
    if references:
        VersionReference.objects.bulk_create(references)
    row.has_aliases, row.has_parents, row.has_references = False, bool(links), bool(references)
    audit.record(actor=actor, verb="create version", subject=row, after={"model": model.name, "number": row.number})
    announce(events.VersionCreated(model.name, row.number, row.pk))
    return row


def _version_row(model: RegisteredModel, spec: VersionSpec, actor: Actor) -> ModelVersion:
    if not model.is_active:
        raise NotDeployable(f"{model.name} is not active; activate it before adding versions")
    return ModelVersion(
        model=model,
        config=validation.check_json(spec.config, "config"),
        signature=validation.check_json(spec.signature, "signature"),
        metrics=validation.metrics_json(spec.metrics),
        gate=validation.gate_json(spec.gate),
        card=validation.check_card(spec.card),
        dataset_hash=validation.check_dataset_hash(spec.dataset_hash),
        notes=validation.check_text(spec.notes, "notes"),
        tags=validation.check_tags(spec.tags),
        created_by=str(actor)[:200],
    )


def _reference(one: Any) -> dict[str, str]:
    kind, reference = (
        validation.check_text(one.kind, "kind", 32),
        validation.check_text(one.reference, "reference", 200),
    )
    if not kind or not reference:
        raise InvalidInput("A reference has a kind and a name, such as dataset and its hash")
    return {"kind": kind, "reference": reference, "label": validation.check_text(one.label, "label", 200)}


def _next_number(model_id: UUID) -> int:
    """Increment the counter. Its row stays locked until commit, so that the next writer sees the number or its absence.

    Raw SQL, since the ORM's update returns no values; it would take a second statement, and a lock before both.
    """
    table = connection.ops.quote_name(VersionCounter._meta.db_table)
    value = VersionCounter._meta.pk.get_db_prep_value(model_id, connection)
    with connection.cursor() as cursor:
        statement = f"UPDATE {table} SET last = last + 1 WHERE model_id = %s RETURNING last"  # noqa: S608  # our own table's name
        cursor.execute(statement, [value])
        return int(cursor.fetchone()[0])


@transaction.atomic
def mark_ready(*, version: ModelVersion, actor: Actor) -> ModelVersion:
    """Make a draft or deprecated version ready.

    Raises WrongState, and NotDeployable for a version without live artifacts, with a fault, or with only a part of the
    files that its backend needs.
    """
    row = lock_version(version.pk)
    if row.fault:
        raise NotDeployable(f"{row} cannot be used: {row.fault}")
    if not row.artifacts.filter(state=ArtifactState.LIVE).exists():
        raise NotDeployable(f"{row} has no artifact; upload one first")
    missing = model_files.lacking(row)
    if missing:
        raise NotDeployable(f"{row} lacks {', '.join(missing)}, so that it could not be deployed; upload it first")
    _move(row, VersionState.READY, actor, ready_at=timezone.now())
    announce(events.VersionReady(row.model.name, row.number, row.pk))
    return row


@transaction.atomic
def deprecate(*, version: ModelVersion, actor: Actor, reason: str = "") -> ModelVersion:
    """Deprecate a ready version: existing uses continue, new ones are refused.

    Raises WrongState, and StillNeeded for a version that an alias points to.
    """
    row = lock_version(version.pk)
    _refuse_aliased(row)
    why = _move(row, VersionState.DEPRECATED, actor, reason)
    announce(events.VersionDeprecated(row.model.name, row.number, row.pk, why))
    return row


@transaction.atomic
def archive(*, version: ModelVersion, actor: Actor, reason: str = "") -> ModelVersion:
    """Archive a version: its bytes are deleted once nothing needs them.

    Raises WrongState, and StillNeeded for a version that an alias points to or a hold keeps.
    """
    row = lock_version(version.pk)
    _refuse_aliased(row)
    held = row.holds.filter(released_at=None).first()
    if held is not None:
        raise StillNeeded(f"{row} is held: {held.reason}; end that use first")
    why = _move(row, VersionState.ARCHIVED, actor, reason)
    announce(events.VersionArchived(row.model.name, row.number, row.pk, why))
    return row


@transaction.atomic
def discard(*, version: ModelVersion, actor: Actor) -> bool:
    """Delete the rows of a draft that its maker could not finish, and give its number back; delete its bytes first.

    Return False, and change nothing, when it is not a draft any more or something refers to it.
    """
    lock_model(version.model_id)
    row = lock_version(version.pk)
    if row.state != VersionState.DRAFT or row.holds.exists() or row.child_links.exists():
        return False
    audit.record(actor=actor, verb="discard", subject=row, before={"model": row.model.name, "number": row.number})
    row.artifacts.all().delete()
    row.delete()
    VersionCounter.objects.filter(model_id=row.model_id, last=row.number).update(last=row.number - 1)
    return True


@transaction.atomic
def discard_model(*, model: RegisteredModel, actor: Actor) -> None:
    """Delete a model that was registered for a version that could not be made, unless it has versions by now."""
    row = lock_model(model.pk)
    if row.versions.exists() or row.children.exists():
        return
    audit.record(actor=actor, verb="discard", subject=row, before={"name": row.name})
    row.delete()


def _refuse_aliased(row: ModelVersion) -> None:
    names = ", ".join(Alias.objects.filter(version=row).values_list("name", flat=True))
    if names:
        raise StillNeeded(f"{row} has the alias {names}; move the alias first")


def _move(row: ModelVersion, to: VersionState, actor: Actor, reason: str = "", **changes: Any) -> str:
    """Change the state and return the validated reason. Raises WrongState."""
    before, why = row.state, validation.check_text(reason, "reason", 1_000)
    transition(ModelVersion.objects.filter(pk=row.pk), edges=VERSION_EDGES, to=to, **changes)
    after = {"state": to.value, "reason": why}
    audit.record(actor=actor, verb=to.value, subject=row, before={"state": before}, after=after)
    row.refresh_from_db(fields=["state", *changes])
    return why


@transaction.atomic
def annotate(*, version: ModelVersion, actor: Actor, changes: Mapping[str, Any]) -> ModelVersion:
    """Change notes, tags and card at any time, but metrics and gate result only in a draft: aliases depend on them.

    Raises NotDeployable for metrics or gate of a version that is no longer a draft.
    """
    row = lock_version(version.pk)
    if set(changes) & {"metrics", "gate"} and row.state != VersionState.DRAFT:
        raise NotDeployable(f"{row} is {row.state}: its metrics and gate result are fixed; create a new version")
    before = {name: str(getattr(row, name))[:200] for name in changes}
    for name, value in changes.items():
        setattr(row, name, _version_field(name, value))
    row.search_text = _searchable(str(row), row.model.name, row.tags, row.notes)
    row.save(update_fields=[*changes, "search_text"])
    after = {name: str(getattr(row, name))[:200] for name in changes}
    audit.record(actor=actor, verb="annotate", subject=row, before=before, after=after)
    return row


def _version_field(name: str, value: Any) -> Any:
    match name:
        case "notes":
            return validation.check_text(value, name)
        case "tags":
            return validation.check_tags(value)
        case "card":
            return validation.check_card(value)
        case "metrics":
            return validation.metrics_json(value)
        case "gate":
            return validation.gate_json(value)
    raise InvalidInput(f"{name} of a version cannot be changed; create a new version")


def _searchable(*parts: str) -> str:
    """Return the text for full-text search; dots and slashes become spaces, so that parts of a name are found."""
    text = " ".join(parts)
    return f"{text} {text.replace('/', ' ').replace('.', ' ').replace('-', ' ').replace('_', ' ')}".lower()[:50_000]
