"""Admin page of budgets: limits can be edited, spending is read-only."""

from __future__ import annotations

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from serving.gateway import snapshot
from serving.models import Budget, BudgetPeriod
from youman.core.accounts import audit


class Periods(admin.TabularInline[BudgetPeriod, Budget]):
    model = BudgetPeriod
    extra = 0
    max_num = 0
    can_delete = False
    verbose_name_plural = "spending"
    fields = ["start", "money_spent", "money_reserved", "tokens_spent", "tokens_reserved"]

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Budget)
class BudgetAdmin(admin.ModelAdmin[Budget]):
    list_display = ["scope", "subject", "span", "money", "tokens", "active"]
    list_filter = ["scope", "span", "active"]
    search_fields = ["subject"]
    inlines = [Periods]

    def save_model(self, request: HttpRequest, obj: Budget, form: ModelForm[Budget], change: bool) -> None:
        super().save_model(request, obj, form, change)
        facts = {"money": str(obj.money), "tokens": obj.tokens, "active": obj.active}
        audit.record(actor=request.user, verb="change" if change else "create", subject=obj, after=facts)
        snapshot.clear_cache()
