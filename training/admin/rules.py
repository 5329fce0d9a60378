"""Rules by which models train again, and what became of each alert."""

from __future__ import annotations

from django.contrib import admin

from training.models import HandledAlert, RetrainRule
from youman.core.admin.keyset_list import ReadOnly


@admin.register(RetrainRule)
class RetrainRuleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["model", "on_drift"]
    list_select_related = ["model"]


@admin.register(HandledAlert)
class HandledAlertAdmin(ReadOnly):
    list_display = ["created_at", "alert", "job", "note"]
    list_select_related = ["alert", "job"]
