"""Query parameters of the registry's routes."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest

from registry import selectors, validation
from registry.contracts import VersionRef, version_ref
from registry.models import ModelArtifact, ModelVersion
from registry.models.artifacts import ArtifactKind
from registry.models.versions import NAME_LENGTH, Task
from registry.states import ArtifactState, RequestState, VerificationVerdict, VersionState
from registry.transfer.http_import import ImportRequest
from youman.core.api.filters import Filter, StrictFilterSet
from youman.core.api.parameters import (
    BooleanParameter,
    ChoiceParameter,
    Field,
    Query,
    TextParameter,
    TimeParameter,
)


def _model_name(help_text: str = "Only those of the model with this name") -> TextParameter:
    return TextParameter(max_length=NAME_LENGTH, check=validation.check_name, help_text=help_text)


class _TaggedFilters(StrictFilterSet):
    tag = Filter(TextParameter(max_length=64, check=validation.check_tag), method="filter_tag")
    q = Filter(TextParameter(help_text="Words to find in names, tags, descriptions and notes"), method="filter_words")

    def filter_tag(self, rows: QuerySet[selectors.M], name: str, value: str) -> QuerySet[selectors.M]:
        return selectors.with_tag(rows, value)

    def filter_words(self, rows: QuerySet[selectors.M], name: str, value: str) -> QuerySet[selectors.M]:
        return selectors.search(rows, value)


class ModelFilters(_TaggedFilters):
    task = Filter(ChoiceParameter(Task.choices))
    framework = Filter(TextParameter(max_length=NAME_LENGTH))
    architecture = Filter(TextParameter(max_length=NAME_LENGTH))
    active = Filter(BooleanParameter(help_text="true: only active models; false: only the others"), "is_active")
    parent = Filter(_model_name("Only models derived from the model with this name"), "parent__name")


class VersionsOfModelFilters(_TaggedFilters):
    state = Filter(ChoiceParameter(VersionState.choices))
    dataset_hash = Filter(TextParameter(max_length=64, check=validation.check_dataset_hash))
    alias = Filter(TextParameter(max_length=50, check=validation.check_alias), "aliases__name")
    faulty = Filter(
        BooleanParameter(help_text="true: only versions with damaged bytes; false: only the others"),
        method="filter_fault",
    )

    def filter_fault(self, rows: QuerySet[ModelVersion], name: str, value: bool) -> QuerySet[ModelVersion]:
        return rows.exclude(fault="") if value else rows.filter(fault="")


class VersionFilters(VersionsOfModelFilters):
    model = Filter(_model_name(), "model__name")


class ArtifactFilters(StrictFilterSet):
    model = Filter(_model_name(), "version__model__name")
    version = Filter(
        TextParameter(check=version_ref, help_text="The version, as `model/number`"), method="filter_version"
    )
    type = Filter(ChoiceParameter(ArtifactKind.choices))
    state = Filter(ChoiceParameter(ArtifactState.choices))
    sha256 = Filter(TextParameter(max_length=64, check=validation.check_sha256, help_text="Finds the same content"))
    verdict = Filter(ChoiceParameter(VerificationVerdict.choices, help_text="What the last check of the bytes found"))

    def filter_version(self, rows: QuerySet[ModelArtifact], name: str, value: VersionRef) -> QuerySet[ModelArtifact]:
        return rows.filter(version__model__name=value.model, version__number=value.number)


class AliasFilters(StrictFilterSet):
    model = Filter(_model_name(), "model__name")
    name = Filter(TextParameter(max_length=50, check=validation.check_alias, help_text="The name of the alias"))


class PromotionFilters(StrictFilterSet):
    state = Filter(ChoiceParameter(RequestState.choices))
    model = Filter(_model_name(), "model__name")


class AliasAtQuery(Query):
    at = TimeParameter(required=True, help_text="The time, as ISO 8601 with an offset from UTC")


class DiffQuery(Query):
    before = TextParameter(required=True, check=version_ref, help_text="The version to compare with, as `model/number`")


class ImportQuery(Query):
    dry_run = BooleanParameter(default=False, help_text="Check everything, store nothing")

    def get_fields(self) -> dict[str, Field]:
        # `as` is a keyword of Python and cannot be declared above.
        return {
            "as": _model_name("Name of the model to add it to; by default the one in the archive")
        } | super().get_fields()

    @classmethod
    def order_of(cls, request: HttpRequest) -> ImportRequest:
        """Return the options of an import. Raises InvalidInput."""
        query = cls.read(request)
        return ImportRequest(query.get("as", ""), query["dry_run"])


class ContentQuery(Query):
    token = TextParameter(max_length=500, help_text="Token of a download link, which works without an API key")
