"""A registered version is deployed, promoted and rolled back; by service, API and command."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from registry.contracts import VersionRef
from registry.models import Hold, ModelVersion
from registry.versions.lifecycle import create_version, mark_ready, register_model
from serving.backends.base import RewriteRequest, RewriteResult
from serving.backends.descriptor import BackendDescriptor
from serving.deployments import rollout
from serving.deployments.rollout import DeployRequest
from serving.models import Deployment
from tests.writers import Writer, writer
from youman.core.accounts.lifecycle import create_account, create_api_key
from youman.core.errors import Conflict, InvalidInput, NotFound, WrongState

pytestmark = pytest.mark.django_db


class Fake:
    """Stands for the backend that lives higher: what it loads is not the matter here."""

    name = "revision"

    def __init__(self, target: object) -> None:
        self.target = target

    def rewrite(self, request: RewriteRequest) -> RewriteResult:
        return RewriteResult("fake", text=request.text)


REVISION = BackendDescriptor(
    "revision", "Fake", "nobody", "tests.serving.deployments.test_rollout.Fake", task="humanize"
)


@pytest.fixture
def versions(settings: object) -> list[ModelVersion]:
    settings.REWRITE_BACKENDS = ["tests.serving.deployments.test_rollout.REVISION"]  # type: ignore[attr-defined]
    model = register_model(name="our-editor", task="humanize", actor="tests")
    found = [create_version(model=model, actor="tests") for _ in range(3)]
    for version in found[:2]:
        ModelVersion.objects.filter(pk=version.pk).update(fault="")
        _make_ready(version)
    return found


def _make_ready(version: ModelVersion) -> None:
    from registry.versions.publish import put_artifact

    path = Path(__file__).parent / f"{version.pk}.json"
    path.write_text("{}")
    try:
        put_artifact(version=version, type="config", name="config.json", source=path, actor="tests")
    finally:
        path.unlink()
    mark_ready(version=version, actor="tests")


def ask(number: int, **more: object) -> DeployRequest:
    return DeployRequest(version=VersionRef("our-editor", number), **more)  # type: ignore[arg-type]


def states() -> dict[str, tuple[str, int]]:
    rows = Deployment.objects.filter(version__isnull=False)
    return {row.name: (row.state, row.traffic_share) for row in rows}


def test_a_canary_gets_a_tenth_and_holds_its_version(versions: list[ModelVersion]) -> None:
    made = rollout.deploy_version(request=ask(1), actor="tests")
    assert states() == {"our-editor-1": ("active", 10)}
    assert Hold.objects.filter(version=versions[0], released_at=None).count() == 1
    assert made.description == "our-editor/1, trained here; nothing leaves the house"


def test_promoted_it_gets_all_and_the_one_before_drains_and_comes_back(versions: list[ModelVersion]) -> None:
    first = rollout.deploy_version(request=ask(1, strategy="blue_green"), actor="tests")
    second = rollout.deploy_version(request=ask(2), actor="tests")
    assert [one.name for one in rollout.promote(deployment=second, actor="tests")] == ["our-editor-1"]
    assert states() == {"our-editor-1": ("draining", 100), "our-editor-2": ("active", 100)}
    second.refresh_from_db()
    assert rollout.roll_back(deployment=second, actor="tests").name == first.name
    assert states() == {"our-editor-1": ("active", 100), "our-editor-2": ("draining", 100)}


def test_what_is_not_ready_not_there_or_not_ours_is_refused_and_nothing_is_made(versions: list[ModelVersion]) -> None:
    register_model(name="judge", task="detect", actor="tests")
    for wrong, error in ((ask(3), WrongState), (ask(9), NotFound), (ask(1, share=101), InvalidInput)):
        with pytest.raises(error):
            rollout.deploy_version(request=wrong, actor="tests")
    assert states() == {}


def test_a_name_is_taken_once(versions: list[ModelVersion]) -> None:
    rollout.deploy_version(request=ask(1), actor="tests")
    with pytest.raises(Conflict, match="give another name"):
        rollout.deploy_version(request=ask(2, name="our-editor-1"), actor="tests")


def test_without_one_before_there_is_nothing_to_roll_back_to(versions: list[ModelVersion]) -> None:
    made = rollout.deploy_version(request=ask(1), actor="tests")
    with pytest.raises(NotFound, match="deploy an older version"):
        rollout.roll_back(deployment=made, actor="tests")
    assert states() == {"our-editor-1": ("active", 10)}


@pytest.fixture
def operator(db: None) -> Writer:
    account = create_account(username="olga", password="a long sentence 1", staff=True)
    key = create_api_key(account=account, name="ops", key_scopes=["serving"], actor="tests")
    made = writer("nobody-else")
    made.api.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return made


def test_programs_deploy_promote_and_roll_back(operator: Writer, versions: list[ModelVersion]) -> None:
    first = operator.post("deployments", {"model": "our-editor", "number": 1, "strategy": "blue_green"})
    second = operator.post("deployments", {"model": "our-editor", "number": 2})
    assert (first.status, second.status, second.body["traffic_share"]) == (201, 201, 10)
    assert operator.post("deployments/our-editor-2/promote").status == 200
    assert states()["our-editor-1"] == ("draining", 100)
    assert operator.post("deployments/our-editor-2/roll-back").status == 200
    assert states()["our-editor-1"] == ("active", 100)


def test_a_writer_deploys_nothing(versions: list[ModelVersion]) -> None:
    assert writer("alice", "ENTERPRISE").post("deployments", {"model": "our-editor", "number": 1}).status == 403
    assert states() == {}


def test_ops_deploy_by_command(versions: list[ModelVersion]) -> None:
    said = io.StringIO()
    call_command("deploy", "version", "our-editor/1", "--strategy", "blue_green", stdout=said)
    call_command("deploy", "version", "our-editor/2", stdout=said)
    call_command("deploy", "promote", "our-editor-2", stdout=said)
    call_command("deploy", "rollback", "our-editor-2", stdout=said)
    call_command("deploy", "list", stdout=said)
    lines = said.getvalue().splitlines()
    assert lines[:4] == [
        "our-editor-1 is active with 100 % of the traffic",
        "our-editor-2 is active with 10 % of the traffic",
        "our-editor-2 has all traffic; draining: our-editor-1",
        "our-editor-1 has all traffic again; our-editor-2 is draining",
    ]
    (listed,) = (one for one in map(json.loads, lines[4:]) if one["name"] == "our-editor-2")
    assert (listed["state"], listed["traffic_share"]) == ("draining", 100)
    with pytest.raises(CommandError, match="There is no deployment 'nothing'"):
        call_command("deploy", "promote", "nothing")
