"""Admin pages of the alias ledger and of promotion requests, with the evidence of each decision in a table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from registry.models import AliasEvent, PromotionRequest
from registry.templatetags.figures import figure
from registry.versions import promotion
from youman.core.admin.actions import actor_of, permitted_view, report_result
from youman.core.admin.keyset_list import ReadOnly


def evidence_table(evidence: Mapping[str, Any]) -> str:
    """Return a table of the candidate's and the holder's metrics, then the gate and the data, as HTML."""
    sides = evidence.get("metrics") or {}
    rows = format_html_join(
        "",
        '<tr><td>{}</td><td class="number">{}</td><td class="number">{}</td></tr>',
        ((name, figure(one.get("candidate")), figure(one.get("holder"))) for name, one in sides.items()),
    )
    holder = evidence.get("holder") or "none before"
    head = format_html("<thead><tr><th>Metric</th><th>Candidate</th><th>Holder ({})</th></tr></thead>", holder)
    table = format_html("<table>{}<tbody>{}</tbody></table>", head, rows) if sides else ""
    said = [*_gate_lines(evidence.get("gate")), *_line("Data", evidence.get("dataset_hash"))]
    return table + format_html_join(
        "", "<p>{}</p>", ((line,) for line in [*said, *_line("Note", evidence.get("note"))])
    )


def _gate_lines(gate: Mapping[str, Any] | None) -> list[str]:
    if not gate:
        return []
    checks = ", ".join(f"{one['name']} {'passed' if one['passed'] else 'failed'}" for one in gate["checks"])
    return [f"Gate {'passed' if gate['passed'] else 'failed'}: {checks}"]


def _line(name: str, value: object) -> list[str]:
    return [f"{name}: {value}"] if value else []


_Row = TypeVar("_Row", AliasEvent, PromotionRequest)


class _Weighed(ReadOnly[_Row]):
    """Show `evidence` as a table."""

    class Media:
        css = {"all": ["registry/registry.css"]}

    @admin.display(description="Evidence")
    def weighed(self, row: _Row) -> str:
        return SafeString(f'<div class="registry">{evidence_table(row.evidence)}</div>')  # every part was escaped


@admin.register(AliasEvent)
class AliasEventAdmin(_Weighed[AliasEvent]):
    list_display = ["created_at", "alias", "kind", "before", "after", "actor", "approved_by", "reason"]
    list_filter = ["kind"]
    search_fields = ["alias", "actor", "model__name"]
    list_select_related = ["model", "before__model", "after__model"]
    fields = ["created_at", "model", "alias", "kind", "before", "after", "actor", "approved_by", "reason", "weighed"]


@admin.register(PromotionRequest)
class PromotionRequestAdmin(_Weighed[PromotionRequest]):
    list_display = ["alias", "version", "state", "requested_by", "reason", "decided_by", "created_at"]
    list_filter = ["state"]
    list_select_related = ["model", "version__model"]
    fields = ["model", "alias", "version", "state", "requested_by", "reason", "weighed", "decided_by", "decided_at",
              "decision_reason"]  # fmt: skip
    actions = ["approve", "reject"]
    change_form_template = "admin/registry/promotion.html"

    @admin.action(description="Approve as the second person", permissions=["act"])
    def approve(self, request: HttpRequest, queryset: QuerySet[PromotionRequest]) -> None:
        for row in queryset:
            self._decide(request, row, "approve", "")

    @admin.action(description="Reject", permissions=["act"])
    def reject(self, request: HttpRequest, queryset: QuerySet[PromotionRequest]) -> None:
        for row in queryset:
            self._decide(request, row, "reject", "Rejected in the admin")

    def _decide(self, request: HttpRequest, row: PromotionRequest, verb: str, reason: str) -> None:
        do, done = (promotion.approve, "approved") if verb == "approve" else (promotion.reject, "rejected")
        report_result(request, row.alias, partial(do, request_id=row.pk, actor=actor_of(request), reason=reason), done)

    def get_urls(self) -> list[URLPattern]:
        view = permitted_view(self.admin_site, self.decide, "registry.change_promotionrequest")
        return [path("<uuid:pk>/decide/", view, name="registry_promotion_decide"), *super().get_urls()]

    def decide(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Approve or reject, as the page's buttons request; the service checks whether this person may."""
        row, verb = PromotionRequest.objects.filter(pk=pk).first(), request.POST.get("verb", "")
        if request.method == "POST" and row is not None and verb in {"approve", "reject"}:
            self._decide(request, row, verb, request.POST.get("reason", ""))
        return HttpResponseRedirect(reverse("admin:registry_promotionrequest_change", args=[pk]))
