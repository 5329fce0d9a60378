"""Nothing is changed by staff without a trace: each change is in the audit trail with its old and its new values."""

from __future__ import annotations

import ast
import json

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.test import Client

from serving.gateway.budgets import store_budget
from serving.models import Budget, PriceOverride, ProviderModel
from tests.house_rules.source import ROOT
from training.models import ExecutorPool
from youman.core.accounts.lifecycle import create_account
from youman.core.admin.audited import Audited
from youman.core.models import AuditEvent

pytestmark = pytest.mark.attack("model_loading")
# What creates or ends something has only one side; so has what is noted about bytes and files.
ONE_SIDED = {
    "create", "store key", "remove key", "delete", "invite", "withdraw invitation", "register", "create version",
    "discard", "freeze", "import pairs", "end import", "store artifact", "claim artifacts", "found damaged", "mended",
    "mark for deletion", "reset breaker", "delete account", "delete policy",
}  # fmt: skip


def _recorded() -> list[tuple[str, ast.Call]]:
    found = []
    for app in ("youman", "registry", "serving", "humanize", "training"):
        for path in sorted((ROOT / app).rglob("*.py")):
            calls = [one for one in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(one, ast.Call)]
            here = [one for one in calls if ast.unparse(one.func) == "audit.record"]
            found += [(f"{path.relative_to(ROOT)}:{one.lineno}", one) for one in here]
    return found


def _arguments(call: ast.Call) -> dict[str, ast.expr]:
    return {one.arg: one.value for one in call.keywords if one.arg}


RECORDED = _recorded()


@pytest.mark.parametrize(("where", "call"), RECORDED, ids=[where for where, _ in RECORDED])
def test_a_change_is_recorded_with_both_of_its_sides(where: str, call: ast.Call) -> None:
    given = _arguments(call)
    verb = given["verb"]
    if isinstance(verb, ast.Constant) and verb.value in ONE_SIDED:
        return
    assert {"before", "after"} <= set(given)


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    client.force_login(create_account(username="root", password="a long sentence 1", tier="BASIC", staff=True).user)
    return client


def changes() -> list[tuple[str, object, object]]:
    rows = AuditEvent.objects.exclude(verb="create").order_by("at", "pk")
    return [(row.verb, row.before, row.after) for row in rows]


def test_a_budgets_limit_is_recorded_with_the_old_one(db: None) -> None:
    row = Budget(scope="tier", subject="BASIC", span="day", money=5)
    store_budget(row, actor="t")
    row.money = 900
    store_budget(row, actor="t")
    assert changes() == [("change", {"money": "5"}, {"money": "900"})]


def test_rights_that_a_person_gets_are_recorded_and_a_password_is_masked(staff: Client) -> None:
    bea = create_account(username="bea", password="a long sentence 1", tier="BASIC").user
    right = Permission.objects.get(codename="change_webhook")
    page = staff.get(f"/admin/auth/user/{bea.pk}/change/").context["adminform"].form
    data = {name: value for name, value in page.initial.items() if value is not None and name != "password"}
    data |= {"is_staff": "on", "user_permissions": [right.pk], "groups": [], "email": bea.email}
    data |= {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    staff.post(f"/admin/auth/user/{bea.pk}/change/", data)
    assert User.objects.get(pk=bea.pk).is_staff
    text = json.dumps(changes())
    assert '"is_staff": false' in text
    assert '"is_staff": true' in text
    assert str(right) in text


def test_a_password_set_in_the_admin_is_recorded_without_its_hash(staff: Client) -> None:
    made = {"username": "cem", "password1": "a long sentence 1", "password2": "a long sentence 1"}
    staff.post("/admin/auth/user/add/", made | {"usable_password": "true"})
    event = AuditEvent.objects.filter(verb="create", object_kind="auth.user").get()
    assert event.after is not None
    assert event.after["password"] == "***"


def test_a_pools_limits_are_recorded(staff: Client) -> None:
    pool = ExecutorPool.objects.create(name="gpu", max_jobs=1)
    form = staff.get(f"/admin/training/executorpool/{pool.pk}/change/").context["adminform"].form
    data = {name: value for name, value in form.initial.items() if value is not None} | {"max_jobs": "50"}
    staff.post(f"/admin/training/executorpool/{pool.pk}/change/", data)
    assert changes() == [("change", {"max_jobs": 1}, {"max_jobs": 50})]


def test_a_price_is_recorded_with_the_old_one(staff: Client) -> None:
    model = ProviderModel.objects.create(provider="p", model_id="m", name="M", context_window=1, max_output=1)
    price = PriceOverride.objects.create(model=model, from_day="2026-01-01", input_mtok=1, output_mtok=2)
    at = f"/admin/serving/providermodel/{model.pk}/change/"
    form = staff.get(at).context["adminform"].form
    data = {name: value for name, value in form.initial.items() if value is not None and value is not False}
    for prefix, initial in (("price_overrides", 1), ("tier_prices", 0)):
        data |= {f"{prefix}-TOTAL_FORMS": initial, f"{prefix}-INITIAL_FORMS": initial}
    changed = {"id": price.pk, "model": model.pk, "from_day": "2026-01-01", "input_mtok": "1", "output_mtok": "77"}
    data |= {f"price_overrides-0-{name}": value for name, value in changed.items()}
    assert staff.post(at, data).status_code == 302
    assert changes() == [("change", {"output_mtok": "2"}, {"output_mtok": "77"})]


def test_every_form_of_the_admin_is_audited() -> None:
    """A page records what its form does, or allows no changes, or saves by a verb that records them."""
    pages = [page for page in admin.site._registry.values() if not isinstance(page, Audited)]
    free = [page for page in pages if "has_change_permission" not in _defined(type(page))]
    plain = [type(page).__name__ for page in free if "save_model" not in _defined(type(page))]
    assert plain == ["TrainingJobAdmin"]  # its page has buttons, each of which is a verb, and no form


def _defined(page: type) -> set[str]:
    return {name for one in page.__mro__ if one not in admin.ModelAdmin.__mro__ for name in vars(one)}
