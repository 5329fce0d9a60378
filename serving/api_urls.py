"""Addresses of serving under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from serving import api, api_drift

urlpatterns: list[URLPattern] = [
    path("usage/costs", api.CostsView.as_view(), name="usage-costs"),
    path("usage/costs.csv", api.CostsCsvView.as_view(), name="usage-costs-csv"),
    path("deployments", api.DeploymentsView.as_view(), name="deployments"),
    path("deployments/<slug:name>/<slug:deed>", api.DeploymentDeedView.as_view(), name="deployment-deed"),
    path("provider-keys", api.ProviderKeysView.as_view(), name="provider-keys"),
    path("provider-keys/<str:owner>", api.ProviderKeyView.as_view(), name="provider-key"),
    path("drift", api_drift.DriftView.as_view(), name="drift"),
    path("drift/alerts", api_drift.DriftAlertsView.as_view(), name="drift-alerts"),
    path("drift/alerts/<uuid:alert_id>/acknowledge", api_drift.DriftAlertView.as_view(), name="drift-alert"),
    path("invocations", api.InvocationsView.as_view(), name="invocations"),
]
