"""The jobs that beat starts. Their times are the program's; staff see when each last ran, and switch it off or on."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)

from youman.core.admin.audited import Audited

for _model in (ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule):
    admin.site.unregister(_model)


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(Audited[PeriodicTask]):
    """A list in which only `enabled` can be changed: another task or argument would run with all rights."""

    list_display = ("name", "task", "scheduler", "enabled", "last_run_at", "total_run_count")
    list_filter = ("enabled",)
    search_fields = ("name", "task")
    fields = ("name", "task", "scheduler", "enabled", "last_run_at", "total_run_count", "description")
    readonly_fields = ("name", "task", "scheduler", "last_run_at", "total_run_count", "description")
    ordering = ("name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PeriodicTask | None = None) -> bool:
        return False
