"""Webhooks, their deliveries and the replay."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from registry import asks, replies, shapes, webhooks
from registry.models import Webhook, WebhookDelivery
from registry.viewing import RegistryView, paged, text_filters
from youman.core.drf.pagination import KeysetPagination


class WebhooksView(RegistryView):
    pagination_class = KeysetPagination

    @extend_schema(responses=replies.WebhookReply(many=True))
    def get(self, request: Request) -> Response:
        """Who is told of the registry's events."""
        return paged(request, Webhook.objects.defer("secret"), shapes.webhook, self)

    @extend_schema(request=asks.WebhookAsk, responses={201: replies.MadeWebhookReply})
    def post(self, request: Request) -> Response:
        """Add one; its secret is shown this once."""
        data = asks.checked(asks.WebhookAsk, request.data)
        made = webhooks.create_webhook(actor=request.user, **data)
        body = shapes.webhook(made.webhook) | {"secret": made.secret}
        return Response(body, status=status.HTTP_201_CREATED)


class WebhookView(RegistryView):
    @extend_schema(responses=replies.WebhookReply)
    def get(self, request: Request, webhook_id: UUID) -> Response:
        """One webhook, without its secret."""
        return Response(shapes.webhook(webhooks.webhook_by_id(webhook_id)))

    @extend_schema(request=asks.SwitchAsk, responses=replies.WebhookReply)
    def patch(self, request: Request, webhook_id: UUID) -> Response:
        """Switch it on or off."""
        active = asks.checked(asks.SwitchAsk, request.data)["is_active"]
        hook = webhooks.switch_webhook(webhook=webhooks.webhook_by_id(webhook_id), active=active, actor=request.user)
        return Response(shapes.webhook(hook))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, webhook_id: UUID) -> Response:
        """Remove it with its log."""
        webhooks.delete_webhook(webhook=webhooks.webhook_by_id(webhook_id), actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class DeliveriesView(RegistryView):
    pagination_class = KeysetPagination

    @extend_schema(responses=replies.DeliveryReply(many=True), parameters=text_filters("state", "event"))
    def get(self, request: Request, webhook_id: UUID) -> Response:
        """What was sent and every attempt, the newest first."""
        rows = WebhookDelivery.objects.filter(webhook=webhooks.webhook_by_id(webhook_id)).prefetch_related("log")
        for name in ("state", "event"):
            if request.query_params.get(name):
                rows = rows.filter(**{name: request.query_params[name]})
        return paged(request, rows, shapes.delivery, self)


class ReplayView(RegistryView):
    @extend_schema(request=None, responses={202: replies.DeliveryReply})
    def post(self, request: Request, delivery_id: UUID) -> Response:
        """Send it again."""
        delivery = webhooks.replay(delivery_id=delivery_id, actor=request.user)
        return Response(shapes.delivery(delivery), status=status.HTTP_202_ACCEPTED)
