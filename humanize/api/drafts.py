"""Drafts: list, create, read, save, delete. Thin: parse, call, answer."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from humanize.account import drafts
from humanize.api.account_responses import DraftBriefResponse, DraftResponse
from humanize.api.requests import DraftSerializer, SavedDraftSerializer
from youman.core.api.base import WriterView
from youman.core.api.pagination import KeysetPagination
from youman.core.api.views import account_of


class DraftsView(WriterView):
    pagination_class = KeysetPagination

    @extend_schema(responses=DraftBriefResponse(many=True))
    def get(self, request: Request) -> Response:
        """Your drafts, the newest first, without the texts."""
        return self.page(drafts.drafts_of(account_of(request)), DraftBriefResponse)

    @extend_schema(request=DraftSerializer, responses={201: DraftResponse})
    def post(self, request: Request) -> Response:
        """Create a draft; up to 100 are kept for each account."""
        asked = DraftSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        row = drafts.create_draft(account=account_of(request), content=asked.content())
        headers = {"Location": reverse("draft", args=[row.pk])}
        return Response(DraftResponse(row).data, status=status.HTTP_201_CREATED, headers=headers)


class DraftView(WriterView):
    @extend_schema(responses=DraftResponse)
    def get(self, request: Request, draft_id: UUID) -> Response:
        """A draft with its text."""
        return Response(DraftResponse(drafts.draft_of(account_of(request), draft_id)).data)

    @extend_schema(request=SavedDraftSerializer, responses=DraftBriefResponse)
    def put(self, request: Request, draft_id: UUID) -> Response:
        """Save a draft: 409 if it has been saved since the version that you name.

        Version 0 creates the draft under the id that you chose. The same save may be repeated.
        """
        asked = SavedDraftSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        version = asked.validated_data["version"]
        row = drafts.save_draft(
            account=account_of(request), draft_id=draft_id, version=version, content=asked.content()
        )
        return Response(DraftBriefResponse(row).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, draft_id: UUID) -> Response:
        """Delete a draft with its text."""
        drafts.delete_draft(account=account_of(request), draft_id=draft_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
