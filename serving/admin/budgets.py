"""Admin page of budgets: limits can be edited, spending is read-only."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.forms import ModelForm
from django.http import HttpRequest

from serving.admin.money import money_column
from serving.gateway import budgets
from serving.gateway.costs import plain_amount
from serving.models import Budget, BudgetPeriod, Deployment, Scope
from serving.states import DeploymentState
from youman.core.models import Account, WordUsage
from youman.core.models.tiers import Tier

SPENT = ("start", "spent", "reserved", "tokens_spent", "tokens_reserved")


class Periods(admin.TabularInline[BudgetPeriod, Budget]):
    model = BudgetPeriod
    extra = 0
    max_num = 0
    can_delete = False
    verbose_name_plural = "spending"
    fields = SPENT
    readonly_fields = SPENT
    spent = money_column("money_spent")
    reserved = money_column("money_reserved")

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class BudgetForm(forms.ModelForm[Budget]):
    """The subject is chosen: a tier or a deployment from a list, an account by search."""

    subject = forms.CharField(required=False, label="Tier or deployment", widget=forms.Select)
    account = forms.ModelChoiceField(
        Account.objects.select_related("user"),
        required=False,
        # The search needs a foreign key to accounts to take its rights from; a budget has none.
        widget=AutocompleteSelect(WordUsage._meta.get_field("account"), admin.site),
        help_text="Search by user name or e-mail address",
    )

    class Meta:
        model = Budget
        fields = ["scope", "subject", "span", "money", "tokens", "active"]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed through
        widget = self.fields["subject"].widget
        assert isinstance(widget, forms.Select)
        widget.choices = _choices(self.instance)
        if self.instance.money is not None:
            self.initial["money"] = plain_amount(self.instance.money)
        if self.instance.scope == Scope.ACCOUNT and self.instance.subject.isdigit():
            self.initial["account"] = self.instance.subject

    def clean(self) -> dict[str, object]:
        """Below this form `Budget.clean` refuses a subject that does not exist."""
        data = super().clean() or {}
        account, of_account = data.get("account"), data.get("scope") == Scope.ACCOUNT
        if isinstance(account, Account) and of_account:
            data["subject"] = str(account.pk)
        elif account is not None and not of_account:
            self.add_error("account", "Choose an account only for the budget of an account")
        if not data.get("subject") and "subject" not in self.errors:
            self.add_error("account" if of_account else "subject", "Choose whom or what the budget limits")
        return data


def _choices(budget: Budget) -> list[tuple[str, object]]:
    """Grouped; the subject that a budget has already stands among them, so that it is not changed unseen."""
    names = Deployment.objects.exclude(state=DeploymentState.RETIRED).values_list("name", flat=True)
    groups: list[tuple[str, object]] = [
        ("", "---------"), ("Tiers", list(Tier.choices)), ("Deployments", [(name, name) for name in names]),
    ]  # fmt: skip
    if budget.subject and budget.subject not in {*Tier.values, *names}:
        groups.append(("Chosen before", [(budget.subject, budget.subject)]))
    return groups


@admin.register(Budget)
class BudgetAdmin(admin.ModelAdmin[Budget]):
    form = BudgetForm
    fields = ["scope", "subject", "account", "span", "money", "tokens", "active"]
    list_display = ["scope", "subject", "span", "dollars", "tokens", "active"]
    dollars = money_column("money")
    list_filter = ["scope", "span", "active"]
    search_fields = ["subject"]
    inlines = [Periods]

    def save_model(self, request: HttpRequest, obj: Budget, form: ModelForm[Budget], change: bool) -> None:
        assert request.user.is_authenticated
        budgets.store_budget(obj, actor=request.user)
