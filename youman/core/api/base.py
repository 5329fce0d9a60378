"""The base of every view of the API: its query string is checked before anything is read or written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar, cast

from django.db.models import Model, QuerySet
from rest_framework.request import Request
from rest_framework.views import APIView

from youman.core.api.filters import StrictFilterBackend, StrictFilterSet, list_query
from youman.core.api.pagination import KeysetPagination
from youman.core.api.parameters import Query

M = TypeVar("M", bound=Model)


class ApiView(APIView):
    """A GET takes the filters of `filterset_class` and the parameters of `pagination_class`; or else, and for other
    methods, what `query_by_method` declares; or none. The checked values are in `query`.
    """

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
        """After the caller's rights, before the object of the address is looked for: a typing error is always 400."""
        super().initial(request, *args, **kwargs)
        if request.method != "OPTIONS":  # it asks about the address
            # Django's own request, since raw uploads have no other and are read by the same classes.
            self.query = self.query_class(str(request.method)).read(request._request)

    def filtered(self, rows: QuerySet[M]) -> QuerySet[M]:
        """What the filters of this request leave of the rows."""
        return cast("QuerySet[M]", StrictFilterBackend().filter_queryset(self.request, rows, self))
