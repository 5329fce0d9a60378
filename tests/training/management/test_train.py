from __future__ import annotations

import io
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.training.sample_pairs import dataset
from tests.waiting import join, wait_until
from training.jobs.supervisor import supervise
from training.models import TrainingJob
from youman.core.accounts.lifecycle import create_account

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def root(transactional_db: None) -> None:
    create_account(username="root", password="a long sentence 1", staff=True)
    dataset()


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("train", *arguments, stdout=out)
    return out.getvalue()


def test_it_trains_here_and_prints_each_step(root: None) -> None:
    said = run("first", "toy", "mine", "--here", "--set", "steps=5", "--set", "quick=true")
    assert "created: Toy on first for mine" in said
    assert "starting at step 0 with" in said
    assert "gate: Passed: every judged figure meets its threshold" in said
    assert said.splitlines()[-3:] == [
        "  score                    0.9 passed",
        f"  tested                   {TrainingJob.objects.get().dataset.counts['split']['test']} ",
        "Passed: every judged figure meets its threshold. Produced mine/1",
    ]


def test_follow_stays_until_a_worker_has_finished_the_job(root: None) -> None:
    def work() -> None:
        wait_until(TrainingJob.objects.filter(state="queued").exists)
        supervise(TrainingJob.objects.get(state="queued").pk)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    said = run("first", "toy", "mine", "--follow", "--set", "quick=true", "--set", "score=0.1")
    join(thread)
    assert said.splitlines()[-1] == "Failed: score is 0.1, required ≥ 0.5. No version was created"


def test_a_failure_is_explained_and_exits_non_zero(root: None) -> None:
    with pytest.raises(CommandError) as caught:
        run("first", "toy", "mine", "--here", "--set", "mood=user", "--set", "quick=true")
    assert str(caught.value) == "The job failed: The pairs are all alike; bring in more"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("none", "toy", "mine"), "There is no such dataset; check its id or name"),
        (("first", "toy", "mine", "--set", "steps"), "--set must be NAME=VALUE, not 'steps'"),
        (("first", "toy", "mine", "--set", "steps=x"), "steps: must be a whole number"),
        (("first", "toy", "mine", "--user", "nobody"), "There is no active user 'nobody'"),
    ],
)
def test_impossible_requests_are_explained(root: None, arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    assert str(caught.value) == message
    assert TrainingJob.objects.count() == 0
