"""`manage.py verify` as people run it: two files or lines of JSON, and an exit status that scripts can use."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SOURCE = "The tenant must pay 40 crowns by 5 March."


@pytest.fixture
def var(tmp_path: Path) -> dict[str, str]:
    nowhere = {"REDIS_URL": "redis://127.0.0.1:1/0", "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    return os.environ | nowhere | {"YOUMAN_VAR": str(tmp_path / "var")}


def verify(var: dict[str, str], *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "manage.py", "verify", *arguments]
    return subprocess.run(command, input=given, env=var, cwd=ROOT, capture_output=True, check=False)


def test_lines_are_answered_in_order_with_their_ids_and_places(var: dict[str, str]) -> None:
    lines = [
        {"id": 7, "source": SOURCE, "rewrite": SOURCE},
        {"id": "b", "source": SOURCE, "rewrite": SOURCE.replace("40", "45"), "language": "en", "format": "text"},
        {"id": None, "source": SOURCE, "rewrite": SOURCE.replace("must", "may"), "protected": ["crowns"]},
    ]
    done = verify(var, "--jsonl", given="\n".join(map(json.dumps, lines)).encode())
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["id"], one["verdict"]) for one in answers] == [(7, "kept"), ("b", "refused"), (None, "look")]
    assert {tuple(one["source"]) for one in answers[1]["findings"]} == {(20, 29), (0, 0)}
    assert set(answers[1]["findings"][0]) == {"kind", "answer", "detail", "source", "rewrite"}
    assert (done.returncode, done.stderr) == (1, b"")


def test_the_status_is_zero_when_all_is_kept(var: dict[str, str]) -> None:
    line = json.dumps({"id": 1, "source": SOURCE, "rewrite": SOURCE})
    assert verify(var, "--jsonl", given=line.encode()).returncode == 0


@pytest.mark.parametrize(
    "line",
    [
        b"not json", b"[1]", b'{"source": "a"}', b'{"source": "a", "rewrite": 3}', b"\xff\xfe\x00",
        b'{"source": "a", "rewrite": "b", "x": 1}', b'{"source": "a\\u0000", "rewrite": "b"}',
        b'{"source": "a", "rewrite": "b", "language": "klingon"}',
        b'{"source": "a", "rewrite": "b", "protected": "c"}', b'{"source": "a", "rewrite": "b", "format": "pdf"}',
        b"[" * 100_000,
    ],
)  # fmt: skip
def test_a_wrong_line_gives_an_error_that_names_the_fix_and_status_two(var: dict[str, str], line: bytes) -> None:
    good = json.dumps({"id": 1, "source": SOURCE, "rewrite": SOURCE}).encode()
    done = verify(var, "--jsonl", given=line + b"\n" + good)
    first, second = (json.loads(one) for one in done.stdout.splitlines())
    assert first["error"]
    assert (second["verdict"], done.returncode) == ("kept", 2)
    assert b"Traceback" not in done.stderr


def test_two_files_are_compared_and_told_in_words(var: dict[str, str], tmp_path: Path) -> None:
    one, other = tmp_path / "one.txt", tmp_path / "other.txt"
    one.write_text(SOURCE, encoding="utf-8")
    other.write_text(SOURCE.replace("5 March", "9 March"), encoding="utf-8")
    done = verify(var, str(one), str(other))
    assert done.stdout.decode().splitlines()[0] == "refused"
    assert "“9” is not in the original" in done.stdout.decode()
    assert done.returncode == 1
    assert verify(var, str(one), str(one)).returncode == 0


@pytest.mark.parametrize("arguments", [(), ("only-one.txt",), ("no.txt", "such.txt"), ("--jsonl", "a", "b")])
def test_wrong_arguments_end_with_two(var: dict[str, str], arguments: tuple[str, ...]) -> None:
    done = verify(var, *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
