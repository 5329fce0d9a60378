"""The tree of errors: the API and the commands rely on code, status and detail of every class."""

from __future__ import annotations

import pytest
from django.db import OperationalError

from youman.core import errors
from youman.core.api.problem import problem, translate
from youman.core.errors import FieldProblem, YoumanError


def classes(root: type[YoumanError]) -> list[type[YoumanError]]:
    return [root, *(found for child in root.__subclasses__() for found in classes(child))]


@pytest.mark.parametrize("kind", classes(YoumanError), ids=lambda kind: kind.__name__)
def test_every_error_prints_its_title_or_its_detail(kind: type[YoumanError]) -> None:
    assert str(kind()) == kind.title
    assert str(kind("Do this instead")) == "Do this instead"
    assert problem(kind())["status"] == kind.status


def test_codes_are_unique() -> None:
    codes = [kind.code for kind in classes(YoumanError)]
    assert sorted(codes) == sorted(set(codes))


def test_field_problems_reach_the_problem_document() -> None:
    error = errors.InvalidInput("level: too high", problems=(FieldProblem("level", "too high"),))
    assert problem(error)["errors"] == [{"field": "level", "message": "too high"}]


def test_a_database_that_fails_is_told_without_its_own_words() -> None:
    known = translate(OperationalError('connection to "10.0.0.7" failed: FATAL: password of "youman"'))
    assert known is not None
    assert (known.status, known.code, known.retry_after_s) == (503, "unavailable", 5)
    assert known.detail == "The database does not answer or its disk is full; try again"
