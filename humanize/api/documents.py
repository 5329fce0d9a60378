"""Documents, text extraction from uploads, the list of models, scores without a rewrite, and the dictionary."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from humanize import selectors
from humanize.account import writer_data
from humanize.api import filters, responses
from humanize.api.requests import DictionarySerializer, ScoreTextSerializer, TitleSerializer, UploadSerializer
from humanize.errors import TextTooLong
from humanize.generation.availability import model_choices
from humanize.pipeline import champions, rewrite
from humanize.scoring import Scores, SentenceScore, score, sentence_scores
from humanize.transformations.create import WAIT_WORDS, check_length
from humanize.uploads.extract import extract
from humanize.validation import check_options, check_text, count_words
from youman.core.api.base import WriterView
from youman.core.api.pagination import KeysetPagination
from youman.core.api.parsers import BoundedMultiPartParser
from youman.core.api.rate_limits import check_rate
from youman.core.api.responses import Json
from youman.core.api.views import account_of
from youman.core.http.files import upload_name


@dataclass(frozen=True, slots=True)
class ScoredText:
    language: str
    words: int
    scores: Scores
    sentences: tuple[SentenceScore, ...]


class DocumentsView(WriterView):
    filterset_class = filters.DocumentFilters
    pagination_class = KeysetPagination

    @extend_schema(responses=responses.DocumentResponse(many=True))
    def get(self, request: Request) -> Response:
        """List the account's documents, newest first."""
        return self.page(self.filter_rows(selectors.documents_of(account_of(request))), responses.DocumentResponse)

    @extend_schema(request=TitleSerializer, responses={201: responses.DocumentResponse})
    def post(self, request: Request) -> Response:
        """Create an empty document. A rewrite that names no document creates its own."""
        made = writer_data.create_document(account=account_of(request), title=_title(request))
        return Response(responses.DocumentResponse(made).data, status=status.HTTP_201_CREATED)


class DocumentView(WriterView):
    @extend_schema(responses=responses.DocumentDetailResponse)
    def get(self, request: Request, document_id: UUID) -> Response:
        """Return a document with its source and its latest 200 transformations, oldest first."""
        return Response(_whole(request, document_id))

    @extend_schema(request=TitleSerializer, responses=responses.DocumentDetailResponse)
    def patch(self, request: Request, document_id: UUID) -> Response:
        """Change the title of the document."""
        writer_data.rename_document(account=account_of(request), document_id=document_id, title=_title(request))
        return Response(_whole(request, document_id))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, document_id: UUID) -> Response:
        """Delete the document with all its transformations."""
        writer_data.delete_document(account=account_of(request), document_id=document_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ExtractView(WriterView):
    parser_classes = [BoundedMultiPartParser]

    @extend_schema(request={"multipart/form-data": UploadSerializer}, responses=responses.ExtractResponse)
    def post(self, request: Request) -> Response:
        """Return the text of an uploaded .txt, .md or .docx file. Nothing is stored.

        A Word file is read with all its changes accepted, as Markdown; `not_read` names what is left out.
        """
        check_rate(account_of(request))
        asked = UploadSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        file = asked.validated_data["file"]
        return Response(responses.ExtractResponse(extract(upload_name(file.name), file)).data)


class ModelsView(WriterView):
    @extend_schema(responses=responses.ModelsResponse)
    def get(self, request: Request) -> Response:
        """List the values of `model`; for those that are not available, give the reason."""
        return Response(responses.ModelsResponse(model_choices(account_of(request).tier)).data)


class ScoreView(WriterView):
    @extend_schema(request=ScoreTextSerializer, responses=responses.ScoreResponse)
    def post(self, request: Request) -> Response:
        """Score a text of up to 20,000 words without rewriting it."""
        account = account_of(request)
        check_rate(account)
        asked = ScoreTextSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        text = check_text(asked.validated_data["text"])
        words = count_words(text)
        check_length(account, words)
        if words > WAIT_WORDS:
            raise TextTooLong(f"Scoring without a rewrite takes up to {WAIT_WORDS:,} words; send the text in parts")
        options = rewrite.resolve(text, check_options(language=asked.validated_data["language"]))
        detector = champions.DETECTOR.current()
        scores = score(text, language=options.language, detector=detector)
        sentences = sentence_scores(text, language=options.language, detector=detector)
        found = ScoredText(options.language, words, scores, sentences)
        return Response(responses.ScoreResponse(found).data)


class DictionaryView(WriterView):
    @extend_schema(responses=DictionarySerializer)
    def get(self, request: Request) -> Response:
        """Return the account's dictionary: preferred, avoided and untouchable phrases."""
        return Response(DictionarySerializer(selectors.dictionary_of(account_of(request))).data)

    @extend_schema(request=DictionarySerializer, responses=DictionarySerializer)
    def put(self, request: Request) -> Response:
        """Replace the account's dictionary."""
        asked = DictionarySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        words = selectors.dictionary_from(data["prefer"], data["avoid"], data["never_touch"])
        writer_data.set_dictionary(account=account_of(request), dictionary=words)
        return Response(DictionarySerializer(words).data)


def _title(request: Request) -> str:
    asked = TitleSerializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return str(asked.validated_data["title"])


def _whole(request: Request, document_id: UUID) -> Json:
    return responses.DocumentDetailResponse(selectors.document_of(account_of(request), document_id)).data
