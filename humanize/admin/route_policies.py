"""Admin page of the route policies, with a dry run: paste a text, choose a tier, and see the route and its reasons."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from humanize.cli.dry_run import DryRun, dry_run
from humanize.models import RoutePolicy
from humanize.routing.policy import DEFAULTS, TIERS, Policy
from serving.admin.money import money_column
from youman.core.accounts import audit
from youman.core.admin.actions import permitted_view
from youman.core.errors import YoumanError

MOST_CHARACTERS = 200_000


class DryRunForm(forms.Form):
    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 10, "cols": 90}), max_length=MOST_CHARACTERS)
    tier = forms.ChoiceField(choices=[(tier, tier.capitalize()) for tier in TIERS], initial="PROFESSIONAL")
    model = forms.CharField(initial="auto", max_length=100, help_text="auto, or an id from the list of models")
    patient = forms.BooleanField(required=False, label="The text may wait for a vendor's batch")


@admin.register(RoutePolicy)
class RoutePolicyAdmin(admin.ModelAdmin[RoutePolicy]):
    list_display = [
        "tier",
        "aim",
        "uses_llms",
        "uses_own_models",
        "floor",
        "worth_in_dollars",
        "attempts",
        "second_look",
        "candidates",
        "second_opinion",
        "learns",
    ]
    change_list_template = "admin/humanize/route_policies.html"
    worth_in_dollars = money_column("worth")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """Show the tiers without a row below the list, each with its default policy to start from."""
        stored = set(RoutePolicy.objects.values_list("tier", flat=True))
        defaults = [(tier, policy) for tier, policy in DEFAULTS.items() if tier not in stored]
        return super().changelist_view(request, {"defaults": defaults} | (extra_context or {}))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, str | list[str]]:
        """Fill the form for a new row with the default policy of its tier."""
        policy = DEFAULTS.get(request.GET.get("tier", ""))
        return super().get_changeform_initial_data(request) | (_form_values(policy) if policy else {})

    def get_readonly_fields(self, request: HttpRequest, obj: RoutePolicy | None = None) -> tuple[str, ...]:
        return ("tier",) if obj else ()

    def save_model(
        self, request: HttpRequest, obj: RoutePolicy, form: forms.ModelForm[RoutePolicy], change: bool
    ) -> None:
        with transaction.atomic():
            before = RoutePolicy.objects.select_for_update().filter(pk=obj.pk).first()
            super().save_model(request, obj, form, change)
            assert request.user.is_authenticated
            old, new = audit.difference(before, obj)
            audit.record(actor=request.user, verb="change policy", subject=obj, before=old, after=new)

    def delete_model(self, request: HttpRequest, obj: RoutePolicy) -> None:
        """Delete the row, so that the tier uses its default policy again."""
        with transaction.atomic():
            audit.record(actor=request.user, verb="delete policy", subject=obj, before=audit.difference(None, obj)[1])
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[RoutePolicy]) -> None:
        for row in queryset:
            self.delete_model(request, row)

    def get_urls(self) -> list[URLPattern]:
        view = permitted_view(self.admin_site, self.dry_run, "humanization.view_routepolicy")
        return [path("dry-run/", view, name="route-dry-run"), *super().get_urls()]

    def dry_run(self, request: HttpRequest) -> HttpResponse:
        """Show the route for a text without changing anything. It uses POST since a text is too long for a URL."""
        form = DryRunForm(request.POST or None)
        run = _run(form) if form.is_bound and form.is_valid() else None
        context = self.admin_site.each_context(request) | {"form": form, "run": run, "title": "Dry run of the router"}
        return render(request, "admin/humanize/dry_run.html", context)


def _form_values(policy: Policy) -> dict[str, str | list[str]]:
    names = (
        "aim",
        "floor",
        "worth",
        "volume_words",
        "attempts",
        "deadline_s",
        "hedge_after_s",
        "second_look",
        "candidates",
        "second_opinion",
        "opinion_by",
        "learns",
    )
    engines = {"uses_llms": "llm" in policy.kinds, "uses_own_models": "model" in policy.kinds}
    return engines | {name: getattr(policy, name) for name in names}


def _run(form: DryRunForm) -> DryRun | None:
    asked = form.cleaned_data
    try:
        return dry_run(text=asked["text"], tier=asked["tier"], model=asked["model"], patient=asked["patient"])
    except YoumanError as error:
        form.add_error(None, error.detail)
        return None
