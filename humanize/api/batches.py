"""Batches: submit up to 50 documents and follow their progress. Views only parse, call and answer."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from humanize import selectors
from humanize.api import responses
from humanize.api.requests import CreateTransformationSerializer
from humanize.models import Batch
from humanize.states import PATIENT_TIERS, ServiceTier
from humanize.transformations import batches
from humanize.transformations.batches import RefusedDocument
from humanize.transformations.create import CreateRequest
from youman.core.accounts.idempotency_keys import Claim
from youman.core.api.base import WriterView
from youman.core.api.idempotency import IDEMPOTENCY_KEY, run_once
from youman.core.api.pagination import KeysetPagination
from youman.core.api.problem import translate
from youman.core.api.rate_limits import check_rate
from youman.core.api.requests import RequestSerializer
from youman.core.api.responses import Json
from youman.core.api.views import account_of
from youman.core.errors import YoumanError
from youman.core.models import Account


class CreateBatchSerializer(RequestSerializer):
    documents = serializers.ListField(
        child=serializers.DictField(), min_length=1, max_length=batches.MOST_DOCUMENTS,
        help_text="Each like a body of POST /transformations; its `wait` and `service_tier` are ignored",
    )  # fmt: skip
    service_tier = serializers.ChoiceField(
        choices=PATIENT_TIERS, default=ServiceTier.FLEX.value,
        help_text="flex: within minutes; batch: within a day, through the vendor's batches at half the price",
    )  # fmt: skip

    def requests(self) -> list[CreateRequest | RefusedDocument]:
        return [_request(document) for document in self.validated_data["documents"]]


def _request(document: dict[str, object]) -> CreateRequest | RefusedDocument:
    asked = CreateTransformationSerializer(data=document)
    try:
        asked.is_valid(raise_exception=True)
        return asked.request()
    except (serializers.ValidationError, YoumanError) as error:
        known = translate(error)
        assert known is not None  # `translate` knows both kinds of error
        return RefusedDocument(known)


class BatchesView(WriterView):
    pagination_class = KeysetPagination

    @extend_schema(
        request=CreateBatchSerializer,
        responses={202: responses.BatchResponse},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request) -> Response:
        """Submit up to 50 documents that can wait; each succeeds or fails on its own."""
        account = account_of(request)
        check_rate(account)
        return run_once(
            request,
            account,
            make=lambda claim: self._make(request, account, claim),
            find=lambda pk: selectors.batch_of(account, UUID(pk)),
            answer=self._answer,
        )

    def _make(self, request: Request, account: Account, claim: Claim) -> Batch:
        asked = CreateBatchSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        tier = asked.validated_data["service_tier"]
        return batches.create_batch(account=account, requests=asked.requests(), service_tier=tier, claim=claim)

    def _answer(self, made: Batch) -> Response:
        headers = {"Location": reverse("batch", args=[made.pk])}
        return Response(_whole(made), status=status.HTTP_202_ACCEPTED, headers=headers)

    @extend_schema(responses=responses.BatchBriefResponse(many=True))
    def get(self, request: Request) -> Response:
        """List the account's batches, newest first."""
        return self.page(selectors.batches_of(account_of(request)), responses.BatchBriefResponse)


class BatchView(WriterView):
    @extend_schema(responses=responses.BatchResponse)
    def get(self, request: Request, batch_id: UUID) -> Response:
        """Return a batch with its documents in the order in which they were submitted."""
        return Response(_whole(selectors.batch_of(account_of(request), batch_id)))


def _whole(batch: Batch) -> Json:
    return responses.BatchResponse(batch, context={"items": selectors.items_of(batch)}).data
