from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.test import Client

from serving.backends.base import RateError, RewriteRequest
from serving.deployments import acceptance_by_band
from serving.gateway import breaker, calls, keys, outcomes, snapshot
from serving.gateway.ledger import Caller
from serving.models import Budget, BudgetPeriod, Deployment, Invocation, ProviderKey, ProviderModel
from tests.writers import writer

pytestmark = pytest.mark.django_db
KEY = "sk-live-4f9d2c7b1e8a6053-zz9"
ASK = RewriteRequest("We leverage tools.", prompt="1: We leverage tools.", max_output_tokens=100)
PAGES = ["providermodel", "providerkey", "deployment", "budget", "invocation", "invocationoutcome", "invocation/costs"]


@pytest.fixture
def staff(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return client


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_for_staff_and_not_for_a_writer(
    staff: Client, fake: Deployment, caller: Caller, page: str
) -> None:
    calls.rewrite(deployment="fake", request=ASK, caller=caller)
    assert staff.get(f"/admin/serving/{page}/").status_code == 200
    stranger = Client()
    stranger.force_login(writer("charlie").account.user)
    assert stranger.get(f"/admin/serving/{page}/").status_code == 302


def act(staff: Client, action: str, *rows: Deployment) -> list[str]:
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    page = staff.post("/admin/serving/deployment/", chosen, follow=True)
    return [str(message) for message in page.context["messages"]]


def test_actions_move_deployments_and_report_on_each(staff: Client, fake: Deployment) -> None:
    assert act(staff, "drain", fake) == ["fake is draining"]
    assert act(staff, "drain", fake) == ["fake: The deployment is draining and cannot become draining"]
    assert act(staff, "resume", fake) == ["fake is active"]
    openai = Deployment.objects.get(name="openai-small")
    act(staff, "drain", openai)
    assert Deployment.objects.get(pk=openai.pk).state == "draining"


def test_a_pause_is_seen_and_reset(staff: Client, fake: Deployment) -> None:
    breaker.settle(breaker.Permit("fake"), RateError("slow down", cool_s=60))
    assert "cooling until " in staff.get("/admin/serving/deployment/?q=fake").content.decode()
    act(staff, "reset_breaker", fake)
    assert breaker.health_of(["fake"])["fake"].state == "closed"


def test_a_change_is_seen_by_the_next_call(staff: Client, fake: Deployment) -> None:
    assert snapshot.current().live_row("fake").max_words is None
    form = staff.get(f"/admin/serving/deployment/{fake.pk}/change/").context["adminform"].form
    data = {name: value for name, value in form.initial.items() if value is not None}
    data |= {"options": "{}", "capabilities": "{}", "languages": "[]", "max_words": "77"}
    assert staff.post(f"/admin/serving/deployment/{fake.pk}/change/", data).status_code == 302
    assert snapshot.current().live_row("fake").max_words == 77


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("options", "[1]", "options must be an object"),
        ("languages", '["english"]', "languages must be a list of two-letter codes"),
        ("capabilities", '{"max_output": "many"}', "capabilities has no"),
        ("capabilities", '{"wings": true}', "capabilities has no"),
        ("endpoint", "http://10.0.0.7/v1", "add it to PRIVATE_ENDPOINTS"),
    ],
)
def test_what_would_fail_at_the_first_call_is_refused_by_the_form(
    staff: Client, fake: Deployment, field: str, value: str, message: str
) -> None:
    at = f"/admin/serving/deployment/{fake.pk}/change/"
    form = staff.get(at).context["adminform"].form
    data = {name: one for name, one in form.initial.items() if one is not None}
    data |= {"options": "{}", "capabilities": "{}", "languages": "[]", field: value}
    page = staff.post(at, data)
    assert page.status_code == 200
    assert message in " ".join(page.context["adminform"].form.non_field_errors())


def test_a_key_goes_in_by_the_form_and_is_never_shown(staff: Client) -> None:
    page = staff.post("/admin/serving/providerkey/add/", {"owner": "openai", "key": KEY}, follow=True)
    row = ProviderKey.objects.get()
    assert keys.key_for(snapshot.current().live_row("openai-small")) == KEY
    shown = [page, staff.get("/admin/serving/providerkey/"), staff.get(f"/admin/serving/providerkey/{row.pk}/change/")]
    assert [one.status_code for one in shown] == [200, 200, 200]
    assert not any(KEY in one.content.decode() for one in shown)
    bad = staff.post("/admin/serving/providerkey/add/", {"owner": "openai", "key": "no"})
    assert "copy it again" in bad.content.decode()
    staff.post(f"/admin/serving/providerkey/{row.pk}/delete/", {"post": "yes"})
    assert ProviderKey.objects.count() == 0


