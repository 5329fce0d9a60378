"""Admin page of the batches handed to vendors; read-only."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from serving.admin.money import money_column
from serving.models import VendorBatch, VendorBatchItem
from serving.states import ItemState
from youman.core.admin.keyset_list import ReadOnly

FIELDS = (
    "number", "state", "error", "account", "transformation", "chunk", "words",
    "held", "tokens_held",
)  # fmt: skip


class Items(admin.TabularInline[VendorBatchItem, VendorBatch]):
    model = VendorBatchItem
    extra = 0
    max_num = 0
    can_delete = False
    fields = FIELDS
    readonly_fields = FIELDS
    held = money_column("money_held")

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(VendorBatch)
class VendorBatchAdmin(ReadOnly[VendorBatch]):
    list_display = ["created_at", "deployment", "state", "calls", "deadline_at", "vendor_id", "note"]
    list_filter = ["state", "deployment"]
    list_select_related = ["deployment"]
    search_fields = ["=vendor_id"]
    inlines = [Items]

    def get_queryset(self, request: HttpRequest) -> QuerySet[VendorBatch]:
        counts = {f"{state}_items": Count("items", filter=Q(items__state=state)) for state in ItemState.values}
        return VendorBatch.objects.annotate(**counts)

    @admin.display(description="calls")
    def calls(self, row: VendorBatch) -> str:
        found = {state: getattr(row, f"{state}_items") for state in ItemState.values}
        return ", ".join(f"{count} {state}" for state, count in found.items() if count)
