"""Routes of costs, for every user, and of deployments, keys and the ledger, for staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any, cast

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from registry.contracts import VersionRef
from serving.api.filters import CostsQuery, InvocationFilters
from serving.api.responses import CostsResponse, DeploymentResponse, InvocationResponse, ProviderKeyResponse
from serving.deployments import lifecycle, overview, provider_keys, rollout
from serving.deployments.rollout import DeployRequest
from serving.gateway import costs
from serving.gateway.costs import CostQuery, Costs
from serving.models import Deployment, Invocation, ProviderKey, Rollout
from youman.core.accounts import scopes
from youman.core.accounts.access import StaffAccess
from youman.core.api.base import ApiView, WriterView
from youman.core.api.pagination import KeysetPagination
from youman.core.api.requests import RequestSerializer
from youman.core.api.views import account_of
from youman.core.errors import NotFound
from youman.core.http.files import attachment, write_csv
from youman.core.models import ApiKey
from youman.core.models.tiers import Tier

_ACTIONS = {
    "deploy": lifecycle.deploy, "drain": lifecycle.drain, "resume": lifecycle.resume, "retire": lifecycle.retire,
    "reset-breaker": lifecycle.reset_health, "promote": rollout.promote, "roll-back": rollout.roll_back,
}  # fmt: skip
_DEPLOYMENTS = StaffAccess(scopes.SERVING, Deployment)
_KEYS = StaffAccess(scopes.SERVING, ProviderKey)
_LEDGER = StaffAccess(scopes.SERVING, Invocation)


class DeployVersion(RequestSerializer):
    model = serializers.CharField(max_length=100, help_text="Name of the registered model")
    number = serializers.IntegerField(min_value=1)
    name = serializers.SlugField(max_length=100, default="", allow_blank=True)
    strategy = serializers.ChoiceField(choices=Rollout.choices, default=Rollout.CANARY)
    share = serializers.IntegerField(min_value=0, max_value=100, default=None, allow_null=True)
    tier_floor = serializers.ChoiceField(choices=Tier.choices, default=Tier.PROFESSIONAL)
    ramps = serializers.BooleanField(
        default=None,
        allow_null=True,
        help_text="Ramp a canary automatically by the edits that writers keep; null for the default",
    )

    def deploy_request(self) -> DeployRequest:
        given = self.validated_data
        return DeployRequest(
            version=VersionRef(given["model"], given["number"]),
            name=given["name"],
            strategy=given["strategy"],
            share=given["share"],
            tier_floor=given["tier_floor"],
            ramps=given["ramps"],
        )


class NewProviderKey(RequestSerializer):
    owner = serializers.CharField(max_length=100, help_text="Name of a provider in the catalogue, or of a deployment")
    secret = serializers.CharField(max_length=500, write_only=True, trim_whitespace=True)
    hosts = serializers.ListField(
        child=serializers.CharField(max_length=260),
        default=None,
        allow_null=True,
        max_length=20,
        help_text="Hosts of your own endpoints that may receive the key, such as gateway.example or 10.0.0.7:4000; "
        "null leaves a provider's hosts as they are, and takes a deployment's from its endpoint",
    )


class CostsView(WriterView):
    query_by_method = {"GET": CostsQuery}

    @extend_schema(responses=CostsResponse)
    def get(self, request: Request) -> Response:
        """Return what your texts cost and what the baseline model would have cost, from the ledger's rows."""
        return Response(CostsResponse(costs_of(request, self.query)).data)


class CostsCsvView(WriterView):
    query_by_method = {"GET": CostsQuery}

    @extend_schema(
        responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "One line for each row, then the total")}
    )
    def get(self, request: Request) -> HttpResponse:
        """Return the same costs as CSV, without rounding."""
        answer = HttpResponse(content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = attachment("costs.csv")
        write_csv(cast(IO[str], answer), costs.csv_lines(costs_of(request, self.query)))
        return answer


def costs_of(request: Request, query: Mapping[str, Any]) -> Costs:
    """Return the costs for a valid CostsQuery: the caller's own, or any that staff request. Raises Forbidden."""
    own = account_of(request).pk
    account = query.get("account", own)
    if account != own:
        _LEDGER.rule("GET").check(request.user, request.auth if isinstance(request.auth, ApiKey) else None)
    since, until = costs.period_bounds(since=query.get("since"), until=query.get("until"), today=timezone.now().date())
    return costs.costs(CostQuery(since, until, account), query["by"])


class DeploymentsView(ApiView):
    access = _DEPLOYMENTS

    @extend_schema(responses=DeploymentResponse(many=True))
    def get(self, request: Request) -> Response:
        """List every deployment with its state and its health."""
        return Response(DeploymentResponse(overview.deployments(), many=True).data)

    @extend_schema(request=DeployVersion, responses={201: DeploymentResponse})
    def post(self, request: Request) -> Response:
        """Deploy a version of a registered model; if its checks fail, the answer is `failed` with a note why."""
        asked = DeployVersion(data=request.data)
        asked.is_valid(raise_exception=True)
        made = rollout.deploy_version(request=asked.deploy_request(), actor=request.user)
        return Response(DeploymentResponse(overview.deployments(made.name)[0]).data, status=201)


class DeploymentActionView(ApiView):
    access = StaffAccess(scopes.SERVING, Deployment, verbs={"POST": "change"})

    @extend_schema(request=None, responses=DeploymentResponse, operation_id="deployments_do")
    def post(self, request: Request, name: str, action: str) -> Response:
        """Run an action: `deploy`, `promote`, `roll-back`, `drain`, `resume`, `retire` or `reset-breaker`."""
        row = Deployment.objects.select_related("version__model").filter(name=name).first()
        if row is None or action not in _ACTIONS:
            raise NotFound(f"There is no such deployment or action; actions are {', '.join(_ACTIONS)}")
        _ACTIONS[action](deployment=row, actor=request.user)
        return Response(DeploymentResponse(overview.deployments(name)[0]).data)


class ProviderKeysView(ApiView):
    access = _KEYS

    @extend_schema(responses=ProviderKeyResponse(many=True))
    def get(self, request: Request) -> Response:
        """List the owners of the stored keys; the keys themselves cannot be read."""
        return Response(ProviderKeyResponse(ProviderKey.objects.defer("secret"), many=True).data)

    @extend_schema(request=NewProviderKey, responses={201: ProviderKeyResponse})
    def post(self, request: Request) -> Response:
        """Store or replace a key, encrypted. A provider's key in the environment takes precedence."""
        asked = NewProviderKey(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        row = provider_keys.store_key(
            owner=data["owner"], secret=data["secret"], hosts=data["hosts"], actor=request.user
        )
        return Response(ProviderKeyResponse(row).data, status=201)


class ProviderKeyView(ApiView):
    access = _KEYS

    @extend_schema(responses={204: None})
    def delete(self, request: Request, owner: str) -> Response:
        """Delete a key."""
        provider_keys.remove_key(owner=owner, actor=request.user)
        return Response(status=204)


class InvocationsView(ApiView):
    access = _LEDGER
    filterset_class = InvocationFilters
    pagination_class = KeysetPagination

    @extend_schema(responses=InvocationResponse(many=True))
    def get(self, request: Request) -> Response:
        """List the calls in the ledger, newest first."""
        return self.page(self.filter_rows(overview.invocations()), InvocationResponse)
