"""The base of all API views. It checks the query string before anything is read or written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar, cast

from django.db.models import Model, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from youman.core.accounts.access import Access, OwnData
from youman.core.api.filters import StrictFilterBackend, StrictFilterSet, list_query
from youman.core.api.pagination import KeysetPagination
from youman.core.api.parameters import Query

M = TypeVar("M", bound=Model)


class ApiView(APIView):
    """A view whose query string is declared and checked; the checked values are in `query`.

    `access` says who may use each method; without it nobody gets in.

    `query_by_method` declares the parameters of a method. For a GET without such a declaration they are the filters of
    `filterset_class` and the parameters of `pagination_class`; other methods take none.
    """

    access: ClassVar[Access]
    filterset_class: ClassVar[type[StrictFilterSet] | None] = None
    pagination_class: ClassVar[type[KeysetPagination] | None] = None
    query_by_method: ClassVar[Mapping[str, type[Query]]] = {}
    query: dict[str, Any]
    _list_query: ClassVar[type[Query]] = Query

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._list_query = list_query(cls.filterset_class, cls.pagination_class)

    def query_class(self, method: str) -> type[Query]:
        name = "GET" if method == "HEAD" else method
        if name in self.query_by_method:
            return self.query_by_method[name]
        return self._list_query if name == "GET" else Query

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the query after the permissions and before any look-up, so that a typing error is always 400."""
        super().initial(request, *args, **kwargs)
        if request.method != "OPTIONS":  # which only asks what the URL supports
            # Django's request, because raw uploads have no other and use the same classes.
            self.query = self.query_class(str(request.method)).read(request._request)

    def page(self, rows: QuerySet[Any], answer: type[BaseSerializer[Any]]) -> Response:
        """Return the requested page of the rows, by the view's `pagination_class`, each in the shape of `answer`."""
        assert self.pagination_class is not None
        pages = self.pagination_class()
        found = pages.paginate_queryset(rows, self.request, self)
        return pages.get_paginated_response(answer(found, many=True).data)

    def filter_rows(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Return the rows that match the filters of this request."""
        return cast("QuerySet[M]", StrictFilterBackend().filter_queryset(self.request, rows, self))


class WriterView(ApiView):
    """A view of the caller's own data."""

    access = OwnData()
