"""The catalogue comes into the database, follows the file, and leaves alone whatever staff changed."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from serving.catalogue.file import Catalogue, DeploymentEntry, ModelEntry, TierPriceEntry
from serving.catalogue.sync import sync_catalogue
from serving.models import CatalogueEntry, Deployment, ProviderModel, TierPrice
from tests.serving.catalogue.test_file import MODEL, written
from tests.waiting import HANG_S, join
from youman.core.models import AuditEvent

pytestmark = pytest.mark.django_db
OLD = ModelEntry("acme", "quill-1", "Quill 1", "small", 1000, 100, ends_on=date(2026, 1, 1), successor="quill-2")
NEW = ModelEntry("acme", "quill-2", "Quill 2", "small", 2000, 200, has_batch=True)
PRICE = TierPriceEntry("acme", "batch", date(2026, 1, 2), Decimal("0.5"))
QUILL = DeploymentEntry("quill", "openai", "acme/quill-2", "BASIC", 100, "Acme's quill")
FILE = Catalogue((OLD, NEW), (PRICE,), (QUILL,))


def synced(catalogue: Catalogue = FILE, *, dry_run: bool = False) -> list[str]:
    return [str(change) for change in sync_catalogue(catalogue, dry_run=dry_run)]


def model(model_id: str = "quill-2") -> ProviderModel:
    return ProviderModel.objects.get(provider="acme", model_id=model_id)


def test_everything_is_made_once() -> None:
    assert synced() == [
        "create model acme/quill-1",
        "create model acme/quill-2",
        "create tier price acme/quill-2 batch 2026-01-02",
        "create deployment quill",
    ]
    assert model("quill-1").successor == model()
    assert [(one.share, str(one.from_day)) for one in TierPrice.objects.filter(model=model())] == [
        (Decimal("0.5"), "2026-01-02")
    ]
    quill = Deployment.objects.get(name="quill")
    assert (quill.kind, quill.state, quill.traffic_share, quill.provider_model) == ("llm", "active", 100, model())
    assert synced() == []


def test_a_field_that_nobody_touched_follows_the_file() -> None:
    synced()
    later = Catalogue(
        (OLD, replace(NEW, max_output=400, ends_on=date(2027, 5, 1))),
        (replace(PRICE, share=Decimal("0.4")),),
        (replace(QUILL, tier_floor="ENTERPRISE"),),
    )
    assert synced(later) == [
        "update model acme/quill-2: ends_on None → 2027-05-01, max_output 200 → 400",
        "update tier price acme/quill-2 batch 2026-01-02: share 0.5 → 0.4",
        "update deployment quill: tier_floor BASIC → ENTERPRISE",
    ]
    assert (model().ends_on, model().max_output) == (date(2027, 5, 1), 400)
    changed = AuditEvent.objects.filter(actor="sync_catalogue", object_kind="serving.deployment").latest("id")
    assert (changed.before, changed.after) == ({"tier_floor": "BASIC"}, {"tier_floor": "ENTERPRISE"})
    assert synced(later) == []


def test_a_field_that_staff_changed_stays_and_the_others_follow() -> None:
    synced()
    ProviderModel.objects.filter(pk=model().pk).update(context_window=3000)
    later = Catalogue((OLD, replace(NEW, context_window=4000, max_output=400)), (PRICE,), (QUILL,))
    kept = "keep model acme/quill-2: staff changed context_window 3000 (the catalogue has 4000)"
    assert synced(later) == ["update model acme/quill-2: max_output 200 → 400", kept]
    assert (model().context_window, model().max_output) == (3000, 400)
    assert synced(later) == [kept]
    ProviderModel.objects.filter(pk=model().pk).update(context_window=2000)  # as the catalogue had it: given back
    assert synced(later) == ["update model acme/quill-2: context_window 2000 → 4000"]


def test_what_staff_deleted_stays_deleted() -> None:
    synced()
    Deployment.objects.filter(name="quill").delete()
    TierPrice.objects.filter(model=model()).delete()
    assert synced() == []
    ProviderModel.objects.filter(pk=model().pk).delete()
    assert synced() == []
    assert sorted(one.model_id for one in ProviderModel.objects.filter(provider="acme")) == ["quill-1"]
    assert not Deployment.objects.filter(name="quill").exists()


def test_what_staff_had_made_before_is_theirs() -> None:
    own = ProviderModel.objects.create(provider="acme", model_id="quill-2", name="Ours", context_window=5, max_output=5)
    Deployment.objects.create(name="quill", kind="llm", backend="recorded", provider_model=own, tier_floor="FREE")
    assert [line for line in synced() if line.startswith("keep")] == [
        "keep model acme/quill-2: staff created it first",
        "keep deployment quill: staff created it first",
    ]
    assert synced(Catalogue((OLD, replace(NEW, name="Another")), (PRICE,), (QUILL,))) == []
    quill = Deployment.objects.get(name="quill")
    assert (model().name, quill.backend, quill.tier_floor, quill.state) == ("Ours", "recorded", "FREE", "draft")


def test_share_and_state_belong_to_the_rollout_from_the_first_day() -> None:
    synced()
    Deployment.objects.filter(name="quill").update(traffic_share=5, state="draining")
    assert synced(Catalogue((OLD, NEW), (PRICE,), (replace(QUILL, traffic_share=50),))) == []
    quill = Deployment.objects.get(name="quill")
    assert (quill.traffic_share, quill.state) == (5, "draining")


def test_what_the_file_names_no_more_stays() -> None:
    synced()
    assert synced(Catalogue((NEW,), (), ())) == []
    assert model("quill-1").name == "Quill 1"
    assert Deployment.objects.filter(name="quill").exists()


def test_a_dry_run_says_the_same_and_changes_nothing() -> None:
    said = synced(dry_run=True)
    assert said[-1] == "create deployment quill"
    assert not ProviderModel.objects.filter(provider="acme").exists()
    assert not CatalogueEntry.objects.filter(key__contains="quill").exists()
    assert synced() == said


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_everything_once() -> None:
    """On PostgreSQL the second waits at the unique entries of the first."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite takes one writer at a time")
    start, said = threading.Barrier(4), []

    def run() -> None:
        try:
            start.wait(HANG_S)
            said.extend(synced())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    join(*threads)
    assert sorted(said) == [
        "create deployment quill",
        "create model acme/quill-1",
        "create model acme/quill-2",
        "create tier price acme/quill-2 batch 2026-01-02",
    ]
    assert CatalogueEntry.objects.filter(key__contains="quill").count() == 4


def test_the_command_prints_what_it_did(tmp_path: Path) -> None:
    path = written(tmp_path, MODEL)
    for arguments, said in (
        (
            ["--dry-run"],
            "create model acme/quill-2\n1 would be created, 0 would be updated, 0 kept as staff changed them\n",
        ),
        ([], "create model acme/quill-2\n1 created, 0 updated, 0 kept as staff changed them\n"),
        ([], "0 created, 0 updated, 0 kept as staff changed them\n"),
    ):
        out = StringIO()
        call_command("sync_catalogue", "--file", str(path), *arguments, stdout=out)
        assert out.getvalue() == said
    with pytest.raises(CommandError, match=r"nowhere\.toml cannot be read: No such file"):
        call_command("sync_catalogue", "--file", "nowhere.toml")


def test_the_tests_begin_with_the_catalogue_of_a_release() -> None:
    out = StringIO()
    call_command("sync_catalogue", stdout=out)
    assert out.getvalue() == "0 created, 0 updated, 0 kept as staff changed them\n"
