"""Drift for staff: the latest report of each deployment, the alerts, and acknowledging them."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from serving.api.filters import DriftAlertFilters
from serving.api.responses import DriftAlertResponse, DriftReportResponse
from serving.api.views import StaffView
from serving.deployments import overview
from serving.drift import reports
from youman.core.api.pagination import KeysetPagination


class DriftView(StaffView):
    @extend_schema(responses=DriftReportResponse(many=True))
    def get(self, request: Request) -> Response:
        """The latest report of each deployment; without figures where there were too few calls."""
        return Response(DriftReportResponse(overview.latest_drift(), many=True).data)


class DriftAlertsView(StaffView):
    filterset_class = DriftAlertFilters
    pagination_class = KeysetPagination

    @extend_schema(responses=DriftAlertResponse(many=True))
    def get(self, request: Request) -> Response:
        """Alerts, the newest first."""
        pages = KeysetPagination()
        page = pages.paginate_queryset(self.filtered(overview.drift_alerts()), request, self)
        return pages.get_paginated_response(DriftAlertResponse(page, many=True).data)


class DriftAlertView(StaffView):
    @extend_schema(request=None, responses=DriftAlertResponse, operation_id="drift_alerts_acknowledge")
    def post(self, request: Request, alert_id: UUID) -> Response:
        """Acknowledge an alert: somebody has seen it."""
        return Response(DriftAlertResponse(reports.acknowledge(alert_id=alert_id, actor=request.user)).data)
