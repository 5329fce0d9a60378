"""Small files, small functions. The caps hold for each, the medians for the whole."""

from __future__ import annotations

from statistics import median

from tests.house_rules.source import modules


def _function_lines(*folders: str) -> dict[str, int]:
    return {
        f"{module.name}:{one.lineno} {one.name}": (one.end_lineno or one.lineno) - one.lineno + 1
        for module in modules(*folders)
        for one in module.functions
    }


def test_no_file_has_more_than_500_lines() -> None:
    assert [m.name for m in (*modules(), *modules("tests", "benchmarks")) if m.lines > 500] == []


def test_no_test_file_has_more_than_400_lines() -> None:
    assert [m.name for m in modules("tests") if m.lines > 400] == []


def test_half_of_the_files_have_at_most_80_lines() -> None:
    assert median(m.lines for m in modules() if m.lines) <= 80


def test_no_function_has_more_than_60_lines() -> None:
    long = {name: lines for name, lines in _function_lines().items() if lines > 60}
    assert long == {}


def test_half_of_the_functions_have_at_most_8_lines() -> None:
    assert median(_function_lines().values()) <= 8
