"""No pattern and no pass takes more than linear time, whatever the text is. Times are only compared with each other."""

from __future__ import annotations

import os
from collections import defaultdict

import pytest

from benchmarks.hardening.atoms import atoms, near_matches
from benchmarks.hardening.growth import BOUND, Growth, growth, pass_growths, pattern_growths
from benchmarks.hardening.passes import Pass, passes
from benchmarks.hardening.patterns import NamedPattern, patterns

pytestmark = pytest.mark.attack("time")

_hours = pytest.mark.skipif(not os.environ.get("WHOLE_GROWTH"), reason="takes hours: set WHOLE_GROWTH=1")
PASSES = passes()
MODULES: dict[str, list[NamedPattern]] = defaultdict(list)
for one in patterns():
    MODULES[one.name.rpartition(".")[0] or one.name].append(one)


def too_steep(found: list[Growth]) -> list[str]:
    return [str(one) for one in found if one.exponent > BOUND]


def test_a_quadratic_pass_is_noticed() -> None:
    found = growth("pairs of words", lambda text: [text.count(word) for word in text.split()], "a b ", 52_000)
    assert found.exponent > BOUND
    linear = growth("words", lambda text: [word.lower() for word in text.split() for _ in range(9)], "a b ", 200_000)
    assert linear.exponent <= BOUND


def test_there_are_many_atoms_and_every_pattern_has_near_matches() -> None:
    assert len(atoms()) >= 150
    assert len(set(atoms())) == len(atoms())
    assert [one.name for one in patterns() if not near_matches(one.pattern)] == []


@pytest.mark.parametrize("one", PASSES, ids=[one.name for one in PASSES])
def test_a_pass_is_linear_on_some_atoms(one: Pass) -> None:
    assert too_steep(list(pass_growths(one, share=97, first=PASSES.index(one) * 7))) == []


def test_patterns_are_linear_on_some_atoms() -> None:
    found = [
        grown for number, one in enumerate(patterns()) for grown in pattern_growths(one, share=997, first=number * 5)
    ]
    assert too_steep(found) == []


@_hours
@pytest.mark.parametrize("one", PASSES, ids=[one.name for one in PASSES])
def test_a_pass_is_linear_on_every_atom(one: Pass) -> None:
    assert too_steep(list(pass_growths(one))) == []


@_hours
@pytest.mark.parametrize("module", MODULES)
def test_every_pattern_of_a_module_is_linear_on_every_atom(module: str) -> None:
    assert too_steep([grown for one in MODULES[module] for grown in pattern_growths(one)]) == []
