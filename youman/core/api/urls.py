"""Addresses of the kernel under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from youman.core.api import views

urlpatterns: list[URLPattern] = [
    path("api-keys", views.ApiKeysView.as_view(), name="api-keys"),
    path("api-keys/<int:key_id>", views.ApiKeyView.as_view(), name="api-key"),
]
