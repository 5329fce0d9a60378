"""`manage.py humanize` as people run it: in a process of its own, without a database or a broker."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from serving.models import Invocation
from tests import writers
from tests.humanize.deployments import Engines, answer_with, swapped
from tests.humanize.uploads.word_files import SPACES, paragraph, run, styled, word
from tests.waiting import HANG_S

ROOT = Path(__file__).resolve().parents[3]
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
    assert set(body["edits"][0]) == {"start", "end", "before", "after", "reason", "source", "look", "block"}
    assert body["to_look"] == 0
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
    assert out[2]["error"].startswith("colour is an unknown field")
    assert done.returncode == 1
    assert done.stderr.decode().strip().endswith("5 of the lines could not be rewritten; see the field error of each")


def test_a_word_file_is_rewritten_and_what_was_not_read_is_noted(var: dict[str, str], tmp_path: Path) -> None:
    comments = f'<w:comments {SPACES}><w:comment w:id="0"/></w:comments>'
    file = tmp_path / "draft.docx"
    body = styled("berschrift2", run("Plan")) + paragraph(f"<w:ins>{run('We work in order to win.')}</w:ins>")
    file.write_bytes(word(body, parts={"comments": comments}))
    for name, given in ((str(file), b""), ("-", file.read_bytes())):
        done = humanize(var, name, "--level", "3", given=given)
        assert (done.returncode, done.stdout) == (0, b"## Plan\n\nWe work to win.\n")
        assert done.stderr == b"note: Not read: 1 comment\n"


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
        (("--strategy", "x"), b"hi", "strategy must be one of auto, casual, professional, academic"),
        ((), b"PK\x03\x04", "The file is not a ZIP archive, or it is damaged"),
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


def test_a_hostile_line_spoils_its_own_answer_only(var: dict[str, str]) -> None:
    hostile = [
        "[" * 100_000,
        '{"id": 1, "text": ' + "9" * 5_000 + "}",
        '{"id": NaN, "text": "Hi."}',
        '{"id": "\\ud800"}',
    ]
    done = humanize(var, "--jsonl", given="\n".join([*hostile, '{"id": 5, "text": "Hi."}']).encode())
    out = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["id"] for line in out] == [None, None, None, "\ud800", 5]
    assert ["error" in line for line in out] == [True, True, True, True, False]


def test_an_answer_that_cannot_be_written_is_said_plainly(var: dict[str, str]) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run([sys.executable, "manage.py", "humanize"], input=DRAFT.encode(), env=var, cwd=ROOT,
                              stdout=full, stderr=subprocess.PIPE, check=False)  # fmt: skip
    told = b"CommandError: The output cannot be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (1, told)


def test_a_reader_that_has_seen_enough_is_no_error(var: dict[str, str]) -> None:
    lines = b'{"text": "Bees like clover."}\n' * 300
    command = [sys.executable, "manage.py", "humanize", "--jsonl"]
    child = subprocess.Popen(command, env=var, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)  # fmt: skip
    assert child.stdin
    assert child.stdout
    assert child.stderr
    with child.stdin, child.stderr:
        child.stdin.write(lines)
        child.stdin.close()
        assert b"clover" in child.stdout.readline()
        child.stdout.close()
        assert (child.stderr.read(), child.wait(HANG_S)) == (b"", 0)


def test_the_answer_is_utf_8_whatever_the_terminal_claims(var: dict[str, str]) -> None:
    done = humanize(var | {"PYTHONIOENCODING": "ascii"}, given="Café in order to win.".encode())
    assert (done.returncode, done.stdout.decode()[:4]) == (0, "Café")


def test_a_language_without_rules_is_left_alone_and_this_is_said(var: dict[str, str]) -> None:
    done = humanize(var, "--language", "de", given="Bienen mögen Klee.".encode())
    assert (done.returncode, done.stdout.decode()) == (0, "Bienen mögen Klee.")
    assert done.stderr.decode() == "note: there are no rules for de yet; the text was left unchanged\n"


def test_ctrl_c_ends_it_without_a_traceback(var: dict[str, str]) -> None:
    # A shell starts what runs in its background with this signal ignored.
    child = subprocess.Popen([sys.executable, "manage.py", "humanize", "--jsonl"], env=var, cwd=ROOT,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))  # fmt: skip
    assert child.stdin
    assert child.stdout
    child.stdin.write(b'{"text": "Bees like clover."}\n')
    child.stdin.flush()
    child.stdout.readline()  # it is at work and waits for more
    child.send_signal(signal.SIGINT)
    assert (child.communicate(timeout=HANG_S)[1], child.returncode) == (b"", 130)


def test_a_model_by_name_needs_the_database_and_says_so(var: dict[str, str]) -> None:
    done = humanize(var, "--model", "gpt", given=DRAFT.encode())
    assert done.returncode == 1
    assert b"A named model needs the database: run manage.py migrate, or use --model rules" in done.stderr


@pytest.mark.django_db(transaction=True)
def test_a_model_by_name_is_asked(engines: Engines, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    engines.add("small")
    file = tmp_path / "draft.txt"
    file.write_text(writers.DRAFT, encoding="utf-8")
    call_command("humanize", str(file), "--model", "small", "--json")
    body = json.loads(capsys.readouterr().out)
    assert body["result"] == swapped(writers.DRAFT)
    assert body["route_sentence"].startswith("small rewrote this for ")
    assert (engines.asked, Invocation.objects.get().account) == (["openai"], 0)
    with pytest.raises(CommandError, match="There is no model 'gpt'; use one of auto, small, rules"):
        call_command("humanize", str(file), "--model", "gpt")


VERBATIM = [
    'Use `df[["a"]]` in order to win.',
    "We [[leverage]] it.\r\n",
    "\ufeffIt is used in\r\norder to win.\r\n\r\n",
    "Old\rlines in\rorder to win.\r",
    "Mixed\r\nlines\nin order\rto win.\u2028And\u2029so\x85on\v\f",
    "\n\n  In order to win.\n\n\n",
]


@pytest.mark.parametrize("text", VERBATIM, ids=range(len(VERBATIM)))
def test_line_ends_and_brackets_come_out_as_they_went_in(var: dict[str, str], tmp_path: Path, text: str) -> None:
    file = tmp_path / "draft.txt"
    file.write_bytes(text.encode())
    ends = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]|\\[\\[|\\]\\]|\ufeff")
    for done in (humanize(var, str(file), "--level", "5"), humanize(var, "--level", "5", given=text.encode())):
        assert done.returncode == 0
        assert done.stderr == b"" or done.stderr.startswith(b"note: Nothing found. ")
        assert ends.findall(done.stdout.decode()) == ends.findall(text)
        assert b"order" not in done.stdout


def test_jsonl_texts_keep_line_ends_and_brackets(var: dict[str, str]) -> None:
    given = "\ufeff" + "\r\n".join(json.dumps({"text": text, "level": 1}, ensure_ascii=False) for text in VERBATIM)
    done = humanize(var, "--jsonl", given=given.encode())
    assert done.returncode == 0
    for line, text in zip(done.stdout.rstrip(b"\n").split(b"\n"), VERBATIM, strict=True):
        body = json.loads(line)
        for edit in reversed(body["edits"]):
            body["result"] = body["result"].replace(edit["after"], edit["before"])
        assert body["result"] == text


@pytest.mark.django_db(transaction=True)
def test_what_somebody_has_to_look_at_is_not_printed_but_counted(
    engines: Engines, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engines.add("small")
    engines.server.answer = answer_with(
        lambda line: line.replace("may", "will").replace("utilize", "use"), difference=("may", "will")
    )
    draft, stderr = "The staff utilize the old desks every day. The library may close in August.", io.StringIO()
    (tmp_path / "draft.txt").write_text(draft, encoding="utf-8")
    call_command("humanize", str(tmp_path / "draft.txt"), "--model", "small", stderr=stderr)
    assert capsys.readouterr().out == draft.replace("utilize", "use")
    assert stderr.getvalue() == "note: 1 edit is left out because somebody has to look at it\n"
    call_command("humanize", str(tmp_path / "draft.txt"), "--model", "small", "--json")
    assert json.loads(capsys.readouterr().out)["to_look"] == 1
