"""Rows as the API, the commands and the ASGI route answer them: plain JSON, one shape each."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from registry.models import (
    Alias,
    AliasEvent,
    AliasRule,
    Hold,
    ModelArtifact,
    ModelVersion,
    PromotionRequest,
    RegisteredModel,
    Upload,
    UploadPart,
)
from registry.states import VersionState
from registry.versions.promotion import AliasMove
from youman.core.admin.graph import Graph

Json = dict[str, Any]


def model(row: RegisteredModel, versions: int | None = None) -> Json:
    return {
        "id": str(row.pk),
        "name": row.name,
        "task": row.task,
        "framework": row.framework,
        "architecture": row.architecture,
        "description": row.description,
        "parent": row.parent.name if row.parent else None,
        "tags": row.tag_list,
        "is_active": row.is_active,
        "versions": row.counter.last if versions is None else versions,
        "created_by": row.created_by,
        "created_at": row.created_at,
    }


BRIEF = (
    "pk", "model__name", "number", "state", "fault", "metrics", "dataset_hash", "tags", "notes", "created_by",
    "created_at",
)  # fmt: skip


def version_line(row: Any, aliases: list[str]) -> Json:
    """From a named tuple of BRIEF: a list of a hundred costs half of what model instances do."""
    return {
        "id": str(row.pk),
        "model": row.model__name,
        "number": row.number,
        "state": row.state,
        "deployable": row.state == VersionState.READY and not row.fault,
        "fault": row.fault,
        "metrics": row.metrics,
        "dataset_hash": row.dataset_hash,
        "tags": row.tags.split(),
        "notes": row.notes,
        "aliases": aliases,
        "created_by": row.created_by,
        "created_at": row.created_at,
    }


def version(row: ModelVersion, *, fresh: bool = False) -> Json:
    """`fresh`: it was made this moment without parents and references, so there is nothing to ask for."""
    there = {name: not fresh and getattr(row, f"has_{name}", True) for name in ("aliases", "parents", "references")}
    parents = row.parent_links.select_related("parent__model") if there["parents"] else ()
    return {
        "id": str(row.pk),
        "model": row.model.name,
        "number": row.number,
        "state": row.state,
        "deployable": row.deployable,
        "fault": row.fault,
        "metrics": row.metrics,
        "dataset_hash": row.dataset_hash,
        "tags": row.tag_list,
        "notes": row.notes,
        "aliases": sorted(row.aliases.order_by().values_list("name", flat=True)) if there["aliases"] else [],
        "created_by": row.created_by,
        "created_at": row.created_at,
        "config": row.config,
        "signature": row.signature,
        "gate": row.gate,
        "card": row.card,
        "ready_at": row.ready_at,
        "parents": [str(link.parent) for link in parents],
        "references": [reference(one) for one in row.references.all()] if there["references"] else [],
    }


def reference(row: Any) -> Json:
    return {"kind": row.kind, "reference": row.reference, "label": row.label}


def artifact(row: ModelArtifact) -> Json:
    return {
        "id": str(row.pk),
        "model": row.version.model.name,
        "number": row.version.number,
        "version_id": str(row.version_id),
        "type": row.type,
        "name": row.name,
        "format": row.format,
        "size": row.size,
        "sha256": row.sha256,
        "state": row.state,
        "verdict": row.verdict,
        "verified_at": row.verified_at,
        "detail": row.detail,
        "created_by": row.created_by,
        "created_at": row.created_at,
    }


def upload(row: Upload) -> Json:
    return {
        "id": str(row.pk),
        "artifact_id": str(row.artifact_id),
        "version_id": str(row.artifact.version_id),
        "type": row.artifact.type,
        "name": row.artifact.name,
        "state": row.state,
        "done_bytes": row.done_bytes,
        "total_bytes": row.total_bytes,
        "parts": [part(one) for one in row.parts.all()],
        "error": {"code": row.error_code, "detail": row.error_detail} if row.error_code else None,
        "created_at": row.created_at,
    }


def part(row: UploadPart) -> Json:
    return {"number": row.number, "size": row.size, "sha256": row.sha256}


def alias(row: Alias) -> Json:
    return {
        "model": row.model.name,
        "name": row.name,
        "number": row.version.number,
        "version_id": str(row.version_id),
        "moved_at": row.moved_at,
    }


def event(row: AliasEvent) -> Json:
    return {
        "id": str(row.pk),
        "model": row.model.name,
        "alias": row.alias,
        "kind": row.kind,
        "before": row.before.number if row.before else None,
        "after": row.after.number if row.after else None,
        "dataset_hash": row.after.dataset_hash if row.after else "",
        "actor": row.actor,
        "approved_by": row.approved_by,
        "reason": row.reason,
        "evidence": row.evidence,
        "created_at": row.created_at,
    }


def rule(row: AliasRule) -> Json:
    return {
        "alias": row.name,
        "is_protected": row.is_protected,
        "needs_second_approver": row.needs_second_approver,
        "thresholds": row.thresholds,
    }


def promotion(row: PromotionRequest) -> Json:
    return {
        "id": str(row.pk),
        "model": row.model.name,
        "alias": row.alias,
        "number": row.version.number,
        "state": row.state,
        "requested_by": row.requested_by,
        "reason": row.reason,
        "evidence": row.evidence,
        "decided_by": row.decided_by,
        "decision_reason": row.decision_reason,
        "decided_at": row.decided_at,
        "created_at": row.created_at,
    }


def hold(row: Hold) -> Json:
    return {"holder": str(row.holder), "reason": row.reason, "created_at": row.created_at}


def graph(found: Graph) -> Json:
    return {"nodes": [asdict(node) for node in found.nodes], "edges": [asdict(edge) for edge in found.edges]}


def move(found: AliasMove) -> Json:
    return {
        "alias": alias(found.alias) if found.alias else None,
        "event": event(found.event) if found.event else None,
        "request": promotion(found.request) if found.request else None,
    }