def test_a_budget_is_set_and_its_spending_looked_at(staff: Client, fake: Deployment, caller: Caller) -> None:
    bea = writer("bea").account
    caller = replace(caller, account_id=bea.pk)
    data = {"scope": "account", "account": bea.pk, "span": "day", "money": "1.5", "active": "on",
            "periods-TOTAL_FORMS": "0", "periods-INITIAL_FORMS": "0"}  # fmt: skip
    assert staff.post("/admin/serving/budget/add/", data).status_code == 302
    calls.rewrite(deployment="fake", request=ASK, caller=caller)
    assert BudgetPeriod.objects.get().money_spent > 0
    row = Budget.objects.get()
    assert (row.money, staff.get(f"/admin/serving/budget/{row.pk}/change/").status_code) == (Decimal("1.5"), 200)


def test_staff_see_what_was_learnt_and_freeze_it(staff: Client, fake: Deployment, caller: Caller) -> None:
    at = f"/admin/serving/deployment/{fake.pk}/change/"
    assert "nobody has decided on its edits" in staff.get(at).content.decode()
    answered = calls.rewrite(deployment="fake", request=ASK, caller=caller)
    outcomes.record_outcome(invocation_id=answered.invocation_id, accepted=3, rejected=1)
    acceptance_by_band.clear_cache()
    page = staff.get(at)
    assert "medium texts, auto: 0.58 ± 0.25 of the edits kept, from 1 answers" in page.content.decode()
    data = {name: value for name, value in page.context["adminform"].form.initial.items() if value is not None}
    data |= {"options": "{}", "capabilities": "{}", "languages": "[]", "frozen": "on"}
    assert staff.post(at, data).status_code == 302
    assert snapshot.current().live_row("fake").frozen is True
    acceptance_by_band.clear_cache()


def test_the_ledger_is_never_changed_here(staff: Client, fake: Deployment, caller: Caller) -> None:
    calls.rewrite(deployment="fake", request=ASK, caller=caller)
    row = Invocation.objects.get()
    at = f"/admin/serving/invocation/{row.pk}"
    assert staff.get(f"{at}/change/").status_code == 200
    assert staff.post(f"{at}/change/", {"cost": "0"}).status_code == 403
    assert staff.post(f"{at}/delete/", {"post": "yes"}).status_code == 403
    assert staff.get("/admin/serving/invocation/add/").status_code == 403
    assert staff.get(f"/admin/serving/deployment/{fake.pk}/delete/").status_code == 403
    assert Invocation.objects.get().cost > 0


def test_the_page_of_costs_shows_its_figures_as_a_table_and_keeps_to_the_policy(
    staff: Client, fake: Deployment, caller: Caller
) -> None:
    calls.rewrite(deployment="fake", request=ASK, caller=caller)
    page = staff.get("/admin/serving/invocation/costs/?by=model").content.decode()
    assert 'data-key="gpt-6-luna" data-cost="0.0000031"' in page
    assert "usage/costs.csv?since=" in page
    assert "<script>" not in page
    assert "onclick" not in page
    assert staff.get("/admin/serving/invocation/costs/?since=&until=&by=&account=").status_code == 200
    for query in ("by=moon", "since=24.11.2026", "since=2026-11-25&until=2026-11-24", "until=9999-12-31", "account=x"):
        refused = staff.get(f"/admin/serving/invocation/costs/?{query}")
        assert (refused.status_code, "errornote" in refused.content.decode()) == (400, True)


def test_a_change_of_the_catalogue_is_seen_by_the_next_call(staff: Client, fake: Deployment) -> None:
    luna = ProviderModel.objects.get(model_id="gpt-6-luna")
    before = snapshot.current().live_row("fake").model
    form = staff.get(f"/admin/serving/providermodel/{luna.pk}/change/").context["adminform"].form
    data = {name: value for name, value in form.initial.items() if value is not None and value is not False}
    data |= {"max_output": "1234", "price_overrides-TOTAL_FORMS": "0", "price_overrides-INITIAL_FORMS": "0"}
    data |= {"tier_prices-TOTAL_FORMS": "0", "tier_prices-INITIAL_FORMS": "0"}
    assert staff.post(f"/admin/serving/providermodel/{luna.pk}/change/", data).status_code == 302
    after = snapshot.current().live_row("fake").model
    assert before is not None
    assert after is not None
    assert (before.capabilities.max_output, after.capabilities.max_output) == (128_000, 1234)
