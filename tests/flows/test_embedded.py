"""The main job as a stranger meets it: nothing set up, everything started by the launcher, three doors tried."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.flows.installation import Installation, environment, launch, running
from tests.services.ports import free_port
from tests.waiting import HANG_S, wait_until
from tests.writers import DRAFT

pytestmark = pytest.mark.embedded


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with running(tmp_path_factory.mktemp("embedded") / "var") as installation:
        yield installation


@pytest.fixture(scope="module")
def api(here: Installation) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {here.key()}"}
    with httpx.Client(base_url=f"{here.url}/api/v1/", headers=headers, timeout=HANG_S) as client:
        yield client


def test_a_short_text_is_answered_at_once_with_edits_and_scores(api: httpx.Client) -> None:
    made = api.post("transformations", json={"text": DRAFT, "level": 3})
    body = made.json()
    assert (made.status_code, body["state"]) == (201, "completed")
    assert body["result"] != DRAFT
    assert "12 May" in body["result"]
    assert {"start", "end", "before", "after", "reason", "source"} <= set(body["edits"][0])
    assert set(body["scores"]) == {"before", "after", "judgement"}


def test_a_long_text_goes_through_the_worker_with_progress(here: Installation, api: httpx.Client) -> None:
    text = "\n\n".join(f"Part {number}. {DRAFT}" for number in range(400))
    made = api.post("transformations", json={"text": text})
    assert (made.status_code, made.json()["state"]) == (202, "queued")
    address = f"transformations/{made.json()['id']}"
    with api.stream("GET", f"{address}/stream") as stream:
        events = [line.removeprefix("event: ") for line in stream.iter_lines() if line.startswith("event: ")]
    assert events[0] == "progress"
    assert events[-1] == "done"
    done = api.get(address).json()
    assert (done["state"], done["result"].count("12 May")) == ("completed", 400)
    assert "leverage" not in done["result"]


def test_the_printed_password_signs_in_and_the_editor_comes(here: Installation) -> None:
    found = re.search(r"Sign in as admin with the password (\S+)", here.said.read_text())
    assert found
    with httpx.Client(base_url=here.url, follow_redirects=True, timeout=HANG_S) as browser:
        assert browser.get("/").url.path == "/login"
        form = {"username": "admin", "password": found[1], "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        page = browser.post("/login", data=form, headers={"Referer": here.url})
    assert (page.status_code, page.url.path) == (200, "/")
    assert 'id="draft"' in page.text or "<textarea" in page.text


def test_every_dependency_is_ready(here: Installation) -> None:
    ready = httpx.get(f"{here.url}/readyz", timeout=HANG_S)
    assert (ready.status_code, ready.json()["status"]) == (200, "ok")
    assert set(ready.json()["parts"]) == {"database", "migrations", "redis", "disk"}


def test_the_doctor_finds_nothing_wrong(here: Installation) -> None:
    wait_until(lambda: b"ok   processes" in here.manage("doctor").stdout)  # the workers start after the server
    told = here.manage("doctor")
    assert (told.returncode, b"BAD" in told.stdout) == (0, False)


def test_the_command_gives_what_the_api_gives(here: Installation, api: httpx.Client) -> None:
    told = here.manage("humanize", "-", "--json", "--level", "3", stdin=DRAFT.encode())
    printed, answered = json.loads(told.stdout), api.post("transformations", json={"text": DRAFT, "level": 3}).json()
    for name in ("result", "scores", "similarity", "share_changed", "language", "strategy", "level"):
        assert printed[name] == answered[name], name


def test_the_demo_walks_the_loop_on_sentences_of_our_own(here: Installation) -> None:
    told = here.manage("demo", "--data", "/nowhere")
    assert told.returncode == 0, told.stderr.decode()
    said = told.stdout.decode()
    assert "1. A writer has a draft of" in said
    assert "Passed: every judged figure meets its threshold. Produced demo-editor/1" in said
    assert "demo-editor-1: answered" in said
    assert "13. The ledger has recorded the call" in said


def test_secrets_are_for_the_owner_alone(here: Installation) -> None:
    for name in ("secret_key", "keyring", "admin_password"):
        assert stat.S_IMODE((here.var / name).stat().st_mode) == 0o600


def test_a_second_launcher_on_the_same_folder_is_refused_plainly(here: Installation, tmp_path: Path) -> None:
    second = launch(here.var, free_port(), tmp_path / "log")
    assert second.wait(HANG_S) == 1
    assert "Youman already runs on" in (tmp_path / "log").read_text()


def test_a_taken_port_is_refused_plainly(here: Installation, tmp_path: Path) -> None:
    second = launch(tmp_path / "var", here.port, tmp_path / "log")
    assert second.wait(HANG_S) == 1
    assert f"port {here.port} is used by another program; use another: make run PORT=" in (
        (tmp_path / "log").read_text()
    )


def test_a_folder_that_cannot_be_written_is_refused_plainly(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    second = launch(tmp_path / "file" / "var", free_port(), tmp_path / "log")
    assert second.wait(HANG_S) == 1
    assert "cannot write" in (tmp_path / "log").read_text()


def test_commands_make_the_database_on_first_use(tmp_path: Path) -> None:
    fresh = Installation(tmp_path / "var", 0, tmp_path / "log")
    assert re.fullmatch(r"ym_\S+", fresh.key())
    listed = fresh.manage("deploy", "list").stdout.splitlines()
    assert [one["name"] for one in map(json.loads, listed) if one["state"] == "active"][:2] == [
        "anthropic-large",
        "anthropic-small",
    ]


def test_ctrl_c_stops_every_process_and_the_data_is_found_again(tmp_path: Path) -> None:
    var = tmp_path / "var"
    with running(var, signal.SIGTERM) as first:
        key = first.key()
        headers = {"Authorization": f"Bearer {key}"}
        made = httpx.post(f"{first.url}/api/v1/transformations", json={"text": DRAFT}, headers=headers, timeout=HANG_S)
        assert made.status_code == 201
    assert _alive(var) == []
    with running(var, signal.SIGINT) as second:
        address = f"{second.url}/api/v1/transformations/{made.json()['id']}"
        again = httpx.get(address, headers=headers, timeout=HANG_S)
    assert (again.status_code, again.json()["text"]) == (200, DRAFT)
    assert _alive(var) == []


def test_a_launcher_that_is_killed_takes_its_children_along(tmp_path: Path) -> None:
    var = tmp_path / "var"
    with running(var, signal.SIGKILL):
        assert len(_alive(var)) >= 4
    wait_until(lambda: _alive(var) == [])


def _alive(var: Path) -> list[int]:
    """Processes that were started for this folder."""
    wanted = f"YOUMAN_VAR={var}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            mine = wanted in (folder / "environ").read_bytes().split(b"\0")
            dead = (folder / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except OSError:
            continue
        if mine and not dead and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    return found


def test_the_environment_of_these_tests_is_that_of_a_fresh_machine(tmp_path: Path) -> None:
    assert {"DATABASE_URL", "REDIS_URL"} & set(environment(tmp_path)) == set()


def in_chunks(size: int) -> Iterator[bytes]:
    """A body whose length nobody says beforehand."""
    yield b'{"text": "'
    yield from (b"a b " * 250_000 for _ in range(size))
    yield b'In order to win."}'


def test_a_body_in_chunks_is_read_and_bounded_like_any_other(api: httpx.Client) -> None:
    json_type = {"Content-Type": "application/json"}
    made = api.post("transformations", content=in_chunks(0), headers=json_type)
    assert (made.status_code, made.json()["text"]) == (201, "In order to win.")
    refused = api.post("transformations", content=in_chunks(40), headers=json_type)
    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")
