"""Routes of serving under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from serving.api import drift, views

urlpatterns: list[URLPattern] = [
    path("usage/costs", views.CostsView.as_view(), name="usage-costs"),
    path("usage/costs.csv", views.CostsCsvView.as_view(), name="usage-costs-csv"),
    path("deployments", views.DeploymentsView.as_view(), name="deployments"),
    path("deployments/<slug:name>/<slug:action>", views.DeploymentActionView.as_view(), name="deployment-action"),
    path("provider-keys", views.ProviderKeysView.as_view(), name="provider-keys"),
    path("provider-keys/<str:owner>", views.ProviderKeyView.as_view(), name="provider-key"),
    path("drift", drift.DriftView.as_view(), name="drift"),
    path("drift/alerts", drift.DriftAlertsView.as_view(), name="drift-alerts"),
    path("drift/alerts/<uuid:alert_id>/acknowledge", drift.DriftAlertView.as_view(), name="drift-alert"),
    path("invocations", views.InvocationsView.as_view(), name="invocations"),
]
