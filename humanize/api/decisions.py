"""Decisions on the edits of a transformation: decide, undo, redo, and what was decided when and by whom."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from humanize import selectors
from humanize.api import responses
from humanize.api.requests import DecideSerializer, RevertSerializer
from humanize.models import DecisionEvent
from humanize.states import Door
from humanize.transformations import decisions
from humanize.transformations.decision_events import Decider
from youman.core.api.base import WriterView
from youman.core.api.pagination import KeysetPagination, foreign_cursor, pack_cursor
from youman.core.api.views import account_of
from youman.core.models import ApiKey


class DecisionPagination(KeysetPagination):
    """By (number, edit), which is unique within a transformation; the latest first."""

    default_size = 200

    def ordered(self, rows: QuerySet[DecisionEvent]) -> QuerySet[DecisionEvent]:
        return rows  # as the selector orders them

    def rows_after(self, rows: QuerySet[DecisionEvent], first: object, second: object) -> QuerySet[DecisionEvent]:
        if not isinstance(first, int) or not isinstance(second, int):
            raise foreign_cursor()
        return rows.filter(number__lte=first).filter(Q(number__lt=first) | Q(edit__lt=second))

    @staticmethod
    def cursor_of(row: DecisionEvent) -> str:
        return pack_cursor(row.number, row.edit_id)


class DecideView(WriterView):
    @extend_schema(request=DecideSerializer, responses=responses.DecidedResponse)
    def post(self, request: Request, transformation_id: UUID) -> Response:
        """Accept or reject single edits, a kind of edit, or all.

        A decision on all edits leaves alone what was decided by kind or one by one, and a decision on a kind what was
        decided one by one; `override` replaces that too. An edit that has to be looked at is accepted one by one only.
        """
        row = selectors.transformation_of(account_of(request), transformation_id)
        asked = DecideSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        decided = decisions.decide(
            transformation=row,
            decisions=asked.single(),
            kind=data.get("kind", ""),
            everything=data.get("decision", ""),
            override=data["override"],
            decider=_decider(request),
        )
        return Response(responses.DecidedResponse(decided).data)


class DecisionsView(WriterView):
    pagination_class = DecisionPagination

    @extend_schema(responses=responses.DecisionEventResponse(many=True))
    def get(self, request: Request, transformation_id: UUID) -> Response:
        """What was decided on each edit, when and by whom; the latest first."""
        row = selectors.transformation_of(account_of(request), transformation_id)
        return self.page(selectors.decision_events_of(row), responses.DecisionEventResponse)


class UndoView(WriterView):
    @extend_schema(request=RevertSerializer, responses=responses.DecidedResponse)
    def post(self, request: Request, transformation_id: UUID) -> Response:
        """Take back the latest decision: each of its edits gets the decision that it had before."""
        row = selectors.transformation_of(account_of(request), transformation_id)
        decided = decisions.undo(transformation=row, version=_version(request), decider=_decider(request))
        return Response(responses.DecidedResponse(decided).data)


class RedoView(WriterView):
    @extend_schema(request=RevertSerializer, responses=responses.DecidedResponse)
    def post(self, request: Request, transformation_id: UUID) -> Response:
        """Make the decision again that was undone last; possible until the next decision."""
        row = selectors.transformation_of(account_of(request), transformation_id)
        decided = decisions.redo(transformation=row, version=_version(request), decider=_decider(request))
        return Response(responses.DecidedResponse(decided).data)


def _version(request: Request) -> int | None:
    asked = RevertSerializer(data=request.data)
    asked.is_valid(raise_exception=True)
    version: int | None = asked.validated_data["version"]
    return version


def _decider(request: Request) -> Decider:
    door = Door.API if isinstance(request.auth, ApiKey) else Door.EDITOR
    return Decider(account_of(request), door)
