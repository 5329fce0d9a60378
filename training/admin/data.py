"""Pairs, imports and withdrawals, all read-only, and the page that imports a file of pairs."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from training import presenters, selectors
from training.models import DataImport, TrainingDataPoint, Withdrawal
from training.pairs import file_import
from training.pairs.file_formats import FORMATS
from training.states import IMPORT_OPEN
from youman.core.accounts.access import is_permitted
from youman.core.admin.actions import permitted_view
from youman.core.admin.keyset_list import ReadOnly
from youman.core.errors import YoumanError
from youman.core.http.files import upload_name

_ADD = "training.add_trainingdatapoint"


class _StoredCountsFilter(admin.SimpleListFilter):
    """Choices from the stored counts: Django's own filter queries the table for all its values on every page."""

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[TrainingDataPoint]) -> list[tuple[str, str]]:
        return [(value, value) for value in selectors.values_of(str(self.parameter_name)) if value]

    def queryset(self, request: HttpRequest, queryset: QuerySet[TrainingDataPoint]) -> QuerySet[TrainingDataPoint]:
        return queryset.filter(**{str(self.parameter_name): self.value()}) if self.value() else queryset


def stored_counts_filter(field: str) -> type[_StoredCountsFilter]:
    return type(f"By{field.title()}", (_StoredCountsFilter,), {"title": field, "parameter_name": field})


class ImportForm(forms.Form):
    file = forms.FileField(help_text="JSON lines, JSON, CSV or Parquet with the columns original and humanized")
    format = forms.ChoiceField(
        choices=[("", "detected from the content"), *((name, name) for name in FORMATS)], required=False
    )
    licence = forms.CharField(
        max_length=200, required=False, help_text="The licence under which models may train on the pairs"
    )
    scored = forms.BooleanField(required=False, initial=True, label="Score the quality (slower)")
    partial = forms.BooleanField(
        required=False, label="Import the good lines although others are refused", help_text="Else it is all or nothing"
    )


@admin.register(TrainingDataPoint)
class TrainingDataPointAdmin(ReadOnly[TrainingDataPoint]):
    list_display = ["id", "excerpt", "words", "language", "domain", "split", "quality", "times_used", "created_at"]
    list_filter = [stored_counts_filter(name) for name in ("split", "language", "domain", "strategy")]
    search_fields = ["=id"]
    search_help_text = "The id of a pair"
    exclude = ["author"]
    change_list_template = "admin/training/points.html"

    @admin.display(description="original")
    def excerpt(self, row: TrainingDataPoint) -> str:
        return row.original[:80]

    def get_urls(self) -> list[URLPattern]:
        view = permitted_view(self.admin_site, self.import_page, _ADD)
        return [path("import/", view, name="training_import"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        return super().changelist_view(request, (extra_context or {}) | {"stats": selectors.stats()})

    def import_page(self, request: HttpRequest) -> HttpResponse:
        form = ImportForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                row = self._import(request, form)
            except YoumanError as error:
                form.add_error("file", error.detail)
            else:
                messages.info(request, "The import is queued; this page shows its progress")
                return HttpResponseRedirect(reverse("admin:training_dataimport_change", args=[row.pk]))
        context = self.admin_site.each_context(request) | {"title": "Import pairs", "form": form}
        return TemplateResponse(request, "admin/training/import.html", context)

    def _import(self, request: HttpRequest, form: ImportForm) -> DataImport:
        data = form.cleaned_data
        file = data["file"]
        order = file_import.ImportRequest(
            upload_name(file.name) or "pairs", data["format"], data["licence"], data["scored"], data["partial"]
        )
        return file_import.queue_import(file=file, request=order, actor=request.user)


@admin.register(DataImport)
class DataImportAdmin(ReadOnly[DataImport]):
    list_display = [
        "name", "state", "licence", "lines", "accepted", "duplicates", "refused", "imported_by", "created_at",
    ]  # fmt: skip
    fields = [
        "name", "state", "progress", "error", "licence", "format", "partial", "scored", "total", "lines", "accepted",
        "duplicates", "refused", "refusals", "imported_by", "created_at", "finished_at",
    ]  # fmt: skip
    readonly_fields = ["progress", "refusals"]
    list_filter = ["state"]
    change_form_template = "admin/training/data_import.html"

    @admin.display(description="progress")
    def progress(self, row: DataImport) -> str:
        return presenters.import_progress(row)

    @admin.display(description="lines not imported")
    def refusals(self, row: DataImport) -> str:
        return "\n".join(f"line {entry['line']}: {entry['problem']}" for entry in row.report) or "–"

    def get_urls(self) -> list[URLPattern]:
        view = permitted_view(self.admin_site, require_POST(self.cancel), _ADD)
        return [path("<uuid:pk>/cancel/", view, name="training_dataimport_cancel"), *super().get_urls()]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        is_open = DataImport.objects.filter(pk=object_id or UUID(int=0), state__in=IMPORT_OPEN).exists()
        may_cancel = is_open and is_permitted(request.user, _ADD)
        extra = (extra_context or {}) | {"is_open": is_open, "may_cancel": may_cancel}
        return super().changeform_view(request, object_id, form_url, extra)

    def cancel(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        try:
            file_import.cancel_import(row=selectors.import_of(pk), actor=request.user)
        except YoumanError as error:
            messages.error(request, error.detail)
        return HttpResponseRedirect(reverse("admin:training_dataimport_change", args=[pk]))


@admin.register(Withdrawal)
class WithdrawalAdmin(ReadOnly[Withdrawal]):
    list_display = ["created_at", "account", "points", "datasets", "versions"]
    list_select_related = ["account__user"]
