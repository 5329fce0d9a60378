"""Routes of aliases, their rules and ledger, and promotion requests that wait for a second approver."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from registry import selectors, validation
from registry.api import filters, requests, responses
from registry.api.base import ALIAS_EVENTS, ALIAS_RULES, ALIASES, PROMOTIONS, WITHDRAWALS, RegistryView
from registry.contracts import VersionRef
from registry.models import Alias, PromotionRequest
from registry.versions import promotion
from youman.core.api.pagination import KeysetPagination
from youman.core.errors import NotFound


class AliasesView(RegistryView):
    access = ALIASES
    filterset_class = filters.AliasFilters
    pagination_class = KeysetPagination

    @extend_schema(responses=responses.AliasResponse(many=True))
    def get(self, request: Request) -> Response:
        """List the aliases of all models."""
        rows = self.filter_rows(Alias.objects.select_related("model", "version"))
        return self.page(rows.defer(*(f"version__{one}" for one in selectors.LONG)), responses.AliasResponse)


class AliasesOfModelView(RegistryView):
    access = ALIASES

    @extend_schema(responses=responses.AliasResponse(many=True), operation_id="registered_model_aliases")
    def get(self, request: Request, name: str) -> Response:
        """List the model's aliases by name."""
        rows = selectors.aliases_of(selectors.model_named(name)).order_by("name")
        return Response(responses.AliasResponse(rows, many=True).data)


class AliasView(RegistryView):
    access = ALIASES

    @extend_schema(responses=responses.ModelVersionResponse)
    def get(self, request: Request, name: str, alias: str) -> Response:
        """Return the version that the alias points to."""
        return Response(responses.ModelVersionResponse(selectors.version_by_alias(name, alias)).data)

    @extend_schema(request=requests.MoveAlias, responses={200: responses.MoveResponse, 202: responses.MoveResponse})
    def put(self, request: Request, name: str, alias: str) -> Response:
        """Point the alias to a version: 200 once it points there, 202 when a second approver must agree."""
        asked = requests.MoveAlias(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        found = promotion.promote_number(
            ref=VersionRef(name, data["version"]),
            alias=alias,
            actor=request.user,
            reason=data["reason"],
            evidence=asked.evidence(),
            expected=data["expected"],
        )
        code = status.HTTP_202_ACCEPTED if found.request else status.HTTP_200_OK
        return Response(responses.MoveResponse(found).data, status=code)

    @extend_schema(request=requests.ActionReason, responses=responses.MoveResponse)
    def delete(self, request: Request, name: str, alias: str) -> Response:
        """Remove the alias; its history stays."""
        reason = requests.checked(requests.ActionReason, request.data)["reason"]
        model = selectors.model_named(name)
        found = promotion.remove_alias(model=model, alias=alias, actor=request.user, reason=reason)
        return Response(responses.MoveResponse(found).data)


class RollbackView(RegistryView):
    access = ALIASES

    @extend_schema(request=requests.ActionReason, responses=responses.MoveResponse)
    def post(self, request: Request, name: str, alias: str) -> Response:
        """Move the alias back to the version before its last move."""
        reason = requests.checked(requests.ActionReason, request.data)["reason"]
        model = selectors.model_named(name)
        found = promotion.rollback_alias(model=model, alias=alias, actor=request.user, reason=reason)
        return Response(responses.MoveResponse(found).data)


class AliasRuleView(RegistryView):
    access = ALIAS_RULES

    @extend_schema(responses=responses.AliasRuleResponse)
    def get(self, request: Request, name: str, alias: str) -> Response:
        """Return what moving this alias requires."""
        return Response(responses.AliasRuleResponse(selectors.rule_of(selectors.model_named(name), alias)).data)

    @extend_schema(request=requests.SetAliasRule, responses=responses.AliasRuleResponse)
    def put(self, request: Request, name: str, alias: str) -> Response:
        """Set what moving this alias requires."""
        data = requests.checked(requests.SetAliasRule, request.data)
        data["thresholds"] = validation.thresholds_from(data["thresholds"])
        model = selectors.model_named(name)
        rule = promotion.set_rule(model=model, alias=alias, actor=request.user, **data)
        return Response(responses.AliasRuleResponse(rule).data)


class AliasHistoryView(RegistryView):
    access = ALIAS_EVENTS
    pagination_class = KeysetPagination

    @extend_schema(responses=responses.AliasEventResponse(many=True))
    def get(self, request: Request, name: str, alias: str) -> Response:
        """List every move of this alias, newest first."""
        return self.page(selectors.alias_events(selectors.model_named(name), alias), responses.AliasEventResponse)


class AliasAtView(RegistryView):
    access = ALIAS_EVENTS
    query_by_method = {"GET": filters.AliasAtQuery}

    @extend_schema(responses=responses.AliasEventResponse)
    def get(self, request: Request, name: str, alias: str) -> Response:
        """Return the move that was in effect at a time: the version, its data, who decided, and on what evidence."""
        event = selectors.alias_event_at(name, alias, self.query["at"])
        if event is None:
            raise NotFound(f"{alias[:50]} of {name[:100]} was not set at that time")
        return Response(responses.AliasEventResponse(event).data)


class PromotionsView(RegistryView):
    access = PROMOTIONS
    filterset_class = filters.PromotionFilters
    pagination_class = KeysetPagination

    @extend_schema(responses=responses.PromotionResponse(many=True))
    def get(self, request: Request) -> Response:
        """List promotion requests, pending and decided."""
        rows = self.filter_rows(PromotionRequest.objects.select_related("model", "version"))
        return self.page(rows.defer(*(f"version__{one}" for one in selectors.LONG)), responses.PromotionResponse)


class ApproveView(RegistryView):
    access = PROMOTIONS

    @extend_schema(request=requests.ActionReason, responses=responses.MoveResponse)
    def post(self, request: Request, request_id: UUID) -> Response:
        """Approve as the second person; the alias moves."""
        reason = requests.checked(requests.ActionReason, request.data)["reason"]
        found = promotion.approve(request_id=request_id, actor=request.user, reason=reason)
        return Response(responses.MoveResponse(found).data)


class RejectView(RegistryView):
    access = PROMOTIONS

    @extend_schema(request=requests.ActionReason, responses=responses.PromotionResponse)
    def post(self, request: Request, request_id: UUID) -> Response:
        """Reject the request, with a reason."""
        reason = requests.checked(requests.ActionReason, request.data)["reason"]
        row = promotion.reject(request_id=request_id, actor=request.user, reason=reason)
        return Response(responses.PromotionResponse(row).data)


class WithdrawView(RegistryView):
    access = WITHDRAWALS

    @extend_schema(request=None, responses=responses.PromotionResponse)
    def post(self, request: Request, request_id: UUID) -> Response:
        """Withdraw your own request."""
        row = promotion.withdraw(request_id=request_id, actor=request.user)
        return Response(responses.PromotionResponse(row).data)
