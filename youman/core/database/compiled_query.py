"""A query whose SQL is built once a process, for what every request asks.

Django builds the SQL at each use, which for three joined tables takes four times as long as to ask and to read the row.
The rows are read by Django's own code: types, deferred fields, annotations and related objects are as always.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable

M = TypeVar("M", bound=Model)
_TEXT, _NUMBER = "\ue000 value {}", 2_147_480_000  # what no query holds by itself, in place of the values to come


class Compiled(Generic[M]):
    """`build` makes the query from values of these kinds (`str`, or `int` below 2³¹); only its values may differ."""

    def __init__(self, build: Callable[..., QuerySet[M]], *kinds: type[str] | type[int]) -> None:
        self._build = build
        self._gaps = [_TEXT.format(n) if kind is str else _NUMBER + n for n, kind in enumerate(kinds)]
        self._made: tuple[Any, str, tuple[Any, ...]] | None = None

    def first(self, *values: str | int) -> M | None:
        """The first row, or None."""
        made, sql, params = self._made = self._made or self._compiled()
        given = dict(zip(self._gaps, values, strict=True))
        compiler = copy(made)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # this thread's
        compiler.as_sql = lambda: (sql, tuple(given.get(one, one) for one in params))
        query = SimpleNamespace(get_compiler=lambda using: compiler)
        rows: Any = SimpleNamespace(db=DEFAULT_DB_ALIAS, query=query, _known_related_objects={})
        return next(iter(ModelIterable(rows)), None)

    def _compiled(self) -> tuple[Any, str, tuple[Any, ...]]:
        compiler = self._build(*self._gaps)[:1].query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        compiler.connection = None  # which belongs to this thread and would be kept open by us
        return compiler, sql, tuple(params)
