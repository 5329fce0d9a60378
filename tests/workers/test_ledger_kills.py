"""An answer that was given has its row in the ledger, whatever happens to the process right after."""

from __future__ import annotations

import os
import subprocess
import sys
from uuid import UUID

import pytest
from django.db import connection

from serving.models import Deployment, Invocation, ProviderModel
from serving.states import DeploymentState
from tests.workers.worker import database_url

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]
_CALLER = """
import django
django.setup()
from serving.gateway import calls
from serving.backends.base import RewriteRequest
ask = RewriteRequest("We leverage tools.", system="Edit.", prompt="1: We leverage tools.")
caller = calls.Caller(account_id=7, tier="BASIC", transformation_id=None)
while True:
    print(calls.rewrite(deployment="fake", request=ask, caller=caller).invocation_id, flush=True)
"""


@pytest.fixture
def fake() -> Deployment:
    luna = ProviderModel.objects.get_or_create(
        provider="openai",
        model_id="gpt-6-luna",
        defaults={"name": "GPT-6 Luna", "context_window": 400_000, "max_output": 128_000},
    )[0]
    return Deployment.objects.create(
        name="fake", kind="llm", backend="recorded", provider_model=luna, state=DeploymentState.ACTIVE
    )


@pytest.mark.deep
@pytest.mark.skipif(connection.vendor != "postgresql", reason="the child needs a database of its own to connect to")
def test_killed_after_any_answer_the_ledger_has_every_row_that_was_answered(fake: Deployment) -> None:
    environment = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "youman.settings"}
    answered: set[UUID] = set()
    for point in (1, 2, 3, 5, 8):
        child = subprocess.Popen([sys.executable, "-c", _CALLER], env=environment, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        answered |= {UUID(child.stdout.readline().strip()) for _ in range(point)}
        child.kill()
        answered |= {UUID(line.strip()) for line in child.stdout if line.endswith("\n")}
        child.wait()
        child.stdout.close()
    assert len(answered) >= 19
    assert set(Invocation.objects.values_list("pk", flat=True)) >= answered
