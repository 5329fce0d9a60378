"""What the registry announces: each event with its deed, undone with it, and received signed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from registry.artifacts import retention, storage, verification
from registry.contracts import Metric, VersionSpec
from registry.models import ModelArtifact, ModelVersion, PromotionRequest
from registry.versions import lifecycle, promotion, publish
from tests.buckets import keep_in_folder
from tests.receiver import Receiver, outbox
from tests.registry.conftest import PASSED, safetensors, weights

SIZE = len(safetensors())
REASON = "as agreed on Monday"


def whole_life(folder: Path, approver: User) -> Iterator[None]:
    """A model and its versions through all that the registry announces; stops after each deed."""
    model = lifecycle.register_model(name="editor", task="humanize", actor="alice")
    yield
    first, second = (
        publish.publish_version(
            model="editor",
            actor="trainer",
            files=[weights(folder)],
            spec=VersionSpec(metrics=(Metric("quality", 0.8),), gate=PASSED),
        )
        for _ in range(2)
    )
    yield
    promotion.promote(version=first, alias="canary", actor="alice")
    promotion.promote(version=second, alias="canary", actor="alice")
    promotion.rollback_alias(model=model, alias="canary", actor="alice", reason=REASON)
    promotion.remove_alias(model=model, alias="canary", actor="alice")
    yield
    promotion.set_rule(model=model, alias="champion", actor="alice", needs_second_approver=True)
    promotion.promote(version=second, alias="champion", actor="alice", reason=REASON)
    promotion.approve(request_id=PromotionRequest.objects.get().pk, actor=approver)
    yield
    artifact = ModelArtifact.objects.get(version=first)
    _overwrite(artifact.key, safetensors()[:-1])
    verification.verify(artifact=artifact, actor="scrub")
    _overwrite(artifact.key, safetensors())
    verification.verify(artifact=ModelArtifact.objects.get(version=first), actor="scrub")
    yield
    lifecycle.deprecate(version=first, actor="alice", reason=REASON)
    lifecycle.archive(version=first, actor="alice", reason=REASON)
    now = timezone.now()
    retention.collect(actor="collector", now=now)
    retention.collect(actor="collector", now=now + timedelta(days=8))
    yield


def _overwrite(key: str, data: bytes) -> None:
    writing = storage.store().create(key)
    writing.write(data)
    writing.commit()


@pytest.mark.django_db(transaction=True)
def test_a_receiver_gets_each_event_of_a_whole_life_signed(receiver: Receiver, tmp_path: Path) -> None:
    """Each deed has a transaction of its own here: announcing outside of one would raise."""
    secret = receiver.subscribe()
    for _ in whole_life(tmp_path, User.objects.create_superuser("root")):
        pass
    ids = {row.number: str(row.pk) for row in ModelVersion.objects.all()}
    found = {number: {"model": "editor", "version": number, "version_id": ids[number]} for number in (1, 2)}
    file = {"artifact": "model.safetensors"}
    sha256 = ModelArtifact.objects.get(version__number=2).sha256
    stored = file | {"kind": "model", "size": SIZE, "sha256": sha256}
    damage = f"model.safetensors has {SIZE - 1} of {SIZE} bytes"
    canary, champion = {"alias": "canary", "actor": "alice"}, {"alias": "champion"}
    assert [(one["type"], one["data"]) for one in receiver.take_all(secret)] == [
        ("model.registered", {"model": "editor", "task": "humanize"}),
        ("version.created", found[1]),
        ("artifact.live", found[1] | stored),
        ("version.ready", found[1]),
        ("version.created", found[2]),
        ("artifact.live", found[2] | stored),
        ("version.ready", found[2]),
        ("alias.moved", found[1] | canary | {"before": None, "kind": "promote"}),
        ("alias.moved", found[2] | canary | {"before": 1, "kind": "promote"}),
        ("alias.moved", found[1] | canary | {"before": 2, "kind": "rollback"}),
        ("alias.removed", found[1] | canary),
        ("promotion.requested", found[2] | champion | {"requested_by": "alice"}),
        ("promotion.decided", found[2] | champion | {"decision": "approved", "decided_by": "root"}),
        ("alias.moved", found[2] | champion | {"before": None, "kind": "promote", "actor": "alice"}),
        ("artifact.damaged", found[1] | file | {"verdict": "truncated", "detail": damage}),
        ("version.faulty", found[1] | {"fault": damage}),
        ("version.mended", found[1]),
        ("version.deprecated", found[1] | {"reason": REASON}),
        ("version.archived", found[1] | {"reason": REASON}),
        ("artifact.deleted", found[1] | file | {"size": SIZE}),
    ]


@pytest.mark.django_db
def test_each_is_in_the_transaction_of_its_deed_and_undone_with_it(
    receiver: Receiver, settings: Settings, tmp_path: Path
) -> None:
    receiver.subscribe()
    root = User.objects.create_superuser("root")
    for deeds, events in enumerate((1, 7, 11, 14, 17, 20), 1):
        keep_in_folder(settings, tmp_path / f"store-{deeds}")  # a store with marks whose rows were undone looks foreign
        with transaction.atomic():
            assert len(list(islice(whole_life(tmp_path, root), deeds))) == deeds
            assert len(outbox()) == events
            transaction.set_rollback(True)
        assert (outbox(), ModelVersion.objects.count()) == ([], 0)
