"""Addresses of serving under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from serving import api

urlpatterns: list[URLPattern] = [
    path("usage/costs", api.CostsView.as_view(), name="usage-costs"),
    path("usage/costs.csv", api.CostsCsvView.as_view(), name="usage-costs-csv"),
    path("deployments", api.DeploymentsView.as_view(), name="deployments"),
    path("deployments/<slug:name>/<slug:deed>", api.DeploymentDeedView.as_view(), name="deployment-deed"),
    path("provider-keys", api.ProviderKeysView.as_view(), name="provider-keys"),
    path("provider-keys/<str:owner>", api.ProviderKeyView.as_view(), name="provider-key"),
    path("invocations", api.InvocationsView.as_view(), name="invocations"),
]
