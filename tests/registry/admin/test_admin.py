"""The registry's pages in the admin: what they show, what their buttons do, what they cost."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.artifacts.multipart import open_upload
from registry.contracts import HoldRequest, VersionSpec
from registry.models import (
    Alias,
    AliasEvent,
    AliasRule,
    ModelArtifact,
    ModelVersion,
    PromotionRequest,
    RegisteredModel,
    Upload,
)
from registry.versions import holds, lifecycle, promotion, publish
from tests.registry.conftest import published, weights
from youman.core.database.ids import new_id

pytestmark = pytest.mark.django_db
PAGES = (
    "registeredmodel", "modelversion", "modelartifact", "alias", "aliasevent", "aliasrule", "promotionrequest", "hold",
    "upload",
)  # fmt: skip


@pytest.fixture
def browser(root: User) -> Client:
    client = Client()
    client.force_login(root)
    return client


def page(row: Model) -> str:
    return reverse(f"admin:registry_{row._meta.model_name}_change", args=[row.pk])


def act(browser: Client, row: ModelVersion | RegisteredModel, **fields: str) -> list[str]:
    name = "version" if isinstance(row, ModelVersion) else "model"
    answer = browser.post(reverse(f"admin:registry_{name}_act", args=[row.pk]), fields, follow=True)
    return [str(one) for one in answer.context["messages"]]


def test_a_model_is_registered_by_hand(browser: Client) -> None:
    form = {"name": "editor", "task": "humanize", "framework": "", "architecture": "", "description": "", "tags": "a b"}
    answer = browser.post("/admin/registry/registeredmodel/add/", form, follow=True)
    row = RegisteredModel.objects.get()
    assert (answer.status_code, row.created_by, row.tag_list, row.counter.last) == (200, "root", ["a", "b"], 0)
    bad = browser.post("/admin/registry/registeredmodel/add/", form | {"name": "bad name"}, follow=True)
    assert "A model's name" in str(next(iter(bad.context["messages"])))
    assert RegisteredModel.objects.count() == 1


def test_the_model_page_shows_versions_aliases_and_history(
    browser: Client, model: RegisteredModel, tmp_path: Path
) -> None:
    first, second = published(model, tmp_path), published(model, tmp_path, quality=0.9)
    assert act(browser, model, verb="promote", version="1", alias="champion", reason="") == [
        "editor/1 cannot become champion: give a reason; it stays in the ledger"
    ]
    assert act(browser, model, verb="promote", version="x", alias="champion") == [
        "Enter the number of a version, such as 3"
    ]
    assert act(browser, model, verb="promote", version="1", alias="champion", reason="a <b>") == [
        "champion is now editor/1"
    ]
    browser.post(reverse("admin:registry_version_promote", args=[second.pk]), {"alias": "champion", "reason": "better"})
    html = browser.get(page(model)).content.decode()
    assert 'data-value="0.9"' in html
    assert "a &lt;b&gt;" in html
    assert "style=" not in html.partition('id="content"')[2]
    assert act(browser, model, verb="rollback", alias="champion", reason="worse") == ["champion: rolled back"]
    assert Alias.objects.get().version == first


def test_the_version_page_shows_card_artifacts_lineage_and_what_differs(
    browser: Client, model: RegisteredModel, tmp_path: Path, artifact_folder: Path
) -> None:
    first = published(model, tmp_path)
    spec = VersionSpec(parents=(first.ref,), config={"layers": 3}, card={"purpose": "<script>alert(1)</script>"})
    second = publish.publish_version(model="editor", actor="t", files=[weights(tmp_path)], spec=spec)
    html = browser.get(page(second)).content.decode()
    for shown in ('<svg class="graph"', "model.safetensors", "Differences from editor/1", "layers", "&lt;script&gt;"):
        assert shown in html
    assert "<script>alert" not in html
    assert act(browser, second, verb="verify") == ["editor/2: 1 artifacts match what was stored"]
    (artifact_folder / ModelArtifact.objects.get(version=second).key).unlink()
    assert act(browser, second, verb="verify") == ["editor/2: model.safetensors is missing"]
    assert "Its artifacts failed verification" in browser.get(page(second)).content.decode()
    assert act(browser, first, verb="deprecate") == ["editor/1: deprecated"]
    assert act(browser, first, verb="archive") == ["editor/1: archived"]
    first.refresh_from_db()
    assert first.state == "archived"


def test_artifacts_are_collected_after_a_look(browser: Client, model: RegisteredModel, tmp_path: Path) -> None:
    lifecycle.archive(version=published(model, tmp_path), actor="t")
    look = browser.get(reverse("admin:registry_collect")).content.decode()
    assert "mark editor/1 model model.safetensors" in look
    assert ModelArtifact.objects.get().state == "live"
    browser.post(reverse("admin:registry_collect"))
    assert ModelArtifact.objects.get().state == "marked"


def test_staff_without_rights_look_and_change_nothing(model: RegisteredModel, clerk: User, tmp_path: Path) -> None:
    version = published(model, tmp_path)
    clerk.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client = Client()
    client.force_login(clerk)
    assert client.get(page(model)).status_code == 200
    client.post(reverse("admin:registry_model_act", args=[model.pk]), {"verb": "promote", "version": "1", "alias": "a"})
    client.post(reverse("admin:registry_version_act", args=[version.pk]), {"verb": "archive"})
    client.post(reverse("admin:registry_collect"))
    assert client.post("/admin/registry/registeredmodel/add/", {"name": "x", "task": "detect"}).status_code == 403
    version.refresh_from_db()
    assert (version.state, Alias.objects.count(), RegisteredModel.objects.count()) == ("ready", 0, 1)


def test_a_writer_sees_no_page(model: RegisteredModel, db: None) -> None:
    client = Client()
    client.force_login(User.objects.create_user("charlie"))
    assert client.get(page(model)).status_code == 302


def test_the_ledger_and_what_is_born_elsewhere_are_read_only(
    browser: Client, model: RegisteredModel, tmp_path: Path
) -> None:
    promotion.promote(version=published(model, tmp_path), alias="canary", actor="t")
    event = AliasEvent.objects.get()
    assert browser.get(f"/admin/registry/aliasevent/{event.pk}/change/").status_code == 200
    assert browser.post(f"/admin/registry/aliasevent/{event.pk}/change/", {"reason": "x"}).status_code == 403
    assert browser.post(f"/admin/registry/aliasevent/{event.pk}/delete/", {"post": "yes"}).status_code == 403
    assert browser.get("/admin/registry/modelversion/add/").status_code == 403


def test_the_second_person_sees_both_sides_and_decides_on_the_page(
    browser: Client, model: RegisteredModel, tmp_path: Path
) -> None:
    promotion.promote(version=published(model, tmp_path, quality=0.8), alias="champion", actor="t", reason="first")
    promotion.set_rule(model=model, alias="champion", actor="t", needs_second_approver=True)
    better = published(model, tmp_path, quality=0.1 + 0.8)
    for reason in ("better", "better still"):
        promotion.promote(version=better, alias="champion", actor="clerk", reason=reason)
        row = PromotionRequest.objects.latest("created_at")
        html = browser.get(page(row)).content.decode()
        assert '<td>quality</td><td class="number">0.9</td><td class="number">0.8</td>' in html
        assert "Gate passed: numbers kept passed, meaning kept passed" in html
        verb = "reject" if reason == "better" else "approve"
        browser.post(f"/admin/registry/promotionrequest/{row.pk}/decide/", {"verb": verb, "reason": "seen"})
        row.refresh_from_db()
        assert (row.state, row.decided_by, row.decision_reason) == (
            {"reject": "rejected", "approve": "approved"}[verb], "root", "seen",
        )  # fmt: skip
    assert "formaction" not in browser.get(page(row)).content.decode()
    event = AliasEvent.objects.latest("created_at")
    assert (event.actor, event.approved_by) == ("clerk", "root")
    assert "Holder (editor/1)" in browser.get(page(event)).content.decode()


def test_an_alias_rule_is_set_by_the_service(browser: Client, model: RegisteredModel) -> None:
    form = {"model": str(model.pk), "name": "champion", "is_protected": "on", "thresholds": '[{"metric": "q"}]'}
    answer = browser.post("/admin/registry/aliasrule/add/", form, follow=True)
    assert "bound is &gt;= or &lt;=" in answer.content.decode()
    assert AliasRule.objects.count() == 0
    good = form | {"thresholds": '[{"metric": "q", "bound": ">=", "value": 0.9}]'}
    browser.post("/admin/registry/aliasrule/add/", good)
    assert AliasRule.objects.get().thresholds == [{"metric": "q", "bound": ">=", "value": 0.9, "relative": False}]


def fill(model: RegisteredModel, count: int, folder: Path) -> None:
    for number in range(count):
        version = published(model, folder / str(number))
        alias = f"a{Alias.objects.count()}"
        lifecycle.register_model(name=f"m{RegisteredModel.objects.count()}", task="detect", actor="t")
        promotion.promote(version=version, alias=alias, actor="t")
        promotion.set_rule(model=model, alias=alias, actor="t")
        holds.place_hold(request=HoldRequest(version.ref, new_id(), "deployment"))
        PromotionRequest.objects.create(model=model, alias=alias, version=version, requested_by="t", reason="r")
        open_upload(version=version, type="report", name="r.json", actor="t")


def test_every_page_costs_the_same_number_of_queries_with_one_row_and_with_fifty(
    browser: Client, model: RegisteredModel, tmp_path: Path
) -> None:
    fill(model, 1, tmp_path)
    paths = [f"/admin/registry/{name}/" for name in PAGES]
    paths += [page(model), page(ModelVersion.objects.get()), reverse("admin:registry_collect")]

    def costs() -> dict[str, int]:
        found = {}
        for path in paths:
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(path).status_code == 200
            found[path] = len(queries)
        return found

    costs()
    one = costs()
    fill(model, 49, tmp_path)
    assert costs() == one
    assert Upload.objects.count() == 50
