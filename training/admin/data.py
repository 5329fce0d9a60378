"""Pairs, imports and withdrawals, all read-only, and the page that imports a file of pairs."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from training import selectors
from training.api.data import MOST_BYTES, MOST_LINES
from training.models import DataImport, TrainingDataPoint, Withdrawal
from training.pairs import file_import
from training.pairs.file_rows import FORMATS, detect_format
from youman.core.admin.keyset_list import ReadOnly
from youman.core.errors import YoumanError


class _StoredCountsFilter(admin.SimpleListFilter):
    """Choices from the stored counts: Django's own filter queries the table for all its values on every page."""

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[TrainingDataPoint]) -> list[tuple[str, str]]:
        return [(value, value) for value in selectors.values_of(str(self.parameter_name)) if value]

    def queryset(self, request: HttpRequest, queryset: QuerySet[TrainingDataPoint]) -> QuerySet[TrainingDataPoint]:
        return queryset.filter(**{str(self.parameter_name): self.value()}) if self.value() else queryset


def stored_counts_filter(field: str) -> type[_StoredCountsFilter]:
    return type(f"By{field.title()}", (_StoredCountsFilter,), {"title": field, "parameter_name": field})


class ImportForm(forms.Form):
    file = forms.FileField(help_text="JSONL, CSV or Parquet with the columns original and humanized; up to 64 MB")
    format = forms.ChoiceField(
        choices=[("", "from the file extension"), *((name, name) for name in FORMATS)], required=False
    )
    licence = forms.CharField(
        max_length=200, required=False, help_text="The licence under which models may train on the pairs"
    )
    scored = forms.BooleanField(required=False, initial=True, label="Score the quality (up to 5,000 lines)")


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
        view = self.admin_site.admin_view(self.import_page)
        return [path("import/", view, name="training_import"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        return super().changelist_view(request, (extra_context or {}) | {"stats": selectors.stats()})

    def import_page(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("training.add_trainingdatapoint"):
            return HttpResponse(status=403)
        form = ImportForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                row = self._import(request, form)
            except YoumanError as error:
                form.add_error("file", error.detail)
            else:
                counts = f"{row.accepted:,} pairs imported, {row.duplicates:,} already known, {row.refused:,} refused"
                messages.success(request, counts)
                return HttpResponseRedirect(reverse("admin:training_dataimport_change", args=[row.pk]))
        context = self.admin_site.each_context(request) | {"title": "Import pairs", "form": form}
        return TemplateResponse(request, "admin/training/import.html", context)

    def _import(self, request: HttpRequest, form: ImportForm) -> DataImport:
        data = form.cleaned_data
        file, scored = data["file"], bool(data["scored"])
        if file.size > MOST_BYTES:
            raise YoumanError("The file is larger than 64 MB; split it, or use manage.py import_pairs")
        return file_import.import_pairs(
            file=file,
            name=file.name,
            format=data["format"] or detect_format(file.name),
            actor=request.user,
            licence=data["licence"],
            scored=scored,
            max_lines=MOST_LINES[scored],
        )


@admin.register(DataImport)
class DataImportAdmin(ReadOnly[DataImport]):
    list_display = ["name", "licence", "lines", "accepted", "duplicates", "refused", "imported_by", "created_at"]


@admin.register(Withdrawal)
class WithdrawalAdmin(ReadOnly[Withdrawal]):
    list_display = ["created_at", "account", "points", "datasets", "versions"]
    list_select_related = ["account__user"]
