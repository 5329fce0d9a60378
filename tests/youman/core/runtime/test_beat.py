"""Beat by the clock: a daily job runs wherever beat restarts every day, and what was missed is caught up once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery.beat import SchedulingError
from celery.schedules import crontab
from django.db.models import F
from django.test import Client
from django_celery_beat.models import PeriodicTask

from tests.writers import PASSWORD
from youman.celery import app
from youman.core.accounts.lifecycle import create_account
from youman.core.runtime import beat, heartbeats, redis

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.attack("beat")]
NIGHTLY = {"nightly": {"task": "core.prune", "schedule": crontab("30", "3"), "options": {"expire_seconds": 80_000}}}
DAILY = ["train-upkeep", "registry-collect"]
HOURLY = ["serving-drift", "prune", "prune-cache"]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []

    def note(self: beat.Scheduler, entry: Any, **options: Any) -> None:
        found.append(entry.name)

    monkeypatch.setattr(beat.Scheduler, "apply_async", note)
    return found


@pytest.fixture
def code() -> Iterator[None]:
    """The code's list is given back after a test that has another."""
    before = app.conf.beat_schedule
    yield
    app.conf.beat_schedule = before


def daily_in(hours: int) -> None:
    """The code's list: one job, whose hour comes in so many hours."""
    moment = datetime.now(UTC) + timedelta(hours=hours)
    at = crontab(str(moment.minute), str(moment.hour))
    app.conf.beat_schedule = {"nightly": NIGHTLY["nightly"] | {"schedule": at}}


def start_and_kill() -> None:
    """A beat that looks around for a moment and is killed without a farewell."""
    scheduler = beat.Scheduler(app=app)
    for _ in range(5):
        scheduler.tick()
    scheduler._dirty.clear()  # what a killed process would not have written


def let_pass(time: timedelta) -> None:
    """What the rows remember lies back by so much more."""
    PeriodicTask.objects.update(last_run_at=F("last_run_at") - time, date_changed=F("date_changed") - time)


@pytest.mark.parametrize("hours", [1, 2, 3, 5, 8, 12, 16, 20, 23])
def test_a_daily_job_runs_once_a_day_where_beat_runs_for_a_moment_a_day(
    sent: list[str], code: None, hours: int
) -> None:
    daily_in(hours)
    for _ in range(6):
        start_and_kill()
        let_pass(timedelta(days=1))
    assert sent == ["nightly"] * 5


@pytest.mark.parametrize("restarts", [1, 2, 10])
def test_what_was_missed_is_caught_up_once_however_often_beat_restarts(
    sent: list[str], code: None, restarts: int
) -> None:
    daily_in(12)
    start_and_kill()
    let_pass(timedelta(days=5))
    for _ in range(restarts):
        start_and_kill()
        let_pass(timedelta(minutes=5))
    assert sent == ["nightly"]


@pytest.mark.parametrize("minutes", [1, 60, 6 * 60, 20 * 60])
def test_a_daily_job_does_not_run_before_its_hour(sent: list[str], code: None, minutes: int) -> None:
    daily_in(3)
    start_and_kill()
    let_pass(timedelta(minutes=minutes))
    start_and_kill()
    assert sent == []


def test_a_job_that_cannot_be_sent_stays_due(sent: list[str], code: None, monkeypatch: pytest.MonkeyPatch) -> None:
    daily_in(12)
    start_and_kill()
    let_pass(timedelta(days=1))
    note = beat.Scheduler.apply_async

    def refuse(self: beat.Scheduler, entry: Any, **options: Any) -> None:
        raise SchedulingError("no broker")

    monkeypatch.setattr(beat.Scheduler, "apply_async", refuse)
    start_and_kill()
    monkeypatch.setattr(beat.Scheduler, "apply_async", note)
    start_and_kill()
    start_and_kill()
    assert sent == ["nightly"]


@pytest.mark.parametrize("name", [*DAILY, *HOURLY])
def test_what_is_due_once_an_hour_or_a_day_goes_by_the_clock(name: str) -> None:
    beat.install_schedule(app.conf.beat_schedule)
    row = PeriodicTask.objects.get(name=name)
    assert (row.interval, row.enabled) == (None, True)
    assert (row.crontab.hour == "*") == (name in HOURLY)


def test_the_rows_are_the_code_s_list_and_installing_again_changes_nothing() -> None:
    beat.install_schedule(app.conf.beat_schedule)
    before = list(PeriodicTask.objects.order_by("name").values())
    beat.install_schedule(app.conf.beat_schedule)
    assert list(PeriodicTask.objects.order_by("name").values()) == before
    assert [row["name"] for row in before] == sorted(app.conf.beat_schedule)


def test_what_staff_switched_off_stays_off_and_what_the_code_dropped_goes() -> None:
    beat.install_schedule(NIGHTLY | {"old": NIGHTLY["nightly"]})
    PeriodicTask.objects.update(enabled=False)
    beat.install_schedule(NIGHTLY)
    assert list(PeriodicTask.objects.values_list("name", "enabled")) == [("nightly", False)]


def test_another_time_in_the_code_reaches_the_row_and_keeps_its_last_run() -> None:
    beat.install_schedule(NIGHTLY)
    before = PeriodicTask.objects.get().last_run_at
    beat.install_schedule({"nightly": NIGHTLY["nightly"] | {"schedule": crontab("0", "5")}})
    row = PeriodicTask.objects.get()
    assert (row.crontab.hour, row.crontab.minute, row.last_run_at) == ("5", "0", before)


def test_beat_shows_that_it_is_alive(sent: list[str]) -> None:
    redis.client().delete("youman:heartbeats")
    beat.Scheduler(app=app).tick()
    assert [one.queues for one in heartbeats.heartbeats()] == [frozenset({"beat"})]


def test_staff_see_the_jobs_and_can_only_switch_them(client: Client) -> None:
    beat.install_schedule(NIGHTLY)
    stan = create_account(username="stan", password=PASSWORD, staff=True).user
    stan.is_superuser = True
    stan.save()
    client.force_login(stan)
    row = PeriodicTask.objects.get()
    page = f"/admin/django_celery_beat/periodictask/{row.pk}/change/"
    assert client.get("/admin/django_celery_beat/periodictask/").status_code == 200
    assert client.post(page, {"task": "training.run", "args": '["x"]', "name": "mine"}).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.task, row.args, row.enabled) == ("nightly", "core.prune", "[]", False)
    assert client.get("/admin/django_celery_beat/periodictask/add/").status_code == 403
    assert client.get("/admin/django_celery_beat/crontabschedule/").status_code == 404
