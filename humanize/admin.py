"""Staff's view of the product: looked at, never changed here. No full counts; pages by key."""

from __future__ import annotations

from uuid import UUID

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from humanize.admin_policy import RoutePolicyAdmin as RoutePolicyAdmin  # registers itself
from humanize.models import Batch, Document, Feedback, Transformation
from humanize.selectors import BIG
from youman.core.admin import ReadOnly


class UncountedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than a hundred pages: a full count of a big table takes seconds."""

    @cached_property
    def count(self) -> int:
        limit = 100 * self.per_page
        assert isinstance(self.object_list, QuerySet)
        return self.object_list.order_by().values("pk")[:limit].count()


class Browsed(ReadOnly):
    """Searched by the beginning of the id, the owner's name or a title."""

    paginator = UncountedPaginator
    list_per_page = 50
    search_help_text = "The id, the beginning of the owner's name, or the beginning of the title"
    title_field = "title"
    owner_field = "owner"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Document], search_term: str
    ) -> tuple[QuerySet[Document], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        found = Q(**{f"{self.owner_field}__user__username__istartswith": term})
        found |= Q(**{f"{self.title_field}__istartswith": term})
        return queryset.filter(found | _id_range(term)), False


def _id_range(term: str) -> Q:
    """Ids that begin so: a range, which the index serves on every database."""
    digits = term.lower().replace("-", "")
    if not 4 <= len(digits) <= 32 or not all(digit in "0123456789abcdef" for digit in digits):
        return Q(pk__in=[])
    return Q(pk__range=(UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))))


@admin.register(Transformation)
class TransformationAdmin(Browsed):
    list_display = ["id", "owner", "document", "state", "words", "level", "edit_count", "created_at"]
    list_filter = ["state", "level"]
    list_select_related = ["owner__user", "document"]
    search_fields = ["id"]
    title_field = "document__title"
    exclude = ["dictionary"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transformation]:
        return Transformation.objects.defer(*BIG)


@admin.register(Document)
class DocumentAdmin(Browsed):
    list_display = ["title", "owner", "created_at"]
    list_select_related = ["owner__user"]
    search_fields = ["title"]


@admin.register(Feedback)
class FeedbackAdmin(Browsed):
    list_display = ["transformation", "rating", "comment", "created_at"]
    list_filter = ["rating"]
    list_select_related = ["transformation"]
    search_fields = ["transformation__id"]
    title_field = "transformation__document__title"
    owner_field = "transformation__owner"


@admin.register(Batch)
class BatchAdmin(Browsed):
    list_display = ["id", "owner", "created_at"]
    list_select_related = ["owner__user"]
    search_fields = ["id"]
    title_field = "owner__user__username"
