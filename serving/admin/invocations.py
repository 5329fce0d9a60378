"""Admin pages of the ledger and of outcomes, both read-only, and the page of costs and savings."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from serving.admin.money import money_column
from serving.gateway import costs
from serving.gateway.costs import CostQuery
from serving.models import Invocation, InvocationOutcome
from youman.core.admin.actions import permitted_view
from youman.core.admin.keyset_list import ReadOnly
from youman.core.errors import InvalidInput

_MONEY = {"cost": "dollars", "baseline_cost": "baseline_dollars"}
_SHOWN: tuple[str, ...] = tuple(_MONEY.get(one.name, one.name) for one in Invocation._meta.fields)


@admin.register(Invocation)
class InvocationAdmin(ReadOnly[Invocation]):
    list_display = [
        "created_at", "deployment", "model", "account", "tokens_in", "tokens_out", "dollars", "baseline_dollars",
        "baseline_estimated", "service_tier", "latency_ms", "error", "estimated", "cached_hit",
    ]  # fmt: skip
    fields = _SHOWN
    readonly_fields = _SHOWN
    dollars = money_column("cost")
    baseline_dollars = money_column("baseline_cost")
    list_filter = ["deployment", "service_tier", "error", "estimated", "cached_hit"]
    list_select_related = ["deployment"]
    search_fields = ["=transformation", "=account"]
    change_list_template = "admin/serving/invocations.html"

    def get_urls(self) -> list[URLPattern]:
        view = permitted_view(self.admin_site, self.costs_page, "serving.view_invocation")
        return [path("costs/", view, name="serving_costs"), *super().get_urls()]

    def costs_page(self, request: HttpRequest) -> HttpResponse:
        """Show the costs for `?since=&until=&by=&account=`, as in the API; the default is all accounts."""
        context = self.admin_site.each_context(request) | {"title": "Costs and savings", "choices": tuple(costs.FIELDS)}
        try:
            found = CostsForm(request.GET).costs()
        except InvalidInput as error:
            return TemplateResponse(
                request, "admin/serving/costs.html", context | {"problem": error.detail}, status=400
            )
        link = f"{reverse('usage-costs-csv')}?{_query(found)}"
        return TemplateResponse(request, "admin/serving/costs.html", context | {"found": found, "csv": link})


@admin.register(InvocationOutcome)
class InvocationOutcomeAdmin(ReadOnly[InvocationOutcome]):
    list_display = ["created_at", "invocation", "verified", "accepted", "rejected", "undecided", "rating"]
    list_filter = ["verified", "rating"]


class CostsForm(forms.Form):
    """The query of the page; where fields are empty, all accounts' costs of the last thirty days by day."""

    since = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    until = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    by = forms.ChoiceField(choices=[(name, name) for name in costs.FIELDS], required=False)
    account = forms.CharField(required=False)

    def clean_account(self) -> int | None:
        try:
            return costs.check_account(self.cleaned_data["account"] or "all")
        except InvalidInput as error:
            raise forms.ValidationError(error.detail) from error

    def costs(self) -> costs.Costs:
        """Return the costs that the form requests. Raises InvalidInput."""
        if not self.is_valid():
            raise InvalidInput("; ".join(f"{name}: {' '.join(map(str, texts))}" for name, texts in self.errors.items()))
        data, today = self.cleaned_data, timezone.now().date()
        since, until = costs.period_bounds(since=data["since"], until=data["until"], today=today)
        return costs.costs(CostQuery(since, until, data["account"]), data["by"] or "day")


def _query(found: costs.Costs) -> str:
    asked = found.query
    account = "all" if asked.account is None else asked.account
    return f"since={asked.since}&until={asked.until}&by={found.by}&account={account}"
