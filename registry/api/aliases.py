"""Aliases, their rules and ledger, and moves that wait for a second approver."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from registry import presenters, selectors, validation
from registry.api import filters, requests, responses
from registry.api.base import PromoteView, RegistryView, paged
from registry.contracts import VersionRef
from registry.models import Alias, PromotionRequest
from registry.versions import promotion
from youman.core.api.pagination import KeysetPagination
from youman.core.errors import NotFound


class AliasesView(RegistryView):
    filterset_class = filters.AliasFilters
    pagination_class = KeysetPagination

    @extend_schema(responses=responses.AliasReply(many=True))
    def get(self, request: Request) -> Response:
        """Aliases of all models."""
        rows = self.filtered(Alias.objects.select_related("model", "version"))
        return paged(request, rows.defer(*(f"version__{one}" for one in selectors.LONG)), presenters.alias, self)


class AliasesOfModelView(RegistryView):
    @extend_schema(responses=responses.AliasReply(many=True), operation_id="registered_model_aliases")
    def get(self, request: Request, name: str) -> Response:
        """The model's aliases by name."""
        rows = selectors.aliases_of(selectors.model_named(name)).order_by("name")
        return Response([presenters.alias(row) for row in rows])


class AliasView(PromoteView):
    @extend_schema(responses=responses.ModelVersionReply)
    def get(self, request: Request, name: str, alias: str) -> Response:
        """The version that the alias points at."""
        return Response(presenters.version(selectors.version_by_alias(name, alias)))

    @extend_schema(request=requests.MoveAsk, responses={200: responses.MoveReply, 202: responses.MoveReply})
    def put(self, request: Request, name: str, alias: str) -> Response:
        """Point it at a version: 200 when it moved or was there, 202 when a second approver must agree."""
        asked = requests.MoveAsk(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        found = promotion.promote_number(
            ref=VersionRef(name, data["version"]),
            alias=alias,
            actor=request.user,
            reason=data["reason"],
            given=asked.evidence(),
            expected=data["expected"],
        )
        return Response(
            presenters.move(found), status=status.HTTP_202_ACCEPTED if found.request else status.HTTP_200_OK
        )

    @extend_schema(request=requests.ReasonAsk, responses=responses.MoveReply)
    def delete(self, request: Request, name: str, alias: str) -> Response:
        """Take it away; its history stays."""
        reason = requests.checked(requests.ReasonAsk, request.data)["reason"]
        model = selectors.model_named(name)
        return Response(
            presenters.move(promotion.remove_alias(model=model, alias=alias, actor=request.user, reason=reason))
        )


class RollbackView(PromoteView):
    @extend_schema(request=requests.ReasonAsk, responses=responses.MoveReply)
    def post(self, request: Request, name: str, alias: str) -> Response:
        """Back to what it was before its last move."""
        reason = requests.checked(requests.ReasonAsk, request.data)["reason"]
        model = selectors.model_named(name)
        return Response(
            presenters.move(promotion.rollback_alias(model=model, alias=alias, actor=request.user, reason=reason))
        )


class AliasRuleView(PromoteView):
    @extend_schema(responses=responses.AliasRuleReply)
    def get(self, request: Request, name: str, alias: str) -> Response:
        """What moves of this alias ask for."""
        return Response(presenters.rule(selectors.rule_of(selectors.model_named(name), alias)))

    @extend_schema(request=requests.RuleAsk, responses=responses.AliasRuleReply)
    def put(self, request: Request, name: str, alias: str) -> Response:
        """Set what moves of this alias ask for."""
        data = requests.checked(requests.RuleAsk, request.data)
        data["thresholds"] = validation.thresholds_from(data["thresholds"])
        model = selectors.model_named(name)
        return Response(presenters.rule(promotion.set_rule(model=model, alias=alias, actor=request.user, **data)))


class AliasHistoryView(RegistryView):
    pagination_class = KeysetPagination

    @extend_schema(responses=responses.AliasEventReply(many=True))
    def get(self, request: Request, name: str, alias: str) -> Response:
        """Every move of this alias, the newest first."""
        return paged(request, selectors.alias_events(selectors.model_named(name), alias), presenters.event, self)


class AliasAtView(RegistryView):
    query_by_method = {"GET": filters.AliasAtQuery}

    @extend_schema(responses=responses.AliasEventReply)
    def get(self, request: Request, name: str, alias: str) -> Response:
        """What it was at a time: on what data, by whose decision, on what evidence."""
        event = selectors.alias_event_at(name, alias, self.query["at"])
        if event is None:
            raise NotFound(f"{alias[:50]} of {name[:100]} had not been set at that time")
        return Response(presenters.event(event))


class PromotionsView(RegistryView):
    filterset_class = filters.PromotionFilters
    pagination_class = KeysetPagination

    @extend_schema(responses=responses.PromotionReply(many=True))
    def get(self, request: Request) -> Response:
        """Moves that wait, or waited, for a second approver."""
        rows = self.filtered(PromotionRequest.objects.select_related("model", "version"))
        return paged(request, rows.defer(*(f"version__{one}" for one in selectors.LONG)), presenters.promotion, self)


class ApproveView(PromoteView):
    @extend_schema(request=requests.ReasonAsk, responses=responses.MoveReply)
    def post(self, request: Request, request_id: UUID) -> Response:
        """Agree as the second person; the alias moves."""
        reason = requests.checked(requests.ReasonAsk, request.data)["reason"]
        return Response(presenters.move(promotion.approve(request_id=request_id, actor=request.user, reason=reason)))


class RejectView(PromoteView):
    @extend_schema(request=requests.ReasonAsk, responses=responses.PromotionReply)
    def post(self, request: Request, request_id: UUID) -> Response:
        """Say no, with a reason."""
        reason = requests.checked(requests.ReasonAsk, request.data)["reason"]
        return Response(
            presenters.promotion(promotion.reject(request_id=request_id, actor=request.user, reason=reason))
        )


class WithdrawView(PromoteView):
    @extend_schema(request=None, responses=responses.PromotionReply)
    def post(self, request: Request, request_id: UUID) -> Response:
        """Take one's own request back."""
        return Response(presenters.promotion(promotion.withdraw(request_id=request_id, actor=request.user)))
