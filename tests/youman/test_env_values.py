"""A wrong value of any variable is one line that names it, at every entry; nothing of it shows a secret."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house_rules.source import ROOT
from tests.waiting import HANG_S
from youman import env

EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
VARIABLES = sorted(
    set(re.findall(r"^# ?([A-Z][A-Z_0-9]+)=", EXAMPLE, re.M)) - {name for name in os.environ if name.startswith("AWS_")}
)
ODD = [
    "", "   ", "-1", "0", "1", "1e9", "nan", "9" * 30, "9" * 5000, "true", "perhaps", "é", "🙂", "\udcff\udc80", "a\nb",
    "a\r\nSet-Cookie: b",
    "\x1b[31mred", "\x01", "\u2028", ",", ",,,", "*", "a b", "a" * 100_000, "/" * 5000, "..", "%zz", "%00",
    "http://", "https://[::1", "://", "http://a b/", "http://u:hunter2@h/", "javascript:alert(1)", "redis://:hunter2@h:99999/0",
    "redis://:hunter2@/x", "redis://h/abc", "postgres://u:hunter2@h:99999/x", "postgres://u:hunter2@h/x?foo=bar",
    "[::1", "::1%",
    "a" * 300 + "!", "${HOME}", "'; DROP TABLE users; --", "{}", "[]", "None", "/dev/null", "/proc/self/mem", "-" * 70,
]  # fmt: skip
# What each variable refuses; the other odd values it may accept or refuse, but never with a traceback.
BAD = {
    "DATABASE_URL": ["mysql://db/x", "postgres://h:99999/x", "postgres://h:x/y", "postgres://h/x?foo=bar", "db", "postgres://[::1/x"],
    "DATABASE_POOL": ["0", "-1", "many", "1.5", "9999999", "٣x"],
    "DATABASE_PREPARE": ["2", "maybe"],
    "REDIS_URL": ["http://h/0", "redis://", "redis://h:0x1", "redis://h/abc", "unix://", "redis://h:70000"],
    "SITE_URL": [
        "youman.example", "ftp://h", "https://", "https://h?x=1", "https://h#x", "https://u:p@h", "https://h:99999",
        "https://h/a b", "https://h//x", "https://h/../x", "https://a b", "https://[::1", "//h",
    ],
    "HOST": ["1.2.3", "256.1.1.1", "[::1", "a b", "http://h", "::g", "-x", "127.0.0.1:80"],
    "PORT": ["0", "-1", "65536", "http", "80 80"],
    "ALLOWED_HOSTS": ["https://h", "h:80", "a b", "h/x", "[::1"],
    "CSRF_TRUSTED_ORIGINS": ["youman.example", "https://h/path", "ftp://h", "https://"],
    "TRUST_PROXY": ["2", "10.0.0.0/33", "10.0.0.1/8", "proxy", "1, 10.0.0.0/8", "::1/129"],
    "KEYRING": [",", " , ,", "a\nb"],
    "SECRET_KEY": ["a\nb", "\x07bell"],
    "MAX_BODY_MB": ["0", "-5", "32MB", "9999999"],
    "PRIVATE_ENDPOINTS": ["http://h", "h:port", "a b", "h/x"],
    "DEBUG": ["2", "debug"],
    "LOG_LEVEL": ["LOUD", "3"],
    "S3_BUCKET": ["a b", "x", "../x"],
    "S3_ENDPOINT_URL": ["s3.example", "s3://h", "https://h:99999"],
    "MODEL_MEMORY_MIB": ["0", "-1", "1G"],
    "CANARIES_RAMP": ["always"],
    "TRAINING_POINTS_PER_ACCOUNT": ["-1", "all"],
    "TRAINING_PRESIDIO": ["2"],
    "TRAINER_CONCURRENCY": ["0", "two"],
    "KUBERNETES_API": ["kubernetes.default", "https://h:0"],
    "KUBERNETES_NAMESPACE": ["Youman", "a/b", "-a"],
    "TRAINER_IMAGE": ["a b", ":x", "é"],
    "TRAINER_CLAIM": ["a_b", "A"],
    "MODEL_ARCHIVE_KEYS": ["abc", "=" * 44],
    "ARTIFACT_MAX_MB": ["0", "x"],
    "OPENAI_API_KEY": ["sk a", "ключ", "sk\u00a0a"],
    "ANTHROPIC_API_KEY": ["sk a", "é"],
    "GOOGLE_API_KEY": ["sk a", "é"],
    "BASELINE_MODEL": ["gpt-4o", "a b/c"],
    "EMAIL": ["pigeon"],
    "EMAIL_HOST": ["a b", "smtp://h", "h:25"],
    "EMAIL_PORT": ["0", "70000", "smtp"],
    "EMAIL_TLS": ["starttls"],
    "EMAIL_FROM": ["nobody", "a@b, c@d", "a@b\nBcc: c@d"],
}  # fmt: skip


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    monkeypatch.setenv("YOUMAN_VAR", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def problem() -> str | None:
    """What the settings say of the environment; None if they accept it."""
    try:
        runpy.run_path(str(ROOT / "youman" / "settings.py"))
    except env.EnvError as error:
        return str(error)
    return None


@pytest.mark.parametrize("name", VARIABLES)
def test_an_odd_value_is_accepted_or_one_line(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for value in ODD:
        monkeypatch.setenv(name, value)
        said = problem()
        if said is not None:
            assert said.isprintable(), (value, said)
            assert len(said) < 700, value
            assert name in said or name == "YOUMAN_VAR", (value, said)
            assert "hunter2" not in said or name not in {"DATABASE_URL", "REDIS_URL", "OPENAI_API_KEY"}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_a_wrong_value_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    said = problem()
    assert said is not None
    assert name in said


@pytest.mark.parametrize("name", VARIABLES)
def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, " ")
    if name == "YOUMAN_VAR":
        assert env.var_dir() == ROOT / "var"
    else:
        assert problem() is None


def test_a_file_of_bytes_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xff\xfe\x00")
    monkeypatch.setenv("KEYRING_FILE", str(tmp_path / "key"))
    assert problem() == f"KEYRING_FILE names {tmp_path / 'key'}, which is not UTF-8 text"


ENTRIES = {
    "manage": [sys.executable, "manage.py", "doctor"],
    "migrate": [sys.executable, "manage.py", "migrate"],
    "launcher": [sys.executable, "-m", "youman.launcher"],
    "demo": [sys.executable, "-m", "youman.launcher.demo"],
    "worker": [sys.executable, "-m", "celery", "--app", "youman", "worker", "--queues", "default"],
    "beat": [sys.executable, "-m", "celery", "--app", "youman", "beat", "--pidfile="],
    "web": [sys.executable, "-m", "uvicorn", "youman.asgi:application", "--port", "0"],
    "workers": [sys.executable, "-m", "uvicorn", "youman.asgi:application", "--port", "0", "--workers", "2"],
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_says_it_in_one_line(tmp_path: Path, entry: str) -> None:
    name, value = "LOG_LEVEL", "LOUD"
    ours = {*VARIABLES, "DJANGO_SETTINGS_MODULE", "LANE"}
    clean = {key: content for key, content in os.environ.items() if key not in ours}
    environment = clean | {"YOUMAN_VAR": str(tmp_path), name: value, "REDIS_URL": "redis://127.0.0.1:1/0"}
    command = ENTRIES[entry]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=HANG_S
    )
    assert done.returncode != 0 or entry == "workers"  # uvicorn ends with 0 when it has stopped its workers
    assert "Traceback" not in done.stderr + done.stdout
    assert any(re.match(rf"youman: {name} is '{value}'; ", line) for line in done.stderr.splitlines()), done.stderr
