"""Routes of drift, for staff: the latest report of each deployment, the alerts, and acknowledging them."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from serving.api.filters import DriftAlertFilters
from serving.api.responses import DriftAlertResponse, DriftReportResponse
from serving.deployments import overview
from serving.drift import reports
from serving.models import DriftAlert, DriftReport
from youman.core.accounts import scopes
from youman.core.accounts.access import StaffAccess
from youman.core.api.base import ApiView
from youman.core.api.pagination import KeysetPagination


class DriftView(ApiView):
    access = StaffAccess(scopes.SERVING, DriftReport)

    @extend_schema(responses=DriftReportResponse(many=True))
    def get(self, request: Request) -> Response:
        """List the latest report of each deployment; too few calls give no figures."""
        return Response(DriftReportResponse(overview.latest_drift(), many=True).data)


class DriftAlertsView(ApiView):
    access = StaffAccess(scopes.SERVING, DriftAlert)
    filterset_class = DriftAlertFilters
    pagination_class = KeysetPagination

    @extend_schema(responses=DriftAlertResponse(many=True))
    def get(self, request: Request) -> Response:
        """List alerts, newest first."""
        return self.page(self.filter_rows(overview.drift_alerts()), DriftAlertResponse)


class DriftAlertView(ApiView):
    access = StaffAccess(scopes.SERVING, DriftAlert, verbs={"POST": "change"})

    @extend_schema(request=None, responses=DriftAlertResponse, operation_id="drift_alerts_acknowledge")
    def post(self, request: Request, alert_id: UUID) -> Response:
        """Acknowledge an alert, so that the next change of its figure is reported again."""
        return Response(DriftAlertResponse(reports.acknowledge(alert_id=alert_id, actor=request.user)).data)
