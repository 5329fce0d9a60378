"""The parameters that the reads of serving take in their query strings."""

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
    transformation = Filter(UUIDParameter(help_text="Only calls for this text"))
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
    since = DateParameter(help_text="First day, thirty days back by default")
    until = DateParameter(help_text="Last day, today by default")
    by = ChoiceParameter(tuple(costs.FIELDS), default="day", help_text="What a row stands for")
    account = TextParameter(check=costs.check_account, help_text="For staff: the number of an account, or `all`")
