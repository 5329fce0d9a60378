"""Filters of lists: FilterSets of django-filter, whose values are checked by the fields of `parameters`.

A list declares a FilterSet; any other URL declares a `Query`. In both cases `Query.read` refuses unknown and malformed
parameters, and the OpenAPI schema is made from the same declaration.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django_filters import filters, filterset
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.request import Request

from youman.core.api.pagination import KeysetPagination
from youman.core.api.parameters import Field, Query


class Filter(filters.Filter):  # type: ignore[misc]  # django-filter has no types
    """Filters by a parameter of any kind, such as `Filter(BooleanParameter(), "is_active")`.

    If a single lookup is not enough, `method` names a method `filter_…(rows, name, value)` of the FilterSet.
    """

    def __init__(
        self, parameter: Field, field_name: str | None = None, lookup_expr: str = "exact", *, method: str | None = None
    ) -> None:
        super().__init__(field_name, lookup_expr, method=method)
        self.parameter = parameter

    def __deepcopy__(self, _: object) -> Filter:
        """Copy the filter for a FilterSet, which attaches itself to the copy. The parameter is shared, for speed."""
        found = copy.copy(self)
        found.method = self.method  # the setter connects the copy with its FilterSet
        return found


class _CheckedValues:
    """Takes the place of the form that django-filter expects; the values have already been checked."""

    errors: ClassVar[dict[str, str]] = {}

    def __init__(self, data: Mapping[str, Any], prefix: str | None = None) -> None:
        self.cleaned_data = dict(data)

    def is_valid(self) -> bool:
        return True


class StrictFilterSet(filterset.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Filters a list by checked values; parameters that were left out do not filter."""

    base_filters: ClassVar[dict[str, Filter]]

    def get_form_class(self) -> type[_CheckedValues]:
        return _CheckedValues

    @classmethod
    def parameters(cls) -> dict[str, Field]:
        return {name: one.parameter for name, one in cls.base_filters.items()}


class StrictFilterBackend(DjangoFilterBackend):  # type: ignore[misc]  # django-filter has no types
    """Applies the view's FilterSet to its rows, with the values that the view has checked."""

    filterset_base = StrictFilterSet

    def get_filterset_kwargs(self, request: Request, queryset: QuerySet[Model], view: Any) -> dict[str, Any]:
        names = view.filterset_class.base_filters
        values = {name: value for name, value in view.query.items() if name in names}
        return {"data": values, "queryset": queryset, "request": request}


def list_query(filters: type[StrictFilterSet] | None, pagination: type[KeysetPagination] | None) -> type[Query]:
    """Return the query class of a list: its filters and the parameters of its pages."""
    fields = filters.parameters() if filters else {}
    fields |= pagination().parameters() if pagination else {}
    return type("ListQuery", (Query,), fields)
