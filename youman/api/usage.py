"""`GET /api/v1/usage`: the words of the month and the costs from the ledger in one answer; it spans several apps."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from serving.api.filters import CostsQuery
from serving.api.responses import CostsResponse
from serving.api.views import costs_of
from serving.gateway.costs import Costs
from youman.core import selectors
from youman.core.api.base import WriterView
from youman.core.api.responses import UsageResponse
from youman.core.api.views import account_of
from youman.core.selectors import Usage


# Takes the usage of the month; the context holds the `costs`.
class UsageWithCostsResponse(UsageResponse):
    costs = CostsResponse(help_text="Costs and savings against the baseline, from the ledger")

    def read_costs(self, _: Usage) -> Costs:
        costs: Costs = self.context["costs"]
        return costs


class UsageView(WriterView):
    query_by_method = {"GET": CostsQuery}

    @extend_schema(responses=UsageWithCostsResponse)
    def get(self, request: Request) -> Response:
        """Return the words used and left this month, and costs by day, model, deployment, tier or strategy."""
        words, costs = selectors.usage_of(account_of(request)), costs_of(request, self.query)
        return Response(UsageWithCostsResponse(words, context={"costs": costs}).data)
