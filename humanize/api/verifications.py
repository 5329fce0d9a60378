"""Checking any rewrite, from anywhere, against its source. Views only parse, call and answer."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from humanize.api import responses
from humanize.api.requests import CheckRewriteSerializer
from humanize.cli.verification import TextPair, verify
from humanize.transformations.create import check_length
from humanize.validation import check_characters, check_options, check_text, count_words
from youman.core.api.base import WriterView
from youman.core.api.rate_limits import check_rate
from youman.core.api.views import account_of


class VerificationsView(WriterView):
    @extend_schema(request=CheckRewriteSerializer, responses=responses.VerdictResponse)
    def post(self, request: Request) -> Response:
        """Check whether a rewrite still says what its source says. Nothing is stored and no model is asked."""
        account = account_of(request)
        check_rate(account)
        asked = CheckRewriteSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        source, rewrite = check_text(data["source"], "source"), check_characters(data["rewrite"], "rewrite")
        for text in (source, rewrite):
            check_length(account, count_words(text))
        options = check_options(format=data["format"], language=data["language"], protected=data["protected"])
        return Response(responses.VerdictResponse(verify(TextPair(source, rewrite, options))).data)
