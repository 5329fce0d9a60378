"""Webhooks of the installation: addresses with their events, deliveries, and replay. Staff only."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from youman.core.accounts import scopes
from youman.core.accounts.access import StaffAccess
from youman.core.api.base import ApiView
from youman.core.api.filters import Filter, StrictFilterSet
from youman.core.api.pagination import KeysetPagination
from youman.core.api.parameters import ChoiceParameter
from youman.core.api.requests import RequestSerializer
from youman.core.api.responses import CreatedWebhookResponse, DeliveryResponse, WebhookResponse
from youman.core.events import delivery, event_types, webhooks
from youman.core.models import Webhook, WebhookDelivery
from youman.core.states import DeliveryState

_WEBHOOKS = StaffAccess(scopes.WEBHOOKS, Webhook)
_DELIVERIES = StaffAccess(scopes.WEBHOOKS, WebhookDelivery, verbs={"POST": "change"})


class CreateWebhookSerializer(RequestSerializer):
    name = serializers.CharField(max_length=100)
    url = serializers.CharField(max_length=500)
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=tuple(event_types.declared_types())),
        default=list,
        help_text="Types of events; empty for all",
    )


class SwitchWebhookSerializer(RequestSerializer):
    is_active = serializers.BooleanField()


class DeliveryFilters(StrictFilterSet):
    state = Filter(ChoiceParameter(DeliveryState.choices))
    event = Filter(ChoiceParameter([(name, name) for name in event_types.declared_types()]))


class WebhooksView(ApiView):
    access = _WEBHOOKS
    pagination_class = KeysetPagination

    @extend_schema(responses=WebhookResponse(many=True))
    def get(self, request: Request) -> Response:
        """List the webhooks with the events that they receive, newest first."""
        return self.page(Webhook.objects.defer("secret"), WebhookResponse)

    @extend_schema(request=CreateWebhookSerializer, responses={201: CreatedWebhookResponse})
    def post(self, request: Request) -> Response:
        """Create a webhook. Its secret is shown only in this answer."""
        body = CreateWebhookSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        created = webhooks.create_webhook(actor=request.user, **body.validated_data)
        answer = CreatedWebhookResponse(created.webhook, context={"secret": created.secret})
        return Response(answer.data, status=status.HTTP_201_CREATED)


class WebhookView(ApiView):
    access = _WEBHOOKS

    @extend_schema(responses=WebhookResponse)
    def get(self, request: Request, webhook_id: UUID) -> Response:
        """Return a webhook without its secret."""
        return Response(WebhookResponse(webhooks.webhook_by_id(webhook_id)).data)

    @extend_schema(request=SwitchWebhookSerializer, responses=WebhookResponse)
    def patch(self, request: Request, webhook_id: UUID) -> Response:
        """Switch a webhook on or off."""
        body = SwitchWebhookSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        row = webhooks.switch_webhook(
            webhook=webhooks.webhook_by_id(webhook_id), active=body.validated_data["is_active"], actor=request.user
        )
        return Response(WebhookResponse(row).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, webhook_id: UUID) -> Response:
        """Delete a webhook with the log of its deliveries."""
        webhooks.delete_webhook(webhook=webhooks.webhook_by_id(webhook_id), actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class DeliveriesView(ApiView):
    access = _DELIVERIES
    filterset_class = DeliveryFilters
    pagination_class = KeysetPagination

    @extend_schema(responses=DeliveryResponse(many=True))
    def get(self, request: Request, webhook_id: UUID) -> Response:
        """List the deliveries of a webhook with all their attempts, newest first."""
        rows = WebhookDelivery.objects.filter(webhook=webhooks.webhook_by_id(webhook_id)).prefetch_related("log")
        return self.page(self.filter_rows(rows), DeliveryResponse)


class ReplayView(ApiView):
    access = _DELIVERIES

    @extend_schema(request=None, responses={202: DeliveryResponse})
    def post(self, request: Request, delivery_id: UUID) -> Response:
        """Send a delivery again under the same `webhook-id`."""
        row = delivery.replay(delivery_id=delivery_id, actor=request.user)
        return Response(DeliveryResponse(row).data, status=status.HTTP_202_ACCEPTED)
