"""Webhooks, their deliveries and the replay."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from registry import presenters
from registry.api import filters, requests, responses
from registry.api.base import RegistryView, paged
from registry.models import Webhook, WebhookDelivery
from registry.webhooks.delivery import create_webhook, delete_webhook, replay, switch_webhook, webhook_by_id
from youman.core.api.pagination import KeysetPagination


class WebhooksView(RegistryView):
    pagination_class = KeysetPagination

    @extend_schema(responses=responses.WebhookReply(many=True))
    def get(self, request: Request) -> Response:
        """Who is told of the registry's events."""
        return paged(request, Webhook.objects.defer("secret"), presenters.webhook, self)

    @extend_schema(request=requests.WebhookAsk, responses={201: responses.MadeWebhookReply})
    def post(self, request: Request) -> Response:
        """Add one; its secret is shown this once."""
        data = requests.checked(requests.WebhookAsk, request.data)
        made = create_webhook(actor=request.user, **data)
        body = presenters.webhook(made.webhook) | {"secret": made.secret}
        return Response(body, status=status.HTTP_201_CREATED)


class WebhookView(RegistryView):
    @extend_schema(responses=responses.WebhookReply)
    def get(self, request: Request, webhook_id: UUID) -> Response:
        """One webhook, without its secret."""
        return Response(presenters.webhook(webhook_by_id(webhook_id)))

    @extend_schema(request=requests.SwitchAsk, responses=responses.WebhookReply)
    def patch(self, request: Request, webhook_id: UUID) -> Response:
        """Switch it on or off."""
        active = requests.checked(requests.SwitchAsk, request.data)["is_active"]
        hook = switch_webhook(webhook=webhook_by_id(webhook_id), active=active, actor=request.user)
        return Response(presenters.webhook(hook))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, webhook_id: UUID) -> Response:
        """Remove it with its log."""
        delete_webhook(webhook=webhook_by_id(webhook_id), actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class DeliveriesView(RegistryView):
    filterset_class = filters.DeliveryFilters
    pagination_class = KeysetPagination

    @extend_schema(responses=responses.DeliveryReply(many=True))
    def get(self, request: Request, webhook_id: UUID) -> Response:
        """What was sent and every attempt, the newest first."""
        rows = WebhookDelivery.objects.filter(webhook=webhook_by_id(webhook_id)).prefetch_related("log")
        return paged(request, self.filtered(rows), presenters.delivery, self)


class ReplayView(RegistryView):
    @extend_schema(request=None, responses={202: responses.DeliveryReply})
    def post(self, request: Request, delivery_id: UUID) -> Response:
        """Send it again."""
        delivery = replay(delivery_id=delivery_id, actor=request.user)
        return Response(presenters.delivery(delivery), status=status.HTTP_202_ACCEPTED)
