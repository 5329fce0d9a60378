"""Keyset pagination: stable under inserts, equally fast on every page, and without a full count."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from rest_framework.fields import empty
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from youman.core.api.parameters import Field, IntegerParameter, TextParameter
from youman.core.errors import InvalidInput

if TYPE_CHECKING:
    from rest_framework.views import APIView

MAX_SIZE = 200


class KeysetPagination(BasePagination):
    """Pages ordered by (-created_at, -id).

    `?cursor=` is opaque; the answer is `{"next": cursor|null, "results": […]}`.
    """

    default_size = 50
    next_cursor: str | None = None

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        assert isinstance(queryset, QuerySet)
        size, rows = self._size(request), self.ordered(queryset)
        if request.query_params.get("cursor"):
            rows = self.rows_after(rows, *unpack_cursor(request.query_params["cursor"]))
        page = list(rows[: size + 1])
        self.next_cursor = self.cursor_of(page[size - 1]) if len(page) > size else None
        return page[:size]

    # A list with another order overrides these three; its two keys must be unique together.
    def ordered(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.order_by("-created_at", "-id")

    def rows_after(self, rows: QuerySet[Any], first: object, second: object) -> QuerySet[Any]:
        """Return the rows after the cursor of these two values. Raises InvalidInput for the cursor of another list."""
        at, pk = _checked_keys(first, second, rows.model)
        # The first condition is redundant, but lets the index scan start here and not at the newest row.
        return rows.filter(created_at__lte=at).filter(Q(created_at__lt=at) | Q(id__lt=pk))

    @staticmethod
    def cursor_of(row: Any) -> str:
        return pack_cursor(row.created_at.isoformat(), str(row.pk))

    def get_paginated_response(self, data: object) -> Response:
        return Response({"next": self.next_cursor, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        cursor = {"type": "string", "nullable": True}
        properties = {"next": cursor, "results": schema}
        return {"type": "object", "required": ["next", "results"], "properties": properties}

    def parameters(self) -> dict[str, Field]:
        """Return the parameters of a page; `ApiView` checks them and adds them to the OpenAPI description."""
        return {
            "cursor": TextParameter(max_length=500, help_text="The value of `next` from the previous page"),
            "page_size": IntegerParameter(min_value=1, max_value=MAX_SIZE, default=self.default_size),
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return []  # the view's query declares them

    def _size(self, request: Request) -> int:
        given = request.query_params.get("page_size", empty)
        return int(self.parameters()["page_size"].run_validation(given))


def _checked_keys(at: object, pk: object, model: type[Model]) -> tuple[datetime, object]:
    try:
        moment = datetime.fromisoformat(str(at)).astimezone(UTC)
        key = model._meta.pk.to_python(str(pk))
    except (ValueError, OverflowError, ValidationError) as error:
        raise foreign_cursor() from error
    return moment, key


def pack_cursor(first: int | str, second: int | str) -> str:
    """Return a cursor of two values, which `unpack_cursor` reads."""
    return base64.urlsafe_b64encode(json.dumps([first, second]).encode()).decode().rstrip("=")


def unpack_cursor(cursor: str) -> tuple[object, object]:
    """Return the two values of a cursor. Raises InvalidInput for anything that is not a cursor of this API."""
    try:
        first, second = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, RecursionError) as error:
        raise foreign_cursor() from error
    return first, second


def foreign_cursor() -> InvalidInput:
    """Return the error for a cursor that this list did not make."""
    return InvalidInput("This cursor is not valid for this list; start again without it")
