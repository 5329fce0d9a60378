"""Admin pages of the catalogue with its prices, and of vendors' keys, whose secrets are never shown again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest

from serving.backends import vendors
from serving.deployments import provider_keys
from serving.gateway import keys, snapshot
from serving.models import PriceOverride, ProviderKey, ProviderModel, TierPrice
from youman.core.accounts import audit
from youman.core.errors import YoumanError


class PriceOverrides(admin.TabularInline[PriceOverride, ProviderModel]):
    model = PriceOverride
    extra = 0


class TierPrices(admin.TabularInline[TierPrice, ProviderModel]):
    model = TierPrice
    extra = 0


@admin.register(ProviderModel)
class ProviderModelAdmin(admin.ModelAdmin[ProviderModel]):
    list_display = ["model_id", "provider", "name", "size", "released_on", "ends_on", "successor"]
    list_filter = ["provider", "size"]
    list_select_related = ["successor"]
    search_fields = ["model_id", "name"]
    inlines = [PriceOverrides, TierPrices]

    def save_model(
        self, request: HttpRequest, obj: ProviderModel, form: ModelForm[ProviderModel], change: bool
    ) -> None:
        before = ProviderModel.objects.select_for_update().filter(pk=obj.pk).first()
        super().save_model(request, obj, form, change)
        old, new = audit.difference(before, obj)
        if new:
            audit.record(actor=request.user, verb="change" if change else "create", subject=obj, before=old, after=new)

    def save_formset(
        self, request: HttpRequest, form: object, formset: BaseInlineFormSet[Any, Any, Any], change: bool
    ) -> None:
        """Record every price that is added, changed or deleted, with its old and new values."""
        assert formset.model is not None
        rows = formset.model.objects
        known = {
            row.pk: row for row in rows.filter(pk__in=[one.instance.pk for one in formset.forms if one.instance.pk])
        }
        super().save_formset(request, form, formset, change)
        for row in formset.new_objects:
            audit.record(actor=request.user, verb="create", subject=row, after=audit.difference(None, row)[1])
        for row, _ in formset.changed_objects:
            old, new = audit.difference(known[row.pk], row)
            audit.record(actor=request.user, verb="change", subject=row, before=old, after=new)
        for row in known.values():
            if not rows.filter(pk=row.pk).exists():
                audit.record(actor=request.user, verb="delete", subject=row, before=audit.difference(None, row)[1])
        snapshot.clear_cache()


class KeyForm(forms.ModelForm[ProviderKey]):
    """The secret exists only as a field of this form: the stored value is never shown."""

    owner = forms.ChoiceField(choices=())
    hosts = forms.CharField(
        required=False,
        max_length=2_000,
        help_text="Hosts of your own endpoints that may receive the key, comma-separated, such as gateway.example or "
        "10.0.0.7:4000; for the key of a deployment, its endpoint if you leave this empty",
    )
    key = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}), help_text="Stored encrypted; cannot be viewed again"
    )

    class Meta:
        model = ProviderKey
        fields = ["owner", "hosts"]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through
        owners = [self.instance.owner] if self.instance.pk else provider_keys.owners()
        self.initial["hosts"] = ", ".join(self.instance.hosts)
        self.fields["owner"] = forms.ChoiceField(choices=[(one, _owner_label(one)) for one in owners])

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        try:
            provider_keys.check_key(str(data.get("owner", "")), str(data.get("key", "")))
            data["hosts"] = keys.checked_hosts(str(data.get("hosts", "")).split(","))
        except YoumanError as error:
            raise forms.ValidationError(error.detail) from error
        return data

    def validate_unique(self) -> None:
        """Skip the check, because a second key of an owner replaces the first."""


def _owner_label(owner: str) -> str:
    vendor = vendors.descriptors().get(owner)
    return f"{vendor.label} ({owner})" if vendor else owner


@admin.register(ProviderKey)
class ProviderKeyAdmin(admin.ModelAdmin[ProviderKey]):
    form = KeyForm
    list_display = ["owner", "hint", "hosts", "created_at", "rotated_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProviderKey]:
        return ProviderKey.objects.defer("secret")

    def save_model(self, request: HttpRequest, obj: ProviderKey, form: KeyForm, change: bool) -> None:
        data = form.cleaned_data
        stored = provider_keys.store_key(
            owner=str(data["owner"]), secret=str(data["key"]), hosts=data["hosts"], actor=request.user
        )
        obj.pk = stored.pk

    def delete_model(self, request: HttpRequest, obj: ProviderKey) -> None:
        provider_keys.remove_key(owner=obj.owner, actor=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ProviderKey]) -> None:
        for row in queryset:
            provider_keys.remove_key(owner=row.owner, actor=request.user)
