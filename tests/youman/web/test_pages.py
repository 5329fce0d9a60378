"""Everything besides the API: health, system checks, throttled sign-in, failures as pages or problems."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from kombu.utils.imports import symbol_by_name

from tests.writers import PASSWORD
from youman import checks
from youman.celery import app
from youman.core.accounts.lifecycle import create_account


def test_livez_asks_nobody(client: Client) -> None:
    assert client.get("/livez").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ten_wrong_passwords_are_followed_by_a_pause(client: Client) -> None:
    create_account(username="alice", password=PASSWORD)
    wrong = {"username": "alice", "password": "not this one 9"}
    for _ in range(10):
        assert client.post("/login", wrong).status_code == 200
    assert client.post("/login", wrong | {"password": PASSWORD}).status_code == 429
    assert client.post("/login", {"username": "bob", "password": "x"}).status_code == 200


@pytest.mark.django_db
def test_failures_are_problems_under_api_and_pages_elsewhere(client: Client) -> None:
    problem = client.get("/api/v1/nothing")
    assert (problem.status_code, problem["Content-Type"]) == (404, "application/problem+json")
    page = client.get("/nothing")
    assert (page.status_code, page["Content-Type"].partition(";")[0]) == (404, "text/html")


@pytest.mark.parametrize("path", ["/", "/history", "/account", "/people", "/admin/"])
@pytest.mark.django_db
def test_nobody_sees_a_page_unasked(client: Client, path: str) -> None:
    found = client.get(path)
    assert (
        found.status_code,
        found["Location"].partition("?")[0].endswith("/login") or "login" in found["Location"],
    ) == (
        302,
        True,
    )


@pytest.mark.django_db
def test_a_writer_is_no_staff(client: Client) -> None:
    client.force_login(create_account(username="alice", password=PASSWORD).user)
    assert client.get("/people").status_code == 403
    assert client.get("/admin/").status_code == 302


@pytest.mark.django_db
def test_every_answer_carries_the_policy_and_a_request_id(client: Client) -> None:
    found = client.get("/login", headers={"X-Request-ID": "abc-1"})
    assert found["X-Request-ID"] == "abc-1"
    assert "script-src 'self'" in found["Content-Security-Policy"]
    assert "unsafe" not in found["Content-Security-Policy"]


def _ids(settings: Any, **changes: object) -> list[str | None]:
    for name, value in changes.items():
        setattr(settings, name, value)
    return [message.id for message in checks.check_environment(None)]


def test_debug_with_a_real_database_is_an_error(settings: Any) -> None:
    assert "youman.E001" in _ids(settings, EMBEDDED=False, DEBUG=True)


def test_every_host_name_is_a_warning(settings: Any) -> None:
    assert "youman.W002" in _ids(settings, EMBEDDED=False, DEBUG=False, ALLOWED_HOSTS=["*"])


def test_a_secret_that_others_can_read_is_an_error(settings: Any, tmp_path: Any) -> None:
    (tmp_path / "keyring").write_text("x")
    (tmp_path / "keyring").chmod(0o644)
    assert "youman.E003" in _ids(settings, VAR_DIR=tmp_path)
    (tmp_path / "keyring").chmod(0o600)
    assert "youman.E003" not in _ids(settings, VAR_DIR=tmp_path)


def test_a_real_database_without_redis_is_a_warning(settings: Any) -> None:
    changes = {"EMBEDDED": False, "REDIS_GIVEN": False, "REDIS_URL": "unix:///tmp/x.sock"}
    assert "youman.W004" in _ids(settings, **changes)


def test_a_real_database_with_secrets_of_one_process_alone_is_a_warning(settings: Any) -> None:
    assert "youman.W005" in _ids(settings, EMBEDDED=False, SECRETS_GIVEN=False)
    assert "youman.W005" not in _ids(settings, EMBEDDED=False, SECRETS_GIVEN=True)
    assert "youman.W005" not in _ids(settings, EMBEDDED=True, SECRETS_GIVEN=False)


@pytest.mark.django_db
def test_a_probe_that_calls_by_the_address_of_the_pod_is_answered(client: Client) -> None:
    assert client.get("/livez", headers={"Host": "10.1.2.3:8000"}).status_code == 200
    assert client.get("/readyz", headers={"Host": "10.1.2.3:8000"}).status_code == 200
    assert client.get("/login", headers={"Host": "10.1.2.3:8000"}).status_code == 400


@pytest.mark.django_db
def test_the_admin_has_no_door_of_its_own(client: Client) -> None:
    root = create_account(username="root", password=PASSWORD, staff=True)
    assert client.get("/admin/", follow=True).redirect_chain[-1] == ("/login?next=/admin/", 302)
    wrong = {"username": "root", "password": "not this one 9"}
    for _ in range(10):
        assert client.post("/login", wrong).status_code == 200
    assert client.post("/admin/login/", wrong | {"password": PASSWORD}).status_code == 302
    assert client.get("/admin/").status_code == 302
    client.force_login(root.user)
    assert client.get("/admin/").status_code == 200


@pytest.mark.django_db
def test_who_is_no_staff_is_refused_by_the_admin_and_not_sent_in_a_circle(client: Client) -> None:
    client.force_login(create_account(username="alice", password=PASSWORD).user)
    refused = client.get("/admin/", follow=True)
    assert (refused.status_code, refused.redirect_chain) == (403, [("/admin/login/?next=/admin/", 302)])


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
@pytest.mark.django_db
def test_signing_in_never_leads_to_another_site(client: Client, target: str) -> None:
    create_account(username="alice", password=PASSWORD)
    form = {"username": "alice", "password": PASSWORD, "next": target}
    assert client.post("/login", form)["Location"] == "/"


@pytest.mark.django_db(transaction=True)
def test_the_clock_of_beat_needs_no_folder(settings: Any, tmp_path: Path) -> None:
    """A pod may have none that it can write, and without beat nothing is swept or reaped."""
    settings.VAR_DIR = tmp_path / "not there"
    clock = symbol_by_name(app.conf.beat_scheduler)(app, lazy=True)
    clock.setup_schedule()
    clock.sync()
    assert {"sweep", "reap", "prune"} <= set(clock.schedule)
    assert not settings.VAR_DIR.exists()
