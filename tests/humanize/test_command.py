"""`manage.py humanize` as people run it: in a process of its own, without a database or a broker."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[2]
DRAFT = "Furthermore, it is important to note that we leverage robust tools in order to win by 12 May."


@pytest.fixture
def var(tmp_path: Path) -> dict[str, str]:
    nowhere = {"REDIS_URL": "redis://127.0.0.1:1/0", "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    return os.environ | nowhere | {"YOUMAN_VAR": str(tmp_path / "var")}


def humanize(var: dict[str, str], *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "manage.py", "humanize", *arguments]
    return subprocess.run(command, input=given, env=var, cwd=ROOT, capture_output=True, check=False)


def test_it_prints_the_rewrite_of_a_file_and_nothing_else(var: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "draft.txt"
    file.write_text(DRAFT, encoding="utf-8")
    done = humanize(var, str(file), "--level", "3")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"in order to" not in done.stdout
    assert b"12 May." in done.stdout
    assert not done.stdout.endswith(b"\n")


def test_json_has_the_names_of_the_api(var: dict[str, str]) -> None:
    done = humanize(var, "-", "--json", "--level", "2", "--strategy", "casual", "--protect", "robust tools",
                    "--model", "rules", "--language", "en", "--format", "text", given=DRAFT.encode())  # fmt: skip
    body = json.loads(done.stdout)
    assert set(body) >= {
        "result", "edits", "scores", "similarity", "share_changed", "language", "strategy", "level", "route", "warnings"
    }  # fmt: skip
    assert (body["language"], body["strategy"], body["level"]) == ("en", "casual", 2)
    assert set(body["edits"][0]) == {"start", "end", "before", "after", "reason", "source"}
    assert set(body["scores"]["before"]) >= {
        "ai_likeness", "band", "readability", "burstiness", "lexical_diversity", "markers_per_1000"
    }  # fmt: skip
    assert "robust tools" in body["result"]
    text, at = "", 0
    for edit in body["edits"]:
        text += DRAFT[at : edit["start"]] + edit["after"]
        at = edit["end"]
    assert text + DRAFT[at:] == body["result"]


def test_the_diff_shows_lines_and_reasons_without_colour_in_a_pipe(var: dict[str, str]) -> None:
    done = humanize(var, "--diff", given=f"Bees like clover.\n\n{DRAFT}\n".encode())
    lines = done.stdout.decode().splitlines()
    assert lines[:2] == ["@@ line 3 @@", f"- {DRAFT}"]
    assert lines[2].startswith("+ ")
    assert all(line.startswith("  “") for line in lines[3:])
    assert b"\x1b[" not in done.stdout


def test_the_diff_is_coloured_when_asked(var: dict[str, str]) -> None:
    done = humanize(var, "--diff", "--force-color", given=DRAFT.encode())
    assert b"\x1b[31m- " in done.stdout
    assert b"\x1b[32m+ " in done.stdout


def test_jsonl_answers_line_by_line_in_order_and_says_which_failed(var: dict[str, str]) -> None:
    lines = [
        {"id": "a", "text": DRAFT, "level": 5},
        {"id": 2, "text": ""},
        {"id": 3, "text": "Hi.", "colour": 1},
        {"id": 4, "text": "Hi.", "level": "x"},
        {"text": "Bees like clover."},
    ]
    given = "\n".join([*map(json.dumps, lines), "not json", "[]"]).encode()
    done = humanize(var, "-", "--jsonl", given=given)
    out = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["id"] for line in out] == ["a", 2, 3, 4, None, None, None]
    assert ["error" in line for line in out] == [False, True, True, True, False, True, True]
    assert out[0]["level"] == 5
    assert out[4]["result"] == "Bees like clover."
    assert out[2]["error"].startswith("colour is no key of a line")
    assert done.returncode == 1
    assert done.stderr.decode().strip().endswith("5 of the lines could not be rewritten; each says why in its error")


def test_jsonl_of_good_lines_exits_zero(var: dict[str, str]) -> None:
    done = humanize(var, "--jsonl", given=b'{"id": 1, "text": "Bees like clover."}\n\n')
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 1)


@pytest.mark.parametrize(
    ("arguments", "given", "message"),
    [
        ((), b"\x7fELF\x00\x00", "standard input is a binary file, not text; save it as .txt, .md or .docx"),
        ((), b"caf\xe9", "standard input is not UTF-8 (byte 3)"),
        ((), b"  \n", "the text is empty"),
        (("--level", "9"), b"hi", "level must be a whole number from 1 (least) to 5 (most)"),
        (("--model", "gpt"), b"hi", "There is no model 'gpt'; use one of auto, rules"),
        (("--strategy", "x"), b"hi", "strategy must be one of auto, casual, professional, academic"),
        (("nowhere.txt",), b"", "nowhere.txt cannot be read: No such file or directory"),
    ],
)
def test_what_cannot_be_done_is_said_plainly(
    arguments: tuple[str, ...], given: bytes, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
    with pytest.raises(CommandError) as caught:
        call_command("humanize", *arguments)
    assert str(caught.value).startswith(message)


def test_an_error_goes_to_the_error_stream_and_exits_one(var: dict[str, str]) -> None:
    done = humanize(var, given=b"caf\xe9")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode().startswith("CommandError: standard input is not UTF-8 (byte 3)")
