"""A batch is handed in once and booked once, whenever the process that does it is killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from humanize.deferred import dispatch
from humanize.models import Transformation
from humanize.transformations import create, worker
from humanize.validation import check_options
from serving.gateway import snapshot
from serving.models import Deployment, Invocation, TierPrice, VendorBatch
from tests.humanize.deployments import MODELS, deployment, edited, swapped
from tests.vendors import KEY_HOSTS, KEY_HOSTS_TEXT, VendorServer, vendors
from tests.waiting import HANG_S
from tests.workers.worker import database_url
from tests.writers import DRAFT
from youman.core.accounts.lifecycle import create_account

pytestmark = [
    pytest.mark.worker,
    pytest.mark.deep,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="the child needs a database of its own"),
]
_ATTEND = "import django; django.setup()\nfrom humanize.deferred import dispatch\ndispatch.advance_batches()"


@pytest.fixture
def wire(transactional_db: None, settings: Settings) -> Iterator[VendorServer]:
    settings.PROVIDER_KEYS = {"openai": "k1", "anthropic": "k2", "google": "k3"}
    settings.PRIVATE_ENDPOINTS = ["127.0.0.1"]
    settings.PROVIDER_KEY_HOSTS = KEY_HOSTS
    Deployment.objects.all().delete()
    with vendors() as server:
        server.answer = edited
        yield server
    snapshot.clear_cache()


def attended_and_killed(wire: VendorServer, point: str) -> None:
    """Beat's task in a process of its own, killed in the moment in which the vendor has the request, and is silent."""
    keys = {"OPENAI_API_KEY": "k1", "ANTHROPIC_API_KEY": "k2", "GOOGLE_API_KEY": "k3", "PRIVATE_ENDPOINTS": "127.0.0.1"}
    keys["PROVIDER_KEY_HOSTS"] = KEY_HOSTS_TEXT
    environment = os.environ | keys | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "youman.settings"}
    wire.batches.held.clear()
    getattr(wire.batches, point).append("hold")
    child = subprocess.Popen([sys.executable, "-c", _ATTEND], env=environment)
    assert wire.batches.held.wait(HANG_S)
    child.kill()
    child.wait()


@pytest.mark.parametrize("kind", MODELS)
def test_killed_before_it_is_written_down_and_while_results_come(wire: VendorServer, kind: str) -> None:
    made = deployment(kind, wire.url(MODELS[kind][0]), capabilities={"has_batch": True})
    model = made.provider_model
    assert model is not None
    TierPrice.objects.filter(model=model).delete()
    TierPrice.objects.create(model=model, share="0.5", from_day="2024-01-01")
    snapshot.clear_cache()
    account = create_account(username="bea", password="a long sentence 1", tier="BASIC")
    ask = create.CreateRequest(text=DRAFT, options=check_options(level=3), service_tier="batch")
    row = create.create_transformation(account=account, request=ask).row
    worker.run(row.pk)
    attended_and_killed(wire, "submit")
    batch = VendorBatch.objects.get()
    assert (batch.state, batch.tries, batch.vendor_id, len(wire.batches.jobs)) == ("submitting", 1, "", 1)
    later = timezone.now() + timedelta(minutes=4)  # its lease has run out
    wire.batches.download.extend(["cut"] if kind != "third" else ["", "cut"])
    dispatch.advance_batches(now=later)
    assert (VendorBatch.objects.get().state, len(wire.batches.jobs)) == ("ended", 1)
    VendorBatch.objects.update(leased_until=None)
    attended_and_killed(wire, "download")
    dispatch.advance_batches(now=later + timedelta(minutes=10))
    assert (VendorBatch.objects.get().state, Invocation.objects.count()) == ("collected", 1)
    worker.run(row.pk)
    assert Transformation.objects.get(pk=row.pk).result == swapped(DRAFT)
    assert (len(wire.batches.jobs), wire.seen) == (1, [])
