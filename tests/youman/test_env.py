"""The parsers of the environment: what they take, and what they say of what they do not."""

from __future__ import annotations

import stat
import tempfile
from pathlib import Path

import pytest

from youman import env


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "THING", "THING_FILE"):
        monkeypatch.delenv(name, raising=False)


def test_a_variable_is_stripped_and_comes_before_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from the file\n")
    monkeypatch.setenv("THING_FILE", str(tmp_path / "secret"))
    assert env.text("THING") == "from the file"
    monkeypatch.setenv("THING", " from the variable ")
    assert env.text("THING") == "from the variable"


def test_a_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING_FILE", "/nowhere/secret")
    with pytest.raises(env.EnvError, match="THING_FILE names /nowhere/secret, which cannot be read"):
        env.text("THING")


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("yes", True), ("off", False), ("", False)])
def test_flags(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("THING", value)
    assert env.flag("THING") is expected


def test_a_flag_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "perhaps")
    with pytest.raises(env.EnvError, match="THING is 'perhaps'; use 1 or 0"):
        env.flag("THING")


@pytest.mark.parametrize(("value", "said"), [("many", "use a whole number"), ("0", "it must be at least 1")])
def test_a_number_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, value: str, said: str) -> None:
    monkeypatch.setenv("THING", value)
    with pytest.raises(env.EnvError, match=said):
        env.integer("THING", 3, minimum=1)


def test_a_choice_names_what_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "pigeon")
    with pytest.raises(env.EnvError, match="use one of: smtp, file"):
        env.choice("THING", "file", ["smtp", "file"])


def test_postgres_urls_are_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://ann:p%40ss@db:5433/texts?sslmode=require")
    found = env.database()
    assert {name: found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "NAME": "texts",
        "USER": "ann",
        "PASSWORD": "p@ss",
        "HOST": "db",
        "PORT": "5433",
    }
    assert isinstance(found["OPTIONS"], dict)
    assert found["OPTIONS"]["sslmode"] == "require"


def test_another_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://db/texts")
    with pytest.raises(env.EnvError, match="must have the form postgres://"):
        env.database()


def test_without_a_database_it_is_sqlite_with_one_writer_at_a_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("YOUMAN_VAR", str(tmp_path))
    found = env.database()
    assert found["NAME"] == str(tmp_path / "youman.sqlite3")
    assert isinstance(found["OPTIONS"], dict)
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("redis://cache:6379/2", "redis://cache:6379/2"),
        ("unix:///run/v.sock", "redis+socket:///run/v.sock"),
        ("unix:///run/v.sock?db=3", "redis+socket:///run/v.sock?virtual_host=3"),
    ],
)
def test_the_broker_is_the_shared_server(monkeypatch: pytest.MonkeyPatch, url: str, broker: str) -> None:
    monkeypatch.setenv("REDIS_URL", url)
    assert env.broker_url() == broker


def test_a_long_folder_gets_a_short_socket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("YOUMAN_VAR", str(tmp_path / ("deep" * 30)))
    assert len(str(env.valkey_socket())) <= 100


def test_a_secret_is_made_once_for_the_owner_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("YOUMAN_VAR", str(tmp_path))
    first = env.stored_secret("THING", "thing")
    assert len(first) >= 32
    assert env.stored_secret("THING", "thing") == first
    assert stat.S_IMODE((tmp_path / "thing").stat().st_mode) == 0o600


def test_an_empty_secret_file_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("YOUMAN_VAR", str(tmp_path))
    (tmp_path / "thing").write_text("")
    with pytest.raises(env.EnvError, match="is empty; delete it"):
        env.stored_secret("THING", "thing")


def test_a_connection_that_the_database_has_cut_is_not_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://youman@db/youman")
    assert env.database()["ENGINE"] == "youman.core.database.postgres"


@pytest.mark.parametrize("name", ["a b", "50%20off", "c#d", "e?f=g", "ü"])
def test_a_folder_of_odd_characters_keeps_them_out_of_the_broker_s_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setenv("YOUMAN_VAR", f"/{name}")
    assert name not in env.redis_url()
    assert str(env.valkey_socket().parent.parent) == tempfile.gettempdir()
