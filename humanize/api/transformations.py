"""Transformations: create, list, read, cancel, resume, and read the final text.

Views only parse, call and answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from humanize import selectors
from humanize.api import filters, responses
from humanize.api.requests import CreateTransformationSerializer, FeedbackSerializer
from humanize.models import Edit, Transformation
from humanize.pipeline import champions
from humanize.scoring import sentence_scores
from humanize.states import State
from humanize.transformations import create, decision_events, decisions, final_text
from humanize.transformations.create import CreatedTransformation
from youman.core.accounts.idempotency_keys import Claim
from youman.core.api.base import WriterView
from youman.core.api.idempotency import IDEMPOTENCY_KEY, run_once
from youman.core.api.pagination import KeysetPagination, foreign_cursor, pack_cursor
from youman.core.api.rate_limits import check_rate
from youman.core.api.responses import Json
from youman.core.api.views import account_of
from youman.core.models import Account


class EditPagination(KeysetPagination):
    """Pages of edits ordered by (start, end), which is unique within a transformation."""

    default_size = 200
    first_size = 2_000

    @classmethod
    def first_of(cls, edits: Iterable[Edit]) -> responses.FirstEdits:
        rows = list(edits)
        cut = rows[: cls.first_size]
        return responses.FirstEdits(cut, cls.cursor_of(cut[-1]) if len(rows) > len(cut) else None)

    def ordered(self, rows: QuerySet[Edit]) -> QuerySet[Edit]:
        return rows.order_by("start", "end")

    def rows_after(self, rows: QuerySet[Edit], first: object, second: object) -> QuerySet[Edit]:
        if not isinstance(first, int) or not isinstance(second, int):
            raise foreign_cursor()
        return rows.filter(Q(start__gt=first) | Q(start=first, end__gt=second))

    @staticmethod
    def cursor_of(row: Edit) -> str:
        return pack_cursor(row.start, row.end)


class TransformationsView(WriterView):
    filterset_class = filters.TransformationFilters
    pagination_class = KeysetPagination

    @extend_schema(
        request=CreateTransformationSerializer,
        responses={201: responses.TransformationResponse, 202: responses.TransformationResponse},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request) -> Response:
        """Rewrite a text. A short text gives 201 with the result, a long text 202 with its progress.

        Repeated with its Idempotency-Key, the request gives the text in its present state: 201 when it is completed.
        """
        account = account_of(request)
        check_rate(account)
        return run_once(
            request,
            account,
            make=lambda claim: self._make(request, account, claim),
            find=lambda pk: create.created_transformation(account, UUID(pk)),
            answer=self._answer,
        )

    def _make(self, request: Request, account: Account, claim: Claim) -> CreatedTransformation:
        asked = CreateTransformationSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return create.create_transformation(account=account, request=asked.request(), claim=claim)

    def _answer(self, made: CreatedTransformation) -> Response:
        body = responses.TransformationResponse(made.row, context={"edits": EditPagination.first_of(made.edits)}).data
        code = status.HTTP_201_CREATED if made.row.state == State.COMPLETED else status.HTTP_202_ACCEPTED
        return Response(body, status=code, headers={"Location": _address(made.row.pk)})

    @extend_schema(responses=responses.TransformationBriefResponse(many=True))
    def get(self, request: Request) -> Response:
        """List the account's transformations without their texts, newest first."""
        rows = self.filter_rows(selectors.transformations_of(account_of(request)))
        return self.page(rows, responses.TransformationBriefResponse)


class TransformationView(WriterView):
    query_by_method = {"GET": filters.TransformationQuery}

    @extend_schema(responses=responses.TransformationResponse)
    def get(self, request: Request, transformation_id: UUID) -> Response:
        """Return a transformation with its texts and edits."""
        row = selectors.transformation_of(account_of(request), transformation_id, whole=True)
        added: dict[str, object] = {}
        if self.query["sentences"]:
            detector = champions.DETECTOR.pinned_or_current(row.detector_version)
            language = row.detected_language or "en"
            added["sentences"] = sentence_scores(row.source, language=language, detector=detector)
        return Response(_whole(row, **added))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, transformation_id: UUID) -> Response:
        """Delete a transformation with its edits. If it is running, it stops."""
        decisions.delete_transformation(account=account_of(request), transformation_id=transformation_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CancelView(WriterView):
    @extend_schema(request=None, responses={202: responses.TransformationResponse})
    def post(self, request: Request, transformation_id: UUID) -> Response:
        """Cancel a queued or running transformation. Its words no longer count against the quota."""
        account = account_of(request)
        decisions.cancel(account=account, transformation_id=transformation_id)
        return Response(_whole(selectors.transformation_of(account, transformation_id, whole=True)), status=202)


class ResumeView(WriterView):
    @extend_schema(request=None, responses={202: responses.TransformationResponse})
    def post(self, request: Request, transformation_id: UUID) -> Response:
        """Resume a cancelled or failed transformation after its last finished part."""
        account = account_of(request)
        check_rate(account)
        decisions.resume(account=account, transformation_id=transformation_id)
        return Response(_whole(selectors.transformation_of(account, transformation_id, whole=True)), status=202)


class EditsView(WriterView):
    pagination_class = EditPagination

    @extend_schema(responses=responses.EditResponse(many=True))
    def get(self, request: Request, transformation_id: UUID) -> Response:
        """List the edits in the order of the text."""
        row = selectors.transformation_of(account_of(request), transformation_id)
        return self.page(selectors.edits_of(row), responses.EditResponse)


class FinalView(WriterView):
    query_by_method = {"GET": filters.FinalTextQuery}

    @extend_schema(responses=responses.FinalResponse)
    def get(self, request: Request, transformation_id: UUID) -> Response:
        """Return the text after the writer's decisions.

        Undecided edits are applied unless `accepted_only` is true or they have to be looked at.
        """
        row = selectors.transformation_of(account_of(request), transformation_id, whole=True)
        text = final_text.final_text(row, accepted_only=self.query["accepted_only"])
        return Response(responses.FinalResponse(text).data)


class FeedbackView(WriterView):
    @extend_schema(request=FeedbackSerializer, responses={201: responses.FeedbackResponse})
    def post(self, request: Request, transformation_id: UUID) -> Response:
        """Store a rating, a comment and the text that was used in the end. Later feedback replaces earlier feedback."""
        row = selectors.transformation_of(account_of(request), transformation_id)
        asked = FeedbackSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        given = decisions.give_feedback(
            transformation=row, rating=data["rating"], comment=data["comment"], final_text=data["final_text"] or ""
        )
        return Response(responses.FeedbackResponse(given).data, status=status.HTTP_201_CREATED)


def _whole(row: Transformation, **added: object) -> Json:
    first = EditPagination.first_of(selectors.edits_of(row)[: EditPagination.first_size + 1])
    history = decision_events.history_of(decision_events.acts_of(row))
    return responses.TransformationResponse(row, context={"edits": first, "history": history, **added}).data


def _address(pk: UUID) -> str:
    return reverse("transformation", args=[pk])
