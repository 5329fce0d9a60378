"""The registry in the admin. Only services change rows; every action reports its result for each row."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from registry import selectors, validation
from registry.admin import pages
from registry.admin.promotions import AliasEventAdmin as AliasEventAdmin  # registers both pages
from registry.artifacts import retention, verification
from registry.contracts import VersionRef
from registry.models import (
    Alias,
    AliasRule,
    Hold,
    ModelArtifact,
    ModelVersion,
    RegisteredModel,
    Upload,
)
from registry.versions import lifecycle, promotion
from youman.core.admin.actions import actor_of, permitted_view, report_result
from youman.core.admin.keyset_list import CustomPage, ReadOnly, RefusalMessages
from youman.core.errors import YoumanError

_MOVE_ALIAS = "registry.change_alias"


@admin.register(RegisteredModel)
class RegisteredModelAdmin(RefusalMessages[RegisteredModel], CustomPage[RegisteredModel]):
    """Saving the add form registers a model; a model's page shows its versions, aliases and their history."""

    list_display = ["name", "task", "framework", "version_count", "is_active", "created_at"]
    list_filter = ["task", "is_active"]
    search_fields = ["name"]
    fields = ["name", "task", "framework", "architecture", "description", "parent", "tags"]
    autocomplete_fields = ["parent"]
    show_full_result_count = False
    list_per_page = 50

    @admin.display(description="versions")
    def version_count(self, row: RegisteredModel) -> int:
        return row.counter.last

    def get_queryset(self, request: HttpRequest) -> QuerySet[RegisteredModel]:
        return selectors.models()

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: object, change: bool) -> None:
        made = lifecycle.register_model(
            name=obj.name,
            task=obj.task,
            actor=actor_of(request),
            framework=obj.framework,
            architecture=obj.architecture,
            description=obj.description,
            tags=tuple(obj.tags.split()),
            parent=obj.parent.name if obj.parent else "",
        )
        obj.pk = made.pk

    def page(self, request: HttpRequest, row: RegisteredModel) -> HttpResponse:
        context = {**self.admin_site.each_context(request), **pages.model_page(row), "opts": self.opts}
        return TemplateResponse(request, "admin/registry/model.html", context)

    def get_urls(self) -> list[URLPattern]:
        view = permitted_view(self.admin_site, self.act, _MOVE_ALIAS)
        return [path("<uuid:pk>/act/", view, name="registry_model_act"), *super().get_urls()]

    def act(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Promote or roll back an alias, as the forms on the page request."""
        row = selectors.model_by_id(str(pk))
        if request.method == "POST":
            alias, reason = request.POST.get("alias", "").strip(), request.POST.get("reason", "")
            verb = request.POST.get("verb", "")
            if verb == "promote":
                _promote(request, row.name, request.POST.get("version", ""), alias, reason)
            elif verb == "rollback":
                do = partial(promotion.rollback_alias, model=row, alias=alias, actor=actor_of(request), reason=reason)
                report_result(request, alias, do, "rolled back")
        return HttpResponseRedirect(reverse("admin:registry_registeredmodel_change", args=[pk]))


def _promote(request: HttpRequest, model: str, number: str, alias: str, reason: str) -> None:
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        messages.error(request, "Enter the number of a version, such as 3")
        return
    ref = VersionRef(model, int(number))
    try:
        moved = promotion.promote_number(ref=ref, alias=alias, actor=actor_of(request), reason=reason)
    except YoumanError as error:
        messages.error(request, error.detail)
        return
    if moved.request:
        messages.warning(request, f"{alias} waits for a second approver")
    elif moved.event:
        messages.success(request, f"{alias} is now {ref}")
    else:
        messages.info(request, f"{alias} already points to {ref}")


@admin.register(ModelVersion)
class ModelVersionAdmin(CustomPage[ModelVersion], ReadOnly[ModelVersion]):
    """A version's page shows its card, metrics, artifacts, lineage and the changes from its predecessor."""

    list_display = ["__str__", "state", "alias_names", "main_metrics", "fault", "created_by", "created_at"]
    list_filter = ["state", "model__task"]
    search_fields = ["model__name"]
    search_help_text = "Searches the model's name, the tags and the notes"
    actions = ["ready", "deprecate", "archive", "verify"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelVersion]:
        return selectors.versions()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ModelVersion], search_term: str
    ) -> tuple[QuerySet[ModelVersion], bool]:
        return selectors.search(queryset, search_term), False

    @admin.display(description="aliases")
    def alias_names(self, row: ModelVersion) -> str:
        return ", ".join(one.name for one in row.aliases.all())

    @admin.display(description="metrics")
    def main_metrics(self, row: ModelVersion) -> str:
        return ", ".join(f"{name} {one.get('value'):g}" for name, one in list(row.metrics.items())[:3])

    @admin.action(description="Make ready", permissions=["act"])
    def ready(self, request: HttpRequest, queryset: QuerySet[ModelVersion]) -> None:
        for row in queryset:
            report_result(request, row, partial(lifecycle.mark_ready, version=row, actor=actor_of(request)), "ready")

    @admin.action(description="Deprecate: existing uses continue, new ones are refused", permissions=["act"])
    def deprecate(self, request: HttpRequest, queryset: QuerySet[ModelVersion]) -> None:
        for row in queryset:
            report_result(
                request, row, partial(lifecycle.deprecate, version=row, actor=actor_of(request)), "deprecated"
            )

    @admin.action(description="Archive: files are deleted once nothing needs them", permissions=["act"])
    def archive(self, request: HttpRequest, queryset: QuerySet[ModelVersion]) -> None:
        for row in queryset:
            report_result(request, row, partial(lifecycle.archive, version=row, actor=actor_of(request)), "archived")

    @admin.action(description="Verify: read every artifact again", permissions=["act"])
    def verify(self, request: HttpRequest, queryset: QuerySet[ModelVersion]) -> None:
        for row in queryset:
            _verify(request, row)

    def page(self, request: HttpRequest, row: ModelVersion) -> HttpResponse:
        page = pages.version_page(selectors.version_by_id(row.pk))
        context = {**self.admin_site.each_context(request), **page, "opts": self.opts}
        return TemplateResponse(request, "admin/registry/version.html", context)

    def get_urls(self) -> list[URLPattern]:
        act = permitted_view(self.admin_site, self.act, "registry.change_modelversion")
        promote = permitted_view(self.admin_site, self.promote, _MOVE_ALIAS)
        return [
            path("<uuid:pk>/act/", act, name="registry_version_act"),
            path("<uuid:pk>/promote/", promote, name="registry_version_promote"),
            *super().get_urls(),
        ]

    def act(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Run the action of one of the page's buttons."""
        verb = request.POST.get("verb", "")
        if request.method == "POST" and verb in {"ready", "deprecate", "archive", "verify"}:
            getattr(self, verb)(request, selectors.versions().filter(pk=pk))
        return HttpResponseRedirect(reverse("admin:registry_modelversion_change", args=[pk]))

    def promote(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Point an alias to the version, as the form on the page requests."""
        if request.method == "POST":
            row, alias = selectors.version_by_id(pk), request.POST.get("alias", "").strip()
            _promote(request, row.model.name, str(row.number), alias, request.POST.get("reason", ""))
        return HttpResponseRedirect(reverse("admin:registry_modelversion_change", args=[pk]))


def _verify(request: HttpRequest, row: ModelVersion) -> None:
    try:
        found = verification.verify_version(version=row, actor=actor_of(request))
    except YoumanError as error:
        messages.error(request, f"{row}: {error.detail}")
        return
    bad = [one for one in found if not one.ok]
    for one in bad:
        messages.error(request, f"{row}: {one.detail}")
    if not bad:
        messages.success(request, f"{row}: {len(found)} artifacts match what was stored")


@admin.register(ModelArtifact)
class ModelArtifactAdmin(ReadOnly[ModelArtifact]):
    list_display = ["name", "version", "type", "format", "size", "state", "checked", "verified_at"]
    list_filter = ["state", "verdict", "type"]
    search_fields = ["name", "sha256"]
    actions = ["verify"]
    change_list_template = "admin/registry/artifacts.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelArtifact]:
        return selectors.artifacts()

    @admin.display(description="last check")
    def checked(self, row: ModelArtifact) -> str:
        return format_html(
            '<span class="verdict-{}">{}</span>', row.verdict or "none", row.get_verdict_display() or "–"
        )

    @admin.action(description="Verify: read the bytes again", permissions=["act"])
    def verify(self, request: HttpRequest, queryset: QuerySet[ModelArtifact]) -> None:
        for row in queryset.filter(state__in=("live", "marked")):
            found = verification.verify(artifact=row, actor=actor_of(request))
            level = messages.SUCCESS if found.ok else messages.ERROR
            messages.add_message(request, level, f"{row.version} {row.name}: {found.detail or 'good'}")

    def get_urls(self) -> list[URLPattern]:
        view = permitted_view(self.admin_site, self.collect, "registry.change_modelartifact")
        return [path("collect/", view, name="registry_collect"), *super().get_urls()]

    def collect(self, request: HttpRequest) -> HttpResponse:
        """Show what would be collected; the button on the page runs the collection."""
        if request.method == "POST":
            report = retention.collect(actor=actor_of(request))
            said = f"Marked {len(report.marked)} ({report.marked_bytes:,} bytes), deleted {len(report.deleted)}"
            messages.success(request, f"{said} ({report.deleted_bytes:,} bytes freed)")
            return HttpResponseRedirect(reverse("admin:registry_modelartifact_changelist"))
        report = retention.collect(actor=actor_of(request), dry_run=True)
        context = {**self.admin_site.each_context(request), "report": report, "opts": self.opts, "title": "Collect"}
        return TemplateResponse(request, "admin/registry/collect.html", context)


@admin.register(Alias)
class AliasAdmin(ReadOnly[Alias]):
    list_display = ["name", "model", "version", "moved_at"]
    search_fields = ["name", "model__name"]
    list_select_related = ["model", "version__model"]


@admin.register(AliasRule)
class AliasRuleAdmin(RefusalMessages[AliasRule]):
    """What moving an alias requires: protection, thresholds, a second approver."""

    list_display = ["name", "model", "is_protected", "needs_second_approver"]
    list_select_related = ["model"]
    autocomplete_fields = ["model"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)  # every alias has a rule, even where no row states it

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: object, change: bool) -> None:
        made = promotion.set_rule(
            model=obj.model,
            alias=obj.name,
            actor=actor_of(request),
            is_protected=obj.is_protected,
            needs_second_approver=obj.needs_second_approver,
            thresholds=validation.thresholds_from(obj.thresholds),
        )
        obj.pk = made.pk


@admin.register(Hold)
class HoldAdmin(ReadOnly[Hold]):
    list_display = ["version", "reason", "holder", "created_at", "released_at"]
    list_select_related = ["version__model"]
    search_fields = ["reason"]


@admin.register(Upload)
class UploadAdmin(ReadOnly[Upload]):
    list_display = ["artifact", "state", "done_bytes", "total_bytes", "error_detail", "created_at"]
    list_filter = ["state"]
    list_select_related = ["artifact"]
