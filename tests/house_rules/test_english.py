"""Texts that a person reads avoid constructions that readers stumbled over.

The list is short on purpose: it holds constructions that this project has retired, not all bad English. Pages and
scripts are searched whole; in Python, docstrings, comments and texts of three words or more.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house_rules.source import PACKAGES, ROOT, Module, modules

_UNITS = (
    "bytes|calls|characters|dollars|edits|jobs|limits|MB|MiB|ms|pairs|points|requests|rows|seconds|texts|tokens|words"
)
_PER = (
    "call|day|hour|job|line|million|minute|month|operation|process|request|second|text|thousand|token|version|week|word"
)
RETIRED = {
    r"(?<!there )\b(?:is|are|was|were) no\b(?! (?:longer|more|less|fewer|other)\b)": "is not a …, has no …",
    r"\b(?:is|are|was|were) not there\b|\bthat there (?:is|are) not\b": "is missing, does not exist",
    r"\bbeside\b": "next to, in addition to, compared with",
    r"(?-i:\bAt most \d)": "Up to 5 …; … may have at most 5 …",
    r"\bof (?:ours|theirs|mine)\b": "our own …, the project's …",
    r"\bwhoever\b|\bwhomever\b": "anyone who, the person who",
    r"\bone['’]s\b": "your, the writer's",
    rf"\b(?:{_UNITS}) an? (?:{_PER})\b": "… per second, per text",
    r"\bask(?:s|ed|ing)? after\b": "check the status of",
    r"\bput away\b|\btak(?:en?|es|ing) (?:it |them )?in\b(?! \d)": "store; import, accept",
    r"\b(?:say|says|said|saying) so\b": "report, be marked as",
    r"\bas (?:it was|they were)\b(?! \w+(?:ed|en)\b)": "unchanged",
    r"\bmeanwhile\b": "while …, in between",
    r"\bdoorbell\b": "enqueue on commit",
    r"\bwhat of\b": "which of",
}
_PATTERNS = {re.compile(pattern, re.IGNORECASE): instead for pattern, instead in RETIRED.items()}

_OWN = "tests/house_rules/test_english.py"  # it quotes what it looks for

PAGES = (
    *("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", ".env.example", "Makefile", "Procfile"),
    *("docs/*.md", "docs/adr/*.md", "deploy/Dockerfile", "deploy/*.yaml", "deploy/k8s/*.yaml"),
    *("templates/**/*.html", "templates/**/*.txt"),
    *(f"{app}/static/**/*.js" for app in ("humanize", "registry", "serving", "training", "youman/core")),
)


def _pages() -> list[Path]:
    found = sorted({path for pattern in PAGES for path in ROOT.glob(pattern)})
    return [path for path in found if "vendor" not in path.parts]


def _findings(text: str) -> list[str]:
    """Return the retired constructions in the text, in its order, each with what to say instead."""
    found = [
        (match.start(), f"{match.group()!r}; say: {instead}")
        for pattern, instead in _PATTERNS.items()
        for match in pattern.finditer(text)
    ]
    return [finding for _, finding in sorted(found)]


@pytest.mark.parametrize("path", _pages(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_pages_and_scripts_are_plain_english(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [f"{number}: {found}" for number, line in enumerate(lines, 1) for found in _findings(line)] == []


@pytest.mark.parametrize("package", [*PACKAGES, "benchmarks", "tests"])
def test_python_is_plain_english(package: str) -> None:
    found = [
        f"{module.name}:{number}: {one}"
        for module in modules(package)
        if module.name != _OWN
        for number, text in _texts(module)
        for one in _findings(text)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("42 is no number", ["is no"]),
        ("There is no number", []),
        ("At most 5 rows", ["At most 5"]),
        ("may have at most 5 rows", []),
        ("60 requests a minute", ["requests a minute"]),
        ("once a minute", []),
        ("The job is taken in 5 s", []),
        ("The pairs are taken in.", ["taken in"]),
        ("The file is not there; it says so", ["is not there", "says so"]),
    ],
)
def test_the_list_finds_what_it_should(text: str, found: list[str]) -> None:
    assert [finding.partition(";")[0].strip("'") for finding in _findings(text)] == found


def _texts(module: Module) -> Iterator[tuple[int, str]]:
    """Comments, and texts of three words or more, each with its line; without patterns and lists of words."""
    data = set(_data(module.tree))
    for node in ast.walk(module.tree):
        if node in data or not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if node.value.count(" ") >= 2:
            yield node.lineno, " ".join(node.value.split())
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def _data(tree: ast.AST) -> Iterator[ast.AST]:
    """The arguments of `re.compile`, and texts that are split into words at once."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr == "split":
                yield node.func.value
            elif node.func.attr == "compile":
                yield from node.args
