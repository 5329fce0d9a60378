"""`GET /api/v1/usage`: the month's words and the ledger's costs in one answer, since it spans the apps."""

from __future__ import annotations

from dataclasses import asdict

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from serving.api.filters import CostsQuery
from serving.api.serializers import CostsReply, costs_json
from serving.api.views import costs_of
from youman.core import selectors
from youman.core.api.base import ApiView
from youman.core.api.responses import UsageResponse
from youman.core.api.views import account_of


class UsageReply(UsageResponse):
    costs = CostsReply(help_text="Cost and saving against the baseline, from the ledger's rows")


class UsageView(ApiView):
    query_by_method = {"GET": CostsQuery}

    @extend_schema(responses=UsageReply)
    def get(self, request: Request) -> Response:
        """The month's words and what is left of them; cost and saving by day, model, deployment, tier or strategy."""
        words = asdict(selectors.usage_of(account_of(request)))
        return Response(words | {"costs": costs_json(costs_of(request, self.query))})
