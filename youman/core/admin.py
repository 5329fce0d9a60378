"""Staff's view of accounts, keys, invitations and the audit trail. Actions call services."""

from __future__ import annotations

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property

from youman.core import services
from youman.core.models import Account, ApiKey, AuditEvent, Invitation


class UncountedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than a hundred pages: a full count of a big table takes seconds."""

    @cached_property
    def count(self) -> int:
        limit = 100 * self.per_page
        assert isinstance(self.object_list, QuerySet)
        return self.object_list.order_by().values("pk")[:limit].count()


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows born elsewhere: looked at here, never made or changed. No full count on big tables."""

    show_full_result_count = False
    paginator = UncountedPaginator

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Account)
class AccountAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["user", "tier", "monthly_words", "consent_at", "created_at"]
    list_filter = ["tier"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__email"]
    readonly_fields = ["consent_version", "consent_at", "created_at"]
    autocomplete_fields = ["user"]
    show_full_result_count = False


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly):
    list_display = ["name", "prefix", "account", "created_at", "last_used_at", "revoked_at"]
    list_select_related = ["account__user"]
    search_fields = ["name", "prefix", "account__user__username"]
    exclude = ["digest"]
    actions = ["revoke"]

    @admin.action(description="Revoke the chosen keys")
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        for key in queryset.select_related("account"):
            services.revoke_api_key(account=key.account, key_id=key.pk, actor=request.user)
            messages.success(request, f"{key} is revoked")


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Adding one shows the one-time link; it cannot be shown again."""

    list_display = ["email", "tier", "invited_by", "created_at", "expires_at", "used_at"]
    list_select_related = ["invited_by"]
    fields = ["email", "tier"]
    show_full_result_count = False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Invitation, form: object, change: bool) -> None:
        assert request.user.is_authenticated
        token = services.invite(email=obj.email, tier=obj.tier, actor=request.user)
        made = Invitation.objects.latest("pk")
        obj.pk = made.pk
        link = request.build_absolute_uri(reverse("accept-invitation", args=[token]))
        messages.warning(request, f"Send this link to {obj.email}; it works once and is shown once: {link}")


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnly):
    list_display = ["at", "actor", "verb", "object_kind", "object_id"]
    search_fields = ["actor", "verb", "object_id"]
    date_hierarchy = None
