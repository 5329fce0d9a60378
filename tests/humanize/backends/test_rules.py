from __future__ import annotations

import pytest
from django.utils.module_loading import import_string

from humanize.backends.rules import RulesBackend
from serving.backends.base import BadOutputError, RewriteBackend, RewriteRequest
from serving.backends.vendors import descriptor_of

TEXT = "We leverage robust tools in order to win."


def test_settings_name_it_and_it_speaks_the_protocol() -> None:
    backend = import_string(descriptor_of("rules").calls)()
    assert isinstance(backend, RewriteBackend)
    assert backend.name == "rules"


def test_it_answers_with_replacements_over_the_text() -> None:
    result = RulesBackend().rewrite(RewriteRequest(TEXT, level=3))
    assert [(TEXT[one.start : one.end], one.after) for one in result.replacements] == [
        ("leverage", "use"),
        ("in order to", "to"),
    ]
    assert result.text is None
    assert result.model.startswith("rules/")


def test_given_stretches_stay() -> None:
    result = RulesBackend().rewrite(RewriteRequest(TEXT, level=3, protected=((3, 11),)))
    assert [TEXT[one.start : one.end] for one in result.replacements] == ["in order to"]


def test_options_that_make_no_sense_are_an_error_of_the_tree() -> None:
    with pytest.raises(BadOutputError, match="level must be"):
        RulesBackend().rewrite(RewriteRequest(TEXT, level=9))
