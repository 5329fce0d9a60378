"""Drift for staff: the latest report of each deployment, the alerts, and acknowledging them."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from serving.api.filters import DriftAlertFilters
from serving.api.views import StaffView
from serving.deployments import overview
from serving.drift import reports
from serving.models import Deployment, DriftAlert, DriftReport
from youman.core.api.pagination import KeysetPagination

Plain = serializers.Serializer[object]


class DriftFigureReply(Plain):
    name = serializers.CharField()
    value = serializers.FloatField(help_text="PSI of an input, or the change of a share")
    threshold = serializers.FloatField()
    drifted = serializers.BooleanField()
    sentence = serializers.CharField()


class DriftReportReply(serializers.ModelSerializer[DriftReport]):
    deployment = serializers.SlugRelatedField[Deployment](slug_field="name", read_only=True)
    figures = DriftFigureReply(many=True)

    class Meta:
        model = DriftReport
        fields = [
            "deployment", "created_at", "reference_from", "recent_from", "until", "reference_calls", "recent_calls",
            "figures",
        ]  # fmt: skip


class DriftAlertReply(serializers.ModelSerializer[DriftAlert]):
    deployment = serializers.SlugRelatedField[Deployment](slug_field="name", read_only=True)

    class Meta:
        model = DriftAlert
        fields = [
            "id", "deployment", "figure", "value", "threshold", "sentence", "created_at", "acknowledged_at",
            "acknowledged_by",
        ]  # fmt: skip


class DriftView(StaffView):
    @extend_schema(responses=DriftReportReply(many=True))
    def get(self, request: Request) -> Response:
        """The latest report of each deployment; without figures where there were too few calls."""
        return Response(DriftReportReply(overview.latest_drift(), many=True).data)


class DriftAlertsView(StaffView):
    filterset_class = DriftAlertFilters
    pagination_class = KeysetPagination

    @extend_schema(responses=DriftAlertReply(many=True))
    def get(self, request: Request) -> Response:
        """Alerts, the newest first."""
        pages = KeysetPagination()
        page = pages.paginate_queryset(self.filtered(overview.drift_alerts()), request, self)
        return pages.get_paginated_response(list(DriftAlertReply(page, many=True).data))


class DriftAlertView(StaffView):
    @extend_schema(request=None, responses=DriftAlertReply, operation_id="drift_alerts_acknowledge")
    def post(self, request: Request, alert_id: UUID) -> Response:
        """Acknowledge an alert: somebody has seen it."""
        return Response(DriftAlertReply(reports.acknowledge(alert_id=alert_id, actor=request.user)).data)
