"""Admin pages of webhooks and their deliveries, with every attempt and a button to send again."""

from __future__ import annotations

import json
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import Field, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from youman.core.accounts.access import is_permitted
from youman.core.admin.actions import actor_of, permitted_view, report_result
from youman.core.admin.keyset_list import CustomPage, KeysetAdmin, ReadOnly, RefusalMessages
from youman.core.events import delivery, event_types, webhooks
from youman.core.http.guarded_client import host_only
from youman.core.models import Webhook, WebhookDelivery

_SHOWN = 50
_LIST = "admin:core_webhook_changelist"
_DELETE = "core.delete_webhook"


@admin.register(Webhook)
class WebhookAdmin(RefusalMessages[Webhook], CustomPage[Webhook], KeysetAdmin[Webhook]):
    """Webhooks. Adding one shows its secret once. Its page switches it on or off, removes it, and lists deliveries."""

    list_display = ["name", "host", "is_active", "created_by", "created_at"]
    fields = ["name", "url", "events"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Webhook]:
        return Webhook.objects.defer("secret")

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **options: Any) -> Any:
        if db_field.name != "events":
            return super().formfield_for_dbfield(db_field, request, **options)
        return forms.MultipleChoiceField(
            choices=[(name, name) for name in event_types.declared_types()],
            widget=forms.CheckboxSelectMultiple,
            required=False,
            help_text="If none is chosen, all events are sent, including those of later versions. See docs/events.md.",
        )

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False  # a button on its page deletes it with an entry in the audit trail

    @admin.display(description="address")
    def host(self, row: Webhook) -> str:
        return host_only(row.url)

    def save_model(self, request: HttpRequest, obj: Any, form: object, change: bool) -> None:
        created = webhooks.create_webhook(name=obj.name, url=obj.url, events=obj.events, actor=actor_of(request))
        obj.pk = created.webhook.pk
        messages.warning(request, f"This secret signs every delivery and is not shown again: {created.secret}")

    def page(self, request: HttpRequest, row: Webhook) -> HttpResponse:
        found = WebhookDelivery.objects.filter(webhook_id=row.pk).prefetch_related("log").order_by("-pk")
        seen = found[:_SHOWN] if is_permitted(request.user, "core.view_webhookdelivery") else found.none()
        rows = [(one, next(reversed(one.log.all()), None)) for one in seen]
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": str(row), "hook": row}
        context["host"] = host_only(row.url)
        return TemplateResponse(request, "admin/core/webhook.html", context | {"deliveries": rows})

    def get_urls(self) -> list[URLPattern]:
        switch = permitted_view(self.admin_site, self.switch, "core.change_webhook")
        remove = permitted_view(self.admin_site, self.remove, _DELETE)
        return [
            path("<uuid:pk>/switch/", switch, name="core_webhook_switch"),
            path("<uuid:pk>/remove/", remove, name="core_webhook_remove"),
            *_urls(self),
        ]

    def switch(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Handle the button of the page that switches the webhook on or off."""
        if request.method == "POST":
            hook, verb = webhooks.webhook_by_id(pk), request.POST.get("verb", "")
            if verb in {"on", "off"}:
                do = partial(webhooks.switch_webhook, webhook=hook, active=verb == "on", actor=actor_of(request))
                report_result(request, hook, do, f"switched {verb}")
        return HttpResponseRedirect(reverse("admin:core_webhook_change", args=[pk]))

    def remove(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Handle the button of the page that removes the webhook."""
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:core_webhook_change", args=[pk]))
        hook = webhooks.webhook_by_id(pk)
        report_result(request, hook, partial(webhooks.delete_webhook, webhook=hook, actor=actor_of(request)), "removed")
        return HttpResponseRedirect(reverse(_LIST))


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(CustomPage[WebhookDelivery], ReadOnly[WebhookDelivery]):
    list_display = ["event", "webhook", "state", "attempts", "next_at", "delivered_at", "created_at"]
    list_filter = ["state", "event"]
    list_select_related = ["webhook"]
    actions = ["replay"]

    @admin.action(description="Send the selected deliveries again", permissions=["act"])
    def replay(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        for row in queryset:
            do = partial(delivery.replay, delivery_id=row.pk, actor=actor_of(request))
            report_result(request, row, do, "queued")

    def page(self, request: HttpRequest, row: WebhookDelivery) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": f"{row.event} to {row.webhook}"}
        context |= {
            "delivery": row,
            "log": row.log.all(),
            "payload": json.dumps(row.payload, indent=2, ensure_ascii=False),
        }
        return TemplateResponse(request, "admin/core/delivery.html", context)

    def get_urls(self) -> list[URLPattern]:
        view = permitted_view(self.admin_site, self.send_again, "core.change_webhookdelivery")
        return [path("<uuid:pk>/replay/", view, name="core_delivery_replay"), *_urls(self)]

    def send_again(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        if request.method == "POST":
            self.replay(request, WebhookDelivery.objects.filter(pk=pk))
        return HttpResponseRedirect(reverse("admin:core_webhookdelivery_change", args=[pk]))


def _urls(page: KeysetAdmin[Any]) -> list[URLPattern]:
    return admin.ModelAdmin.get_urls(page)
