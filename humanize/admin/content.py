"""Read-only admin pages of documents, transformations, batches and feedback."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join

from humanize.admin.route_policies import RoutePolicyAdmin as RoutePolicyAdmin  # registers itself
from humanize.models import Batch, BatchItem, Document, Feedback, Transformation
from humanize.presenters import left_out, summary
from humanize.selectors import BIG, edits_of, items_of, to_look_of
from serving.admin.money import money_column
from youman.core.admin.keyset_list import ReadOnly

_Row = TypeVar("_Row", bound=Model)
_MOST_LOOKS = 50


class Written(ReadOnly[_Row]):
    """A read-only page whose search matches the beginning of the id, the owner's name or the title."""

    search_help_text = "The beginning of the id, of the owner's name or of the title"
    title_field = "title"
    owner_field = "owner"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[_Row], search_term: str
    ) -> tuple[QuerySet[_Row], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        found = Q(**{f"{self.owner_field}__user__username__istartswith": term})
        found |= Q(**{f"{self.title_field}__istartswith": term})
        return queryset.filter(found | _id_range(term)), False


def _id_range(term: str) -> Q:
    """Return a condition for ids that begin with the term: a range, which uses the index on every database."""
    digits = term.lower().replace("-", "")
    if not 4 <= len(digits) <= 32 or not all(digit in "0123456789abcdef" for digit in digits):
        return Q(pk__in=[])
    return Q(pk__range=(UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))))


@admin.register(Transformation)
class TransformationAdmin(Written[Transformation]):
    list_display = ["title", "writer", "state", "words", "level", "edit_count", "model", "created_at", "short_id"]
    list_filter = ["state"]
    list_select_related = ["owner__user", "document"]
    search_fields = ["id"]
    title_field = "document__title"
    readonly_fields = ["dollars", "to_look", "looks"]
    fieldsets = (
        (None, {"fields": ("id", "owner", "document", "state", "error_detail", "created_at", "finished_at")}),
        ("Request", {"fields": ("level", "strategy", "language", "format", "model", "protected", "words")}),
        (
            "Result",
            {"fields": ("register", "detected_language", "edit_count", "similarity", "share_changed", "scores")},
        ),
        ("Edits to look at", {"fields": ("to_look", "looks")}),
        (
            "Processing",
            {
                "fields": (
                    "route",
                    "warnings",
                    "dollars",
                    "rules_version",
                    "detector_version",
                    "attempt",
                    "total_chunks",
                )
            },
        ),
        ("Texts", {"fields": ("source", "result"), "classes": ("collapse",)}),
    )

    dollars = money_column("cost")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transformation]:
        return Transformation.objects.defer(*BIG)

    @admin.display(description="still to look at")
    def to_look(self, row: Transformation) -> str:
        return left_out(to_look_of(row)) or "None"

    @admin.display(description="edits")
    def looks(self, row: Transformation) -> str:
        """Each edit with its decision, the reason to look, and both texts; the first 50."""
        edits = edits_of(row).exclude(look="")[:_MOST_LOOKS]
        lines = [(edit.get_decision_display(), edit.look, edit.before, edit.after) for edit in edits]
        return format_html_join("", "<p><b>{}</b>: {}<br>Before: {}<br>After: {}</p>", lines) or "None"

    @admin.display(description="title")
    def title(self, row: Transformation) -> str:
        return row.document.title

    @admin.display(description="writer")
    def writer(self, row: Transformation) -> str:
        return row.owner.user.get_username()

    @admin.display(description="id (beginning)")
    def short_id(self, row: Transformation) -> str:
        return str(row.pk)[:13]


@admin.register(Document)
class DocumentAdmin(Written[Document]):
    list_display = ["title", "owner", "created_at"]
    list_select_related = ["owner__user"]
    search_fields = ["title"]


@admin.register(Feedback)
class FeedbackAdmin(Written[Feedback]):
    list_display = ["transformation", "rating", "comment", "created_at"]
    list_select_related = ["transformation"]
    search_fields = ["transformation__id"]
    title_field = "transformation__document__title"
    owner_field = "transformation__owner"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feedback]:
        texts = [f"transformation__{name}" for name in BIG]
        return Feedback.objects.defer("final_text", *texts)


@admin.register(Batch)
class BatchAdmin(Written[Batch]):
    list_display = ["id", "owner", "created_at"]
    list_select_related = ["owner__user"]
    search_fields = ["id"]
    title_field = "owner__user__username"
    readonly_fields = ["texts"]

    @admin.display(description="documents")
    def texts(self, row: Batch) -> str:
        """Each document with its state, and how many edits are left out because somebody has to look at them."""
        return format_html_join("", "<p>{}. {}</p>", ((item.number + 1, _state_of(item)) for item in items_of(row)))


def _state_of(item: BatchItem) -> str:
    if item.error_code:
        return f"Refused: {item.error_detail}"
    if item.transformation is None:
        return "Deleted"
    told = (item.transformation.document.title, summary(item.transformation), left_out(to_look_of(item.transformation)))
    return " – ".join(filter(None, told))
