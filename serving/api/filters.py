"""Query parameters of serving's routes."""

from __future__ import annotations

from django.db.models import QuerySet

from serving.gateway import costs
from serving.models import Invocation
from youman.core.api.filters import Filter, StrictFilterSet
from youman.core.api.parameters import (
    BooleanParameter,
    ChoiceParameter,
    DateParameter,
    Query,
    TextParameter,
    UUIDParameter,
)


class InvocationFilters(StrictFilterSet):
    deployment = Filter(TextParameter(max_length=100, help_text="Only calls of this deployment"), "deployment__name")
    transformation = Filter(UUIDParameter(help_text="Only calls for the transformation with this id"))
    failed = Filter(
        BooleanParameter(help_text="true: only failed calls; false: only the others"), method="filter_outcome"
    )

    def filter_outcome(self, rows: QuerySet[Invocation], name: str, value: bool) -> QuerySet[Invocation]:
        return rows.exclude(error="") if value else rows.filter(error="")


class DriftAlertFilters(StrictFilterSet):
    open = Filter(
        BooleanParameter(help_text="true: only alerts that nobody has acknowledged; false: only the others"),
        "acknowledged_at",
        "isnull",
    )


class CostsQuery(Query):
    since = DateParameter(help_text="First day; by default, the period has thirty days")
    until = DateParameter(help_text="Last day; by default today")
    by = ChoiceParameter(tuple(costs.FIELDS), default="day", help_text="What the rows are grouped by")
    account = TextParameter(check=costs.check_account, help_text="For staff: the id of an account, or `all`")
