"""Filters of lists: django-filter's FilterSets, whose values the fields of `parameters` check.

A list declares a FilterSet; an address that is no list, or takes more than filters, declares a `Query`. Either way one
reader (`Query.read`) refuses what is unknown or malformed, and the OpenAPI schema derives from the same declaration.
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
    """Filters by a parameter of any kind: `Filter(BooleanParameter(), "is_active")`.

    Where one lookup does not say it, `method` names a method `filter_…(rows, name, value)` of the FilterSet.
    """

    def __init__(
        self, parameter: Field, field_name: str | None = None, lookup_expr: str = "exact", *, method: str | None = None
    ) -> None:
        super().__init__(field_name, lookup_expr, method=method)
        self.parameter = parameter

    def __deepcopy__(self, _: object) -> Filter:
        """For one FilterSet, which ties itself to the copy; the parameter is shared, since copying it takes long."""
        found = copy.copy(self)
        found.method = self.method  # makes the copy's own way back to its FilterSet
        return found


class _CheckedValues:
    """Stands where django-filter expects a form: the values were checked, and no form is shown."""

    errors: ClassVar[dict[str, str]] = {}

    def __init__(self, data: Mapping[str, Any], prefix: str | None = None) -> None:
        self.cleaned_data = dict(data)

    def is_valid(self) -> bool:
        return True


class StrictFilterSet(filterset.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Narrows a list by values that its parameters have checked; those that were left out are not among them."""

    base_filters: ClassVar[dict[str, Filter]]

    def get_form_class(self) -> type[_CheckedValues]:
        return _CheckedValues

    @classmethod
    def parameters(cls) -> dict[str, Field]:
        return {name: one.parameter for name, one in cls.base_filters.items()}


class StrictFilterBackend(DjangoFilterBackend):  # type: ignore[misc]  # django-filter has no types
    """Applies the view's FilterSet to its rows, by the values that the view has checked."""

    filterset_base = StrictFilterSet

    def get_filterset_kwargs(self, request: Request, queryset: QuerySet[Model], view: Any) -> dict[str, Any]:
        names = view.filterset_class.base_filters
        values = {name: value for name, value in view.query.items() if name in names}
        return {"data": values, "queryset": queryset, "request": request}


def list_query(filters: type[StrictFilterSet] | None, pagination: type[KeysetPagination] | None) -> type[Query]:
    """The query of a list: its filters and the parameters of its pages."""
    fields = filters.parameters() if filters else {}
    fields |= pagination().parameters() if pagination else {}
    return type("ListQuery", (Query,), fields)
