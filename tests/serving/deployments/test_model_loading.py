"""A model that cannot be loaded is found before it goes live, counts when it breaks later, and is seen by staff."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django.fixtures import Settings

from registry.artifacts import storage
from registry.models import Hold, ModelArtifact, ModelVersion
from registry.versions.lifecycle import create_version, mark_ready, register_model
from registry.versions.publish import put_artifact
from serving.backends import factory
from serving.backends.base import BackendError, BadOutputError, RewriteRequest, RewriteResult
from serving.backends.descriptor import BackendDescriptor
from serving.backends.runtime import ArtifactError
from serving.deployments import lifecycle, overview
from serving.errors import BreakerOpen, NotCalled
from serving.gateway import breaker, calls, snapshot
from serving.gateway.ledger import Caller
from serving.models import Deployment, Invocation
from serving.states import DeploymentState
from tests.buckets import keep_in_folder
from youman.core.accounts.lifecycle import create_account
from youman.core.errors import WrongState
from youman.core.models import AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.attack("model_loading")]
ASK = RewriteRequest("We use tools.", deadline_s=10.0)
FAULTS: dict[str, BaseException] = {
    one.__name__: one("broken")
    for one in (
        ArtifactError, OSError, ImportError, MemoryError, ValueError, KeyError, IndexError, TypeError, AttributeError,
        RuntimeError, RecursionError, ZeroDivisionError, UnicodeError, FileNotFoundError, PermissionError,
    )
}  # fmt: skip
_loading: list[BaseException] = []  # what the backend raises while it is built
_answering: list[BackendError] = []  # and when it is called


class Fragile:
    name = "revision"

    def __init__(self, target: object) -> None:
        if _loading:
            raise _loading[0]

    def rewrite(self, request: RewriteRequest) -> RewriteResult:
        if _answering:
            raise _answering[0]
        return RewriteResult("fragile", text=request.text)


REVISION = BackendDescriptor(
    "revision", "Fragile", "nobody", "tests.serving.deployments.test_model_loading.Fragile", task="humanize"
)


@pytest.fixture(autouse=True)
def fragile(settings: Settings, tmp_path: Path) -> Iterator[None]:
    keep_in_folder(settings, tmp_path / "artifacts")
    settings.REWRITE_BACKENDS = ["tests.serving.deployments.test_model_loading.REVISION"]
    settings.MODEL_FILES = []
    _loading.clear()
    _answering.clear()
    factory.close_all()
    snapshot.clear_cache()
    yield
    _loading.clear()
    _answering.clear()
    factory.close_all()


@pytest.fixture
def version(tmp_path: Path) -> ModelVersion:
    made = create_version(model=register_model(name="our-editor", task="humanize", actor="t"), actor="t")
    path = tmp_path / "config.json"
    path.write_text('{"a": 1}', encoding="utf-8")
    put_artifact(version=made, type="config", name="config.json", source=path, actor="t")
    mark_ready(version=made, actor="t")
    return ModelVersion.objects.get(pk=made.pk)


def draft(version: ModelVersion | None, **more: object) -> Deployment:
    values = {"name": "own", "kind": "model", "backend": "revision", "version": version, **more}
    return Deployment.objects.create(**values)


def deployed(row: Deployment) -> Deployment:
    lifecycle.deploy(deployment=row, actor="t")
    return Deployment.objects.get(pk=row.pk)


def live(version: ModelVersion) -> Deployment:
    row = deployed(draft(version))
    assert (row.state, row.state_note) == ("active", "")
    factory.close_all()
    snapshot.clear_cache()
    return row


def bytes_of(version: ModelVersion) -> Path:
    place = django_settings.STORAGES["artifacts"]["OPTIONS"]["location"]
    return Path(place) / ModelArtifact.objects.get(version=version).key


def _gone(version: ModelVersion) -> None:
    bytes_of(version).unlink()


def _changed(version: ModelVersion) -> None:
    bytes_of(version).write_text('{"a": 2}', encoding="utf-8")


def _short(version: ModelVersion) -> None:
    bytes_of(version).write_text("{", encoding="utf-8")


def _empty(version: ModelVersion) -> None:
    bytes_of(version).write_text("", encoding="utf-8")


def _longer(version: ModelVersion) -> None:
    bytes_of(version).write_text('{"a": 1} ', encoding="utf-8")


def _without_folder(version: ModelVersion) -> None:
    shutil.rmtree(bytes_of(version).parent)


def _draft_again(version: ModelVersion) -> None:
    ModelVersion.objects.filter(pk=version.pk).update(state="draft")


def _archived(version: ModelVersion) -> None:
    ModelVersion.objects.filter(pk=version.pk).update(state="archived")


def _flagged(version: ModelVersion) -> None:
    ModelVersion.objects.filter(pk=version.pk).update(fault="config.json is missing")


def _other_task(version: ModelVersion) -> None:
    type(version.model).objects.filter(pk=version.model.pk).update(task="detect")


BREAKS: list[Callable[[ModelVersion], None]] = [
    _gone, _changed, _short, _empty, _longer, _without_folder, _draft_again, _archived, _flagged, _other_task,
]  # fmt: skip


@pytest.mark.parametrize("damage", BREAKS, ids=lambda one: one.__name__)
def test_a_version_that_is_not_whole_does_not_go_live(version: ModelVersion, damage: Callable[..., None]) -> None:
    row = draft(version)
    damage(version)
    row = deployed(row)
    assert row.state == "failed"
    assert row.state_note
    assert "own" not in snapshot.current().deployments


@pytest.mark.parametrize("fault", FAULTS)
def test_a_model_that_does_not_load_does_not_go_live(version: ModelVersion, fault: str) -> None:
    _loading.append(FAULTS[fault])
    row = deployed(draft(version))
    assert row.state == "failed"
    assert row.state_note


def test_a_model_that_cannot_rewrite_the_sample_does_not_go_live(version: ModelVersion) -> None:
    _answering.append(BadOutputError("the model could not be run on these arrays"))
    row = deployed(draft(version))
    assert (row.state, row.state_note) == ("failed", "the model could not be run on these arrays")


def test_a_deployment_without_a_version_does_not_go_live() -> None:
    row = deployed(draft(None))
    assert (row.state, row.state_note) == ("failed", "own has no model version; choose one")


def test_what_this_process_loaded_earlier_does_not_hide_that_the_bytes_are_gone(version: ModelVersion) -> None:
    row = live(version)
    lifecycle.drain(deployment=row, actor="t")
    lifecycle.retire(deployment=row, actor="t")
    _loading.append(ArtifactError("gone"))
    assert deployed(draft(version, name="again")).state == "failed"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_load_that_fails_is_booked_and_counts_for_the_breaker(
    version: ModelVersion, caller: Caller, fault: str
) -> None:
    row = live(version)
    _loading.append(FAULTS[fault])
    for _ in range(breaker.THRESHOLD):
        with pytest.raises(BackendError) as caught:
            calls.rewrite(deployment="own", request=ASK, caller=caller)
        assert caught.value.kind == "load"
    with pytest.raises(BreakerOpen):
        calls.rewrite(deployment="own", request=ASK, caller=caller)
    assert list(Invocation.objects.values_list("error", "deployment", "cost")) == [("load", row.pk, Decimal(0))] * 3
    health = breaker.health_of(["own"])["own"]
    assert (health.state, health.why) == ("open", "load")
    day = overview.last_day(row)
    assert (day.calls, day.failed, day.kind) == (3, 3, "load")
    assert day.fault


def test_a_model_that_loads_again_answers_again(version: ModelVersion, caller: Caller) -> None:
    live(version)
    _loading.append(ArtifactError("gone"))
    with pytest.raises(BackendError):
        calls.rewrite(deployment="own", request=ASK, caller=caller)
    _loading.clear()
    assert calls.rewrite(deployment="own", request=ASK, caller=caller).result.text == "We use tools."
    assert breaker.health_of(["own"])["own"].failures == 0


def test_an_unknown_backend_is_not_called_and_not_booked(version: ModelVersion, caller: Caller) -> None:
    live(version)
    Deployment.objects.filter(name="own").update(backend="crystal ball")
    snapshot.clear_cache()
    with pytest.raises(NotCalled):
        calls.rewrite(deployment="own", request=ASK, caller=caller)
    assert Invocation.objects.count() == 0


# What a live deployment keeps: with a value that differs from that of `own`.
PINNED = {
    "version": "",
    "backend": "rules",
    "kind": "rules",
    "protocol": "score",
    "name": "other",
    "provider_model": "1",
}
LIVE = [one for one in DeploymentState if one not in lifecycle.EDITABLE]


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(create_account(username="root", password="a long sentence 1", tier="BASIC", staff=True).user)
    return client


def form_of(staff: Client, row: Deployment) -> dict[str, object]:
    form = staff.get(f"/admin/serving/deployment/{row.pk}/change/").context["adminform"].form
    data = {name: value for name, value in form.initial.items() if value is not None}
    return data | {"options": "{}", "capabilities": "{}", "languages": "[]"}


@pytest.mark.parametrize("state", LIVE)
@pytest.mark.parametrize("field", PINNED)
def test_the_form_does_not_change_what_a_live_deployment_is(
    staff: Client, version: ModelVersion, field: str, state: str
) -> None:
    row = live(version)
    Deployment.objects.filter(pk=row.pk).update(state=state)
    before = Deployment.objects.values().get(pk=row.pk)
    changes = AuditEvent.objects.filter(verb="change").count()
    staff.post(f"/admin/serving/deployment/{row.pk}/change/", form_of(staff, row) | {field: PINNED[field]})
    assert Deployment.objects.values().get(pk=row.pk) == before
    assert AuditEvent.objects.filter(verb="change").count() == changes


@pytest.mark.parametrize("field", ["version", "backend", "kind", "name"])
def test_a_form_that_was_opened_as_a_draft_does_not_change_a_live_deployment(version: ModelVersion, field: str) -> None:
    row = draft(version)
    deployed(row)
    setattr(row, field, None if field == "version" else "rules")
    with pytest.raises(WrongState, match=f"own is active, so its {field} cannot be changed"):
        lifecycle.change(deployment=row, fields=[field], actor="t")
    assert Deployment.objects.get(pk=row.pk).version_id == version.pk


def test_a_failed_deployment_may_get_another_version_and_lets_go_of_the_first(version: ModelVersion) -> None:
    _loading.append(ArtifactError("broken"))
    row = deployed(draft(version))
    assert Hold.objects.filter(version=version, released_at=None).count() == 1
    row.version = None
    lifecycle.change(deployment=row, fields=["version"], actor="t")
    assert Hold.objects.filter(version=version, released_at=None).count() == 0
    event = AuditEvent.objects.filter(verb="change").get()
    assert (event.before, event.after) == ({"version": "our-editor/1"}, {"version": None})


def test_a_change_is_audited_with_its_old_and_new_values(staff: Client, version: ModelVersion) -> None:
    row = live(version)
    staff.post(f"/admin/serving/deployment/{row.pk}/change/", form_of(staff, row) | {"max_words": "77"})
    event = AuditEvent.objects.filter(verb="change").get()
    assert (event.before, event.after) == ({"max_words": None}, {"max_words": 77})


def test_staff_see_on_its_page_that_and_why_a_deployment_fails(
    staff: Client, version: ModelVersion, caller: Caller
) -> None:
    row = live(version)
    _loading.append(ArtifactError("model.onnx cannot be read: fetch the artifact again"))
    with pytest.raises(BackendError):
        calls.rewrite(deployment="own", request=ASK, caller=caller)
    page = staff.get(f"/admin/serving/deployment/{row.pk}/change/").content.decode()
    assert "1 of 1 calls failed in the last 24 hours" in page
    assert "load (model.onnx cannot be read: fetch the artifact again)" in page


def test_the_store_of_these_tests_is_a_folder() -> None:
    assert type(storage.store()).__name__ == "FileStore"
