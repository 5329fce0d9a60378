"""Admin pages of users, accounts, API keys, invitations and the audit trail."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from youman.core import selectors
from youman.core.accounts import lifecycle
from youman.core.admin.audited import Audited
from youman.core.admin.keyset_list import KeysetAdmin, ReadOnly
from youman.core.http.site import absolute_url
from youman.core.models import Account, ApiKey, AuditEvent, Invitation

admin.site.enable_nav_sidebar = False  # the lists need the width; the header and the breadcrumbs lead everywhere
admin.site.index_title = "Administration"


admin.site.unregister([User, Group])  # registered again below: only superusers give rights


@admin.register(User)
class PersonAdmin(Audited[User], KeysetAdmin[User], UserAdmin[User]):
    """Users who may sign in. Writers join by invitation; a user created here gets an account on the first visit."""

    list_display = ["username", "email", "is_active", "is_staff", "last_login", "date_joined"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["^username", "^email"]
    search_help_text = "The beginning of the user name or of the e-mail address"

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Only superusers give rights; others could give themselves those that they lack."""
        return () if request.user.is_superuser else ("is_staff", "is_superuser", "groups", "user_permissions")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request.user, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Refuse a list with anybody whom the user may not touch: the action of the list asks for no row."""
        found, counts, needed, protected = super().get_deleted_objects(objs, request)
        if not all(_may_touch(request.user, one) for one in objs):
            needed = {*needed, "user"}
        return found, counts, needed, protected


def _may_touch(user: object, other: User | None) -> bool:
    """Only superusers change other staff: a new password or e-mail address would lead to their rights."""
    return other is None or not (other.is_staff or other.is_superuser) or getattr(user, "is_superuser", False)


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    """Groups of permissions; `manage.py sync_roles` makes those of the usual roles."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return bool(request.user.is_superuser)


@admin.register(Account)
class AccountAdmin(KeysetAdmin[Account]):
    """Accounts. They are created with an invitation or on a user's first visit; only tier and quota change here."""

    list_display = ["username", "email", "tier", "words_this_month", "monthly_words", "consent_at", "created_at"]
    list_display_links = ["username"]
    list_filter = ["tier"]
    list_select_related = ["user"]
    search_fields = ["^user__username", "^user__email"]
    search_help_text = "The beginning of the user name or of the e-mail address"
    fields = ["user", "tier", "monthly_words", "consent_version", "consent_at", "created_at"]
    readonly_fields = ["user", "consent_version", "consent_at", "created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        return selectors.accounts_with_usage().order_by("pk")  # the list orders by key itself; a search box pages by it

    @admin.display(description="user name")
    def username(self, account: Account) -> str:
        return account.user.get_username()

    @admin.display(description="e-mail")
    def email(self, account: Account) -> str:
        return account.user.email

    @admin.display(description="words this month")
    def words_this_month(self, account: Account) -> str:
        return f"{selectors.words_of(account):,}"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Account, form: object, change: bool) -> None:
        lifecycle.set_limits(account=obj, tier=obj.tier, monthly_words=obj.monthly_words, actor=request.user)


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly[ApiKey]):
    list_display = ["name", "prefix", "account", "created_at", "last_used_at", "revoked_at"]
    list_select_related = ["account__user"]
    search_fields = ["^prefix", "^account__user__username"]
    search_help_text = "The beginning of the key or of its owner's user name"
    exclude = ["digest"]
    actions = ["revoke"]

    @admin.action(description="Revoke the selected keys", permissions=["act"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        for key in queryset.select_related("account"):
            lifecycle.revoke_api_key(account=key.account, key_id=key.pk, actor=request.user)
            messages.success(request, f"{key} has been revoked")


@admin.register(Invitation)
class InvitationAdmin(KeysetAdmin[Invitation]):
    """Invitations. Adding one shows its one-time link, which cannot be shown again."""

    list_display = ["email", "tier", "invited_by", "created_at", "expires_at", "used_at"]
    list_select_related = ["invited_by"]
    search_fields = ["^email"]
    search_help_text = "The beginning of the e-mail address"
    fields = ["email", "tier"]

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Invitation, form: object, change: bool) -> None:
        assert request.user.is_authenticated
        token = lifecycle.invite(email=obj.email, tier=obj.tier, actor=request.user)
        made = Invitation.objects.latest("pk")
        obj.pk = made.pk
        link = absolute_url(request, reverse("accept-invitation", args=[token]))
        messages.warning(request, f"Send this link to {obj.email}. It works once and is not shown again: {link}")


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnly[AuditEvent]):
    list_display = ["at", "actor", "verb", "object_kind", "object_id"]
    list_display_links = ["at"]
    search_fields = ["^actor", "^verb", "=object_id"]
    search_help_text = "The beginning of the actor or of the verb, or the complete id of the object"
