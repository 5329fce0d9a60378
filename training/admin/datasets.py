"""Frozen datasets: created from a query, viewed and exported, never changed."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from training.datasets.freezing import SOURCES, DatasetQuery, freeze
from training.models import Dataset
from youman.core.admin.keyset_list import KeysetAdmin, RefusalMessages


class DatasetForm(forms.ModelForm[Dataset]):
    """The fields of the query; `freeze` creates the dataset."""

    min_quality = forms.FloatField(
        required=False,
        min_value=0,
        max_value=1,
        label="Minimum quality",
        help_text="From 0 to 1; excludes unscored pairs. Empty for no minimum",
    )
    languages = forms.CharField(
        required=False, help_text="Comma-separated language codes, such as en, de; empty for all"
    )
    domains = forms.CharField(required=False, help_text="Comma-separated; empty for all")
    source = forms.ChoiceField(choices=[(name, name) for name in SOURCES])
    min_words = forms.IntegerField(
        initial=1, min_value=0, label="Minimum words", help_text="Minimum number of words in the draft"
    )
    per_author = forms.IntegerField(initial=500, min_value=1, help_text="Maximum pairs per author")
    per_cluster = forms.IntegerField(initial=1, min_value=1, help_text="Maximum pairs per near-duplicate cluster")
    limit = forms.IntegerField(
        required=False, min_value=1, help_text="Maximum pairs in the dataset; empty for no maximum"
    )

    class Meta:
        model = Dataset
        fields = ["name"]

    def query(self) -> DatasetQuery:
        data = self.cleaned_data
        return DatasetQuery(
            min_quality=data["min_quality"],
            languages=_words(data["languages"]),
            domains=_words(data["domains"]),
            source=data["source"],
            min_words=data["min_words"],
            per_author=data["per_author"],
            per_cluster=data["per_cluster"],
            limit=data["limit"],
        )


@admin.register(Dataset)
class DatasetAdmin(RefusalMessages[Dataset], KeysetAdmin[Dataset]):
    form = DatasetForm
    list_display = ["name", "points", "splits", "withdrawn", "created_by", "created_at"]
    list_display_links = ["name"]
    search_fields = ["^name"]
    change_form_template = "admin/training/dataset.html"

    @admin.display(description="train / dev / test")
    def splits(self, row: Dataset) -> str:
        return " / ".join(f"{row.counts['split'].get(split, 0):,}" for split in ("train", "dev", "test"))

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Dataset, form: ModelForm[Dataset], change: bool) -> None:
        assert isinstance(form, DatasetForm)
        dataset = freeze(name=obj.name, query=form.query(), actor=request.user)
        obj.pk = dataset.pk


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())
