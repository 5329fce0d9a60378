"""Queries whose SQL is built once per process, for queries that every request makes.

Django builds the SQL at each use, which for three joined tables takes four times as long as running the query. Django's
own code reads the rows, so types, deferred fields, annotations and related objects work as usual.
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
_TEXT, _NUMBER = "\ue000 value {}", 2_147_480_000  # placeholders for the values that no query contains by itself


class CompiledQuery(Generic[M]):
    """A query with prepared SQL.

    `build` makes the query from values of these kinds (`str`, or `int` below 2³¹). Only values may depend on its
    arguments, not the shape of the query.
    """

    def __init__(self, build: Callable[..., QuerySet[M]], *kinds: type[str] | type[int]) -> None:
        self._build = build
        self._gaps = [_TEXT.format(n) if kind is str else _NUMBER + n for n, kind in enumerate(kinds)]
        self._made: tuple[Any, str, tuple[Any, ...]] | None = None

    def first(self, *values: str | int) -> M | None:
        """Run the query with these values; return its first row, or None."""
        made, sql, params = self._made = self._made or self._compiled()
        given = dict(zip(self._gaps, values, strict=True))
        compiler = copy(made)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # the connection of this thread
        compiler.as_sql = lambda: (sql, tuple(given.get(one, one) for one in params))
        query = SimpleNamespace(get_compiler=lambda using: compiler)
        rows: Any = SimpleNamespace(db=DEFAULT_DB_ALIAS, query=query, _known_related_objects={})
        return next(iter(ModelIterable(rows)), None)

    def _compiled(self) -> tuple[Any, str, tuple[Any, ...]]:
        compiler = self._build(*self._gaps)[:1].query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        compiler.connection = None  # it belongs to this thread and must not be kept open
        return compiler, sql, tuple(params)
