"""Admin pages of drift: read-only reports, and alerts that staff acknowledge."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from serving.drift.reports import acknowledge
from serving.models import DriftAlert, DriftReport
from youman.core.admin.keyset_list import ReadOnly
from youman.core.errors import YoumanError


@admin.register(DriftReport)
class DriftReportAdmin(ReadOnly[DriftReport]):
    list_display = ["until", "deployment", "recent_calls", "reference_calls", "drifted"]
    list_filter = ["deployment"]
    list_select_related = ["deployment"]

    @admin.display(description="drifted")
    def drifted(self, row: DriftReport) -> str:
        return ", ".join(one["name"] for one in row.figures if one["drifted"]) or "–"


@admin.register(DriftAlert)
class DriftAlertAdmin(ReadOnly[DriftAlert]):
    list_display = ["created_at", "deployment", "figure", "sentence", "acknowledged_at", "acknowledged_by"]
    list_filter = ["deployment", "figure", ("acknowledged_at", admin.EmptyFieldListFilter)]
    list_select_related = ["deployment"]
    actions = ["acknowledge"]

    @admin.action(description="Acknowledge: mark as seen", permissions=["act"])
    def acknowledge(self, request: HttpRequest, queryset: QuerySet[DriftAlert]) -> None:
        for row in queryset:
            try:
                acknowledge(alert_id=row.pk, actor=request.user)
            except YoumanError as error:
                messages.error(request, f"{row}: {error.detail}")
                continue
            messages.success(request, f"{row}: acknowledged")
