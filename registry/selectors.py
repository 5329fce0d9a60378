"""Queries of the registry, shared by the API, the admin, the commands and the upper apps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet

from registry.contracts import ArtifactRef, VersionRef
from registry.models import (
    Alias,
    AliasEvent,
    AliasRule,
    Hold,
    ModelArtifact,
    ModelVersion,
    ModelVersionParent,
    RegisteredModel,
    Upload,
    VersionReference,
)
from registry.states import ArtifactState, UploadState
from youman.core.database.compiled_query import CompiledQuery
from youman.core.errors import NotFound
from youman.core.runtime.health import WaitingRows, waiting_rows

M = TypeVar("M", RegisteredModel, ModelVersion)
LONG = ("config", "signature", "card", "search_text")  # not needed in a list


def models() -> QuerySet[RegisteredModel]:
    """Return models with their counter, which holds the number of versions without counting them."""
    return RegisteredModel.objects.select_related("parent", "counter").defer("search_text", "parent__search_text")


def _model_rows(name: str) -> QuerySet[RegisteredModel]:
    return RegisteredModel.objects.only("id", "name", "is_active").filter(name=name).order_by()


_MODEL_ROW = CompiledQuery(_model_rows, str)


def model_row(name: str) -> RegisteredModel:
    """Return the fields of a model that adding a version needs. Raises NotFound."""
    found = _MODEL_ROW.first(name)
    if found is None:
        raise NotFound(f"There is no model named {name[:100]!r}")
    return found


def model_named(name: str) -> RegisteredModel:
    """Return a model with its parent. Raises NotFound."""
    found = RegisteredModel.objects.select_related("parent").filter(name=name).first()
    if found is None:
        raise NotFound(f"There is no model named {name[:100]!r}")
    return found


def model_by_id(pk: str) -> RegisteredModel:
    """Return a model with its parent. Raises NotFound."""
    found = RegisteredModel.objects.select_related("parent").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such model")
    return found


def versions() -> QuerySet[ModelVersion]:
    """Return versions as lists show them: with model and aliases in two queries, without the long JSON."""
    aliases = Prefetch("aliases", Alias.objects.only("id", "name", "version_id").order_by("name"))
    return (
        ModelVersion.objects.select_related("model")
        .defer(*LONG, "model__search_text", "model__description")
        .prefetch_related(aliases)
    )


def version_lines(rows: QuerySet[ModelVersion]) -> QuerySet[ModelVersion, Any]:
    """Return versions as named tuples without long fields; a list of a hundred takes half the time of instances."""
    named = rows.annotate(model_name=F("model__name"))  # type: ignore[no-redef]  # as an instance has it, for tuples
    return named.values_list(*_LINE, named=True)


_LINE = (
    "pk", "model_name", "number", "state", "fault", "metrics", "dataset_hash", "tags", "notes", "created_by",
    "created_at",
)  # fmt: skip


def whole_versions() -> QuerySet[ModelVersion]:
    """Return versions with `has_aliases`, `has_parents` and `has_references`, so that nobody queries missing rows."""
    mine = OuterRef("pk")
    return (
        ModelVersion.objects.select_related("model")
        .defer("search_text", "model__search_text", "model__description")
        .annotate(  # type: ignore[no-redef]  # the model has their default values
            has_aliases=Exists(Alias.objects.filter(version=mine)),
            has_parents=Exists(ModelVersionParent.objects.filter(child=mine)),
            has_references=Exists(VersionReference.objects.filter(version=mine)),
        )
        .order_by()
    )


def version_by_id(pk: UUID) -> ModelVersion:
    """Return a version with its model. Raises NotFound."""
    found = whole_versions().filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such model version")
    return found


_VERSION_AT = CompiledQuery(lambda model, number: whole_versions().filter(model__name=model, number=number), str, int)
_MOST = 2**31 - 1


def version_at(ref: VersionRef) -> ModelVersion:
    """Return a version by model name and number. Raises NotFound."""
    found = _VERSION_AT.first(ref.model, ref.number) if ref.number <= _MOST else None
    if found is None:
        raise NotFound(f"There is no version {ref.number} of {ref.model[:100]}")
    return found


def aliases_of(model: RegisteredModel) -> QuerySet[Alias]:
    """Return the model's aliases with their versions."""
    rows = Alias.objects.filter(model=model).select_related("version__model", "model")
    return rows.defer(*(f"version__{name}" for name in LONG))


