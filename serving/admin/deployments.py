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

from serving.backends import vendors
from serving.deployments import acceptance_by_band, lifecycle, overview, rollout
from serving.gateway.breaker import Health, health_of
from serving.models import Deployment
from youman.core.accounts import audit
from youman.core.admin.keyset_list import RefusalMessages
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
            if self.instance.pk:
                lifecycle.check_pinned(Deployment.objects.get(pk=self.instance.pk), self.changed_data)
            lifecycle.check_fields(
                backend=str(data.get("backend") or self.instance.backend),
                options=data.get("options") or {},
                capabilities=data.get("capabilities") or {},
                languages=data.get("languages") or [],
                endpoint=str(data.get("endpoint") or ""),
            )
        except YoumanError as error:
            raise forms.ValidationError(error.detail) from error
        return data


@admin.register(Deployment)
class DeploymentAdmin(RefusalMessages[Deployment]):
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
    readonly_fields = ["state", "state_note", "health", "last_failure", "created_at", "learnt"]
    raw_id_fields = ["version"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    actions = ["deploy", "promote", "roll_back", "drain", "resume", "retire", "reset_breaker"]

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ChangeList]:
        return WithHealth

    def get_readonly_fields(self, request: HttpRequest, obj: Deployment | None = None) -> list[str]:
        pinned = lifecycle.PINNED if obj is not None and obj.state not in lifecycle.EDITABLE else ()
        return [*self.readonly_fields, *pinned]

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False  # the ledger refers to it; retire it instead

    @admin.display(description="breaker")
    def breaker(self, row: Deployment) -> str:
        seen: Health = row.seen_health  # type: ignore[attr-defined]  # set by WithHealth
        until = f" until {seen.until:%H:%M:%S}" if seen.until else ""
        return f"{seen.state}{until}{f' ({seen.why})' if seen.why else ''}"

    @admin.display(description="health")
    def health(self, row: Deployment) -> str:
        """Describe the breaker, and the calls of the last day."""
        seen, day = health_of([row.name])[row.name], overview.last_day(row)
        until = f" until {seen.until:%H:%M:%S} UTC" if seen.until else ""
        breaker = f"breaker {seen.state}{until}{f' ({seen.why})' if seen.why else ''}"
        return f"{breaker}; {day.failed} of {day.calls} calls failed in the last 24 hours"

    @admin.display(description="last failure")
    def last_failure(self, row: Deployment) -> str:
        """Describe the latest failed call of the last day, with the reason if the model could not be loaded."""
        day = overview.last_day(row)
        if day.failed_at is None:
            return "none in the last 24 hours"
        return f"{day.failed_at:%Y-%m-%d %H:%M:%S} UTC: {day.kind}{f' ({day.fault})' if day.fault else ''}"

    @admin.display(description="learnt from writers")
    def learnt(self, row: Deployment) -> str:
        """Describe what moves it in the order of candidates, unless it is `frozen`."""
        found = acceptance_by_band.expectations().expectations_of(
            row.pk or 0, row.version.model_id if row.version else None
        )
        lines = [f"{one.complexity} texts, {one.strategy}: {one.summary}" for one in found]
        return "; ".join(lines) or "nothing yet: nobody has decided on its edits"

    def save_model(self, request: HttpRequest, obj: Deployment, form: ModelForm[Deployment], change: bool) -> None:
        if change:
            lifecycle.change(deployment=obj, fields=form.changed_data, actor=request.user)
            return
        details = {name: audit.shown(getattr(obj, name)) for name in form.changed_data}
        lifecycle.create(deployment=obj, actor=request.user, details=details)

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
