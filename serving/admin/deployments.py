"""Admin page of deployments: actions change their state, breaker and pause are shown and can be reset."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone

from serving.backends import vendors
from serving.deployments import acceptance_by_band, lifecycle, rollout
from serving.gateway import snapshot
from serving.gateway.breaker import Health, health_of
from serving.models import Deployment
from youman.core.accounts import audit
from youman.core.errors import YoumanError


class WithHealth(ChangeList):
    """A list that reads the health of its rows in one round trip."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        found = health_of(row.name for row in self.result_list)
        for row in self.result_list:
            row.seen_health = found[row.name]


class DeploymentForm(forms.ModelForm[Deployment]):
    """A form that refuses JSON which would otherwise fail at the first call."""

    backend = forms.ChoiceField(choices=vendors.choices)

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        try:
            lifecycle.check_fields(
                backend=str(data.get("backend") or ""),
                options=data.get("options") or {},
                capabilities=data.get("capabilities") or {},
                languages=data.get("languages") or [],
                endpoint=str(data.get("endpoint") or ""),
            )
        except YoumanError as error:
            raise forms.ValidationError(error.detail) from error
        return data


@admin.register(Deployment)
class DeploymentAdmin(admin.ModelAdmin[Deployment]):
    form = DeploymentForm
    list_display = [
        "name",
        "kind",
        "backend",
        "provider_model",
        "state",
        "breaker",
        "tier_floor",
        "traffic_share",
        "frozen",
    ]
    list_filter = ["state", "kind", "backend", "frozen"]
    list_select_related = ["provider_model"]
    search_fields = ["name", "description"]
    readonly_fields = ["state", "state_note", "created_at", "learnt"]
    raw_id_fields = ["version"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    actions = ["deploy", "promote", "roll_back", "drain", "resume", "retire", "reset_breaker"]

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ChangeList]:
        return WithHealth

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False  # the ledger refers to it; retire it instead

    @admin.display(description="breaker")
    def breaker(self, row: Deployment) -> str:
        seen: Health = row.seen_health  # type: ignore[attr-defined]  # set by WithHealth
        until = f" until {seen.until:%H:%M:%S}" if seen.until else ""
        return f"{seen.state}{until}{f' ({seen.why})' if seen.why else ''}"

    @admin.display(description="learnt from writers")
    def learnt(self, row: Deployment) -> str:
        """Describe what moves it in the order of candidates, unless it is `frozen`."""
        found = acceptance_by_band.expectations().expectations_of(
            row.pk or 0, row.version.model_id if row.version else None
        )
        lines = [f"{one.complexity} texts, {one.strategy}: {one.summary}" for one in found]
        return "; ".join(lines) or "nothing yet: nobody has decided on its edits"

    def save_model(self, request: HttpRequest, obj: Deployment, form: ModelForm[Deployment], change: bool) -> None:
        if "traffic_share" in form.changed_data:
            obj.share_since = timezone.now()
        fields = ", ".join(form.changed_data)
        if not change:
            lifecycle.create(deployment=obj, actor=request.user, details={"fields": fields})
            return
        super().save_model(request, obj, form, change)
        audit.record(actor=request.user, verb="change", subject=obj, after={"fields": fields})
        snapshot.clear_cache()

    @admin.action(description="Deploy: run the checks and accept calls", permissions=["change"])
    def deploy(self, request: HttpRequest, queryset: QuerySet[Deployment]) -> None:
        self._each(request, queryset, lifecycle.deploy)

    @admin.action(description="Promote to 100 % and drain other deployments of this model", permissions=["change"])
    def promote(self, request: HttpRequest, queryset: QuerySet[Deployment]) -> None:
        self._each(request, queryset, rollout.promote)

    @admin.action(description="Roll back to the previous deployment", permissions=["change"])
    def roll_back(self, request: HttpRequest, queryset: QuerySet[Deployment]) -> None:
        self._each(request, queryset, rollout.roll_back)

    @admin.action(description="Drain: accept no new calls", permissions=["change"])
    def drain(self, request: HttpRequest, queryset: QuerySet[Deployment]) -> None:
        self._each(request, queryset, lifecycle.drain)

    @admin.action(description="Resume a draining deployment", permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Deployment]) -> None:
        self._each(request, queryset, lifecycle.resume)

    @admin.action(description="Retire permanently", permissions=["change"])
    def retire(self, request: HttpRequest, queryset: QuerySet[Deployment]) -> None:
        self._each(request, queryset, lifecycle.retire)

    @admin.action(description="Reset breaker and pause", permissions=["change"])
    def reset_breaker(self, request: HttpRequest, queryset: QuerySet[Deployment]) -> None:
        self._each(request, queryset, lifecycle.reset_health)

    def _each(self, request: HttpRequest, rows: QuerySet[Deployment], deed: Callable[..., object]) -> None:
        for row in rows.select_related("version__model"):
            try:
                deed(deployment=row, actor=request.user)
            except YoumanError as error:
                messages.error(request, f"{row.name}: {error.detail}")
                continue
            state, note = Deployment.objects.values_list("state", "state_note").get(pk=row.pk)
            say = messages.error if note else messages.success
            say(request, f"{row.name} is {state}{f': {note}' if note else ''}")
