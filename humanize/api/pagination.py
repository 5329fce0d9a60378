"""Edits in the order of the text, in pages: stable, and the same cost on the first page and the last."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from rest_framework.request import Request
from rest_framework.views import APIView

from humanize.models import Edit
from youman.core.api.pagination import KeysetPagination, foreign_cursor, unpack_cursor


class FirstEdits(NamedTuple):
    """The edits that a whole transformation shows; `cursor` is that of the rest, None where they are all."""

    edits: Sequence[Edit]
    cursor: str | None = None


class EditPagination(KeysetPagination):
    """By (start, end), which is unique within a transformation."""

    default_size = 200
    first_size = 2_000

    @classmethod
    def first_of(cls, edits: Iterable[Edit]) -> FirstEdits:
        rows = list(edits)
        cut = rows[: cls.first_size]
        return FirstEdits(cut, _encode(cut[-1]) if len(rows) > len(cut) else None)

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        assert isinstance(queryset, QuerySet)
        size = self._size(request)
        rows = queryset.order_by("start", "end")
        if request.query_params.get("cursor"):
            start, end = _decode(request.query_params["cursor"])
            rows = rows.filter(Q(start__gt=start) | Q(start=start, end__gt=end))
        page = list(rows[: size + 1])
        self.next_cursor = _encode(page[size - 1]) if len(page) > size else None
        return page[:size]


def _encode(row: Edit) -> str:
    return base64.urlsafe_b64encode(json.dumps([row.start, row.end]).encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[int, int]:
    start, end = unpack_cursor(cursor)
    if not isinstance(start, int) or not isinstance(end, int):
        raise foreign_cursor()
    return start, end
