"""A budget limits something that exists: chosen in the form, refused below it, named by `doctor` when it is gone."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from serving.gateway import budgets
from serving.gateway.costs import dollars
from serving.gateway.ledger import Caller
from serving.models import Budget, BudgetPeriod, Deployment, Invocation, ProviderKey
from tests.writers import Writer, writer
from youman.core.errors import InvalidInput
from youman.core.models import AuditEvent

pytestmark = pytest.mark.django_db
DEAD = [
    *(("tier", name) for name in ("NOPE", "basic", "Basic", "ALL", "BASIC,FREE", "Enterprise", "*", "0")),
    *(("account", name) for name in ("admin", "bea@example.org", "0", "-1", "007", "4000000000", "1.0", "٣", "x" * 90)),
    *(("account", name) for name in ("9" * 30, "all", "None")),
    *(("deployment", name) for name in ("nope", "FAKE", "fake,openai-small", "openai", "gpt-6-luna", "old")),
]  # fmt: skip
EMPTY = {"span": "day", "money": "1.5", "active": "on", "periods-TOTAL_FORMS": "0", "periods-INITIAL_FORMS": "0"}


@pytest.fixture
def bea(fake: Deployment) -> Writer:
    Deployment.objects.create(name="old", kind="rules", backend="rules", state="retired")
    return writer("bea")


@pytest.fixture
def staff(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return client


@pytest.mark.parametrize(("scope", "subject"), DEAD)
def test_a_subject_that_does_not_exist_is_refused_by_the_form_and_below_it(
    staff: Client, bea: Writer, scope: str, subject: str
) -> None:
    page = staff.post("/admin/serving/budget/add/", EMPTY | {"scope": scope, "subject": subject})
    told = f"{page.context['adminform'].form.errors}"
    assert page.status_code == 200
    with pytest.raises(InvalidInput) as caught:
        budgets.store_budget(Budget(scope=scope, subject=subject, span="day", money=1), actor="tests")
    assert ("; use " in caught.value.detail, "; use " in told) == (True, True)
    assert (Budget.objects.count(), AuditEvent.objects.filter(object_kind="serving.budget").count()) == (0, 0)


@pytest.mark.parametrize(("scope", "subject"), [("tier", " BASIC"), ("deployment", "fake "), ("account", "")])
def test_a_subject_that_is_written_otherwise_is_refused_below_the_form(bea: Writer, scope: str, subject: str) -> None:
    with pytest.raises(InvalidInput):
        budgets.store_budget(Budget(scope=scope, subject=subject, span="day", money=1), actor="tests")


def test_a_user_name_is_answered_with_the_number_of_its_account(staff: Client, bea: Writer) -> None:
    with pytest.raises(InvalidInput, match=f"names an account by its number: use {bea.account.pk} for bea"):
        budgets.store_budget(Budget(scope="account", subject="bea", span="day", money=1), actor="tests")


def test_subjects_are_chosen_from_what_there_is_and_accounts_are_searched(staff: Client, bea: Writer) -> None:
    page = staff.get("/admin/serving/budget/add/").content.decode()
    assert all(f'<option value="{one}">' in page for one in ("FREE", "BASIC", "ENTERPRISE", "fake", "openai-small"))
    assert '<option value="old">' not in page
    search = {"app_label": "core", "model_name": "wordusage", "field_name": "account", "term": "be"}
    found = staff.get("/admin/autocomplete/", search).json()["results"]
    assert found == [{"id": str(bea.account.pk), "text": str(bea.account)}]


@pytest.mark.parametrize("scope", ["account", "tier", "deployment"])
def test_a_chosen_subject_is_stored_and_stays_when_the_limit_changes(staff: Client, bea: Writer, scope: str) -> None:
    subject = {"account": str(bea.account.pk), "tier": "BASIC", "deployment": "fake"}[scope]
    chosen = {"account": subject} if scope == "account" else {"subject": subject}
    assert staff.post("/admin/serving/budget/add/", EMPTY | {"scope": scope} | chosen).status_code == 302
    row = Budget.objects.get()
    at = f"/admin/serving/budget/{row.pk}/change/"
    form = staff.get(at).context["adminform"].form
    assert (row.subject, form.initial["money"], str(form.initial.get("account", ""))) == (
        subject, "1.5", subject if scope == "account" else "",
    )  # fmt: skip
    assert staff.post(at, EMPTY | {"scope": scope, "money": "2.25"} | chosen).status_code == 302
    assert Budget.objects.values_list("subject", "money").get() == (subject, Decimal("2.25"))
    assert AuditEvent.objects.filter(object_kind="serving.budget").count() == 2


def test_an_account_is_not_chosen_for_a_tier(staff: Client, bea: Writer) -> None:
    data = EMPTY | {"scope": "tier", "subject": "BASIC", "account": bea.account.pk}
    assert "only for the budget of an account" in staff.post("/admin/serving/budget/add/", data).content.decode()
    nothing = staff.post("/admin/serving/budget/add/", EMPTY | {"scope": "tier"}).content.decode()
    assert "Choose whom or what the budget limits" in nothing
    assert Budget.objects.count() == 0


def test_the_doctor_names_budgets_and_keys_whose_subject_is_gone(bea: Writer) -> None:
    Budget.objects.create(scope="account", subject=str(bea.account.pk), span="day", money=1)
    Budget.objects.create(scope="tier", subject="BASIC", span="day", money=1)
    Budget.objects.create(scope="deployment", subject="fake", span="day", money=1)
    assert doctor().count("limits nothing") == 0
    gone = bea.account.pk
    bea.account.user.delete()
    Budget.objects.create(scope="tier", subject="NOPE", span="day", money=1)
    Deployment.objects.filter(name="fake").update(state="retired")
    Budget.objects.create(scope="deployment", subject="off", span="day", money=1, active=False)
    ProviderKey.objects.create(owner="renamed", secret=b"x", hint="1234")
    told = doctor()
    assert f"serving.W006: The budget of the account '{gone}' limits nothing: There is no account" in told
    assert "serving.W006: The budget of the tier 'NOPE' limits nothing: There is no tier 'NOPE'; use one of" in told
    assert "serving.W006: The budget of the deployment 'fake' limits nothing: The deployment fake is retired" in told
    assert (told.count("serving.W006"), told.count("serving.W007: The key of 'renamed'")) == (3, 1)


def doctor() -> str:
    out = StringIO()
    try:
        call_command("doctor", stdout=out, no_color=True)
    except Exception as error:  # noqa: BLE001  # what else a machine of tests lacks is not looked at here
        out.write(str(error))
    return out.getvalue()


MONEY = {
    "0": "$0.00", "12.5": "$12.50", "12.500000000000000": "$12.50", "1234567.891": "$1,234,567.89", "1": "$1.00",
    "0.5": "$0.50", "0.015": "$0.015", "0.0000135": "$0.0000135", "0.000000000000001": "$0.000000000000001",
    "0.123456789": "$0.1235", "0.99999": "$1.00", "-0.02": "-$0.02", "-3": "-$3.00", "1E+3": "$1,000.00",
    "999.999": "$1,000.00", "0.1": "$0.10",
}  # fmt: skip


@pytest.mark.parametrize(("amount", "shown"), MONEY.items())
def test_money_is_shown_as_money(amount: str, shown: str) -> None:
    assert dollars(Decimal(amount)) == shown


def test_no_page_shows_fifteen_places(staff: Client, fake: Deployment, caller: Caller, bea: Writer) -> None:
    row = Budget.objects.create(scope="account", subject=str(bea.account.pk), span="day", money=Decimal("12.5"))
    BudgetPeriod.objects.create(budget=row, start="2026-11-01", money_spent=Decimal("0.25"), money_reserved=3)
    call = Invocation.objects.create(
        deployment=fake, model="m", account=7, tier="BASIC", attempt=1, strategy="auto", complexity="medium",
        latency_ms=1, price_list="x", cost=Decimal("0.015"), baseline_cost=Decimal("1.5"),
    )  # fmt: skip
    pages = {
        "budget/": ["$12.50"], f"budget/{row.pk}/change/": ["$0.25", "$3.00", 'value="12.5"'],
        "invocation/": ["$0.015", "$1.50"], f"invocation/{call.pk}/change/": ["$0.015", "$1.50"],
    }  # fmt: skip
    for page, amounts in pages.items():
        text = staff.get(f"/admin/serving/{page}").content.decode()
        assert [one for one in amounts if one not in text] == []
        assert "00000000" not in text.replace(str(call.pk), "")