def version_by_alias(model: str, name: str) -> ModelVersion:
    """Return the version an alias points to now. Raises NotFound when the alias is not set."""
    found = whole_versions().filter(aliases__model__name=model, aliases__name=name).first()
    if found is None:
        raise NotFound(f"{model[:100]} has no alias {name[:50]!r}")
    return found


def aliases_by_version(pks: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Return the names of the aliases of each version, sorted, in one query."""
    found: dict[UUID, list[str]] = {}
    rows = Alias.objects.filter(version_id__in=list(pks)).order_by("name").values_list("version_id", "name")
    for pk, name in rows:
        found.setdefault(pk, []).append(name)
    return found


def alias_events(model: RegisteredModel, alias: str = "") -> QuerySet[AliasEvent]:
    """Return the moves of the model's aliases, or of one alias, newest first."""
    rows = AliasEvent.objects.filter(model=model).select_related("before__model", "after__model", "model")
    rows = rows.filter(alias=alias) if alias else rows
    return rows.defer(*(f"{side}__{name}" for side in ("before", "after") for name in LONG))


def alias_event_at(model: str, alias: str, moment: datetime) -> AliasEvent | None:
    """Return the move that was in effect at a moment, with its data, actor and evidence, in one query.

    None before the first move; an event whose `after` is None means that the alias had been removed.
    """
    rows = AliasEvent.objects.filter(model__name=model, alias=alias, created_at__lte=moment)
    return rows.select_related("after__model", "before__model", "model").order_by("-created_at", "-id").first()


def rule_of(model: RegisteredModel, alias: str) -> AliasRule:
    """Return the stored rule, or the default: `champion` is protected, other aliases are not."""
    found = AliasRule.objects.filter(model=model, name=alias).order_by().first()
    return found or AliasRule(model=model, name=alias, is_protected=alias == "champion")


def artifacts() -> QuerySet[ModelArtifact]:
    """Return artifacts with their version and model, without long fields."""
    return ModelArtifact.objects.select_related("version__model").defer(
        *(f"version__{name}" for name in (*LONG, "notes", "metrics", "gate"))
    )


def artifact_by_id(pk: UUID) -> ModelArtifact:
    """Return an artifact with its version. Raises NotFound."""
    found = artifacts().filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such artifact")
    return found


def live_artifacts(version: ModelVersion, type: str = "") -> QuerySet[ModelArtifact]:
    """Return the version's live artifacts, or those of one type, in the order of creation."""
    rows = artifacts().filter(version=version, state=ArtifactState.LIVE)
    return (rows.filter(type=type) if type else rows).order_by("created_at", "id")


def artifact_ref(artifact: ModelArtifact) -> ArtifactRef:
    return ArtifactRef(
        version=artifact.version.ref,
        type=artifact.type,  # type: ignore[arg-type]  # the database allows these only
        name=artifact.name,
        key=artifact.key,
        size=artifact.size or 0,
        sha256=artifact.sha256,
    )


def live_holds(version: ModelVersion) -> QuerySet[Hold]:
    """Return the version's holds that are not released."""
    return Hold.objects.filter(version=version, released_at=None)


def with_tag(rows: QuerySet[M], tag: str) -> QuerySet[M]:
    """Filter models or versions by a tag."""
    return rows.filter(tags__contains=f" {tag} ")


def search(rows: QuerySet[M], words: str) -> QuerySet[M]:
    """Search names, tags and notes: full text on PostgreSQL (indexed on the same expression), every word on SQLite."""
    asked = words.replace("\x00", "").strip()[:200]
    if not asked:
        return rows
    if connection.vendor == "postgresql":
        from django.contrib.postgres.search import SearchQuery, SearchVector

        vector = SearchVector("search_text", config="simple")
        query = SearchQuery(asked.lower(), config="simple", search_type="websearch")
        return rows.annotate(found=vector).filter(found=query)
    for word in asked.lower().split():
        rows = rows.filter(search_text__contains=word)
    return rows


def waiting_uploads() -> WaitingRows:
    """Return the complete uploads that no worker assembles yet."""
    return waiting_rows("uploads", Upload.objects.filter(state=UploadState.QUEUED), "enqueued_at")
