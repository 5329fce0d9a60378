"""A file is as long as its subject, up to 500 lines; a function up to 60."""

from __future__ import annotations

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


def test_no_function_has_more_than_60_lines() -> None:
    long = {name: lines for name, lines in _function_lines().items() if lines > 60}
    assert long == {}
