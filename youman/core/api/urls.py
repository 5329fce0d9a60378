"""URLs of the kernel under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from youman.core.api import views, webhooks

urlpatterns: list[URLPattern] = [
    path("api-keys", views.ApiKeysView.as_view(), name="api-keys"),
    path("api-keys/<int:key_id>", views.ApiKeyView.as_view(), name="api-key"),
    path("webhooks", webhooks.WebhooksView.as_view(), name="webhooks"),
    path("webhooks/<uuid:webhook_id>", webhooks.WebhookView.as_view(), name="webhook"),
    path("webhooks/<uuid:webhook_id>/deliveries", webhooks.DeliveriesView.as_view(), name="webhook-deliveries"),
    path("webhook-deliveries/<uuid:delivery_id>/replay", webhooks.ReplayView.as_view(), name="delivery-replay"),
]
