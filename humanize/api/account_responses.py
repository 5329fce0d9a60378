"""What the API answers about a writer's own account: drafts, consent, the export."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from humanize.account import writer_data
from humanize.api.requests import DictionarySerializer
from humanize.api.responses import (
    DecisionEventResponse,
    DocumentResponse,
    FeedbackResponse,
    OptionsResponse,
    TransformationResponse,
)
from humanize.models import DecisionEvent, Transformation
from youman.core.api.responses import ResponseSerializer
from youman.core.models import Account, WordUsage


class DraftBriefResponse(ResponseSerializer):
    id = serializers.UUIDField()
    version = serializers.IntegerField(help_text="Counts the saves; the next save has to name it")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    words = serializers.IntegerField()
    excerpt = serializers.CharField(help_text="The beginning of the text, on one line")


class DraftResponse(DraftBriefResponse):
    text = serializers.CharField()
    options = OptionsResponse(source="*")


class ConsentResponse(ResponseSerializer):
    version = serializers.CharField(source="consent_version")
    at = serializers.DateTimeField(source="consent_at")


class AccountResponse(ResponseSerializer):
    username = serializers.CharField(source="user.username")
    email = serializers.CharField(source="user.email")
    tier = serializers.CharField()
    is_staff = serializers.BooleanField(source="user.is_staff")
    consent = ConsentResponse(allow_null=True)
    consent_text = serializers.CharField()

    def read_consent(self, account: Account) -> Account | None:
        return account if account.consent_at else None

    def read_consent_text(self, _: Account) -> str:
        return writer_data.CONSENT_TEXT


class ExportedAccountResponse(AccountResponse):
    date_joined = serializers.DateTimeField(source="user.date_joined")


class MonthResponse(ResponseSerializer):
    month = serializers.CharField()
    words = serializers.IntegerField()
    requests = serializers.IntegerField()

    def read_month(self, row: WordUsage) -> str:
        return f"{row.month:%Y-%m}"


class ExportedKeyResponse(ResponseSerializer):
    name = serializers.CharField()
    created_at = serializers.DateTimeField()


class ExportedTransformationResponse(TransformationResponse):
    feedback = FeedbackResponse(allow_null=True)
    decision_events = DecisionEventResponse(many=True)

    def read_feedback(self, row: Transformation) -> Any:
        return getattr(row, "feedback", None)

    def read_decision_events(self, row: Transformation) -> Sequence[DecisionEvent]:
        return sorted(row.decision_events.all(), key=lambda event: (event.number, event.edit_id))


# Everything but the drafts and the transformations, whose texts come one by one.
class ExportHeadResponse(ResponseSerializer):
    account = ExportedAccountResponse()
    usage = MonthResponse(many=True)
    api_keys = ExportedKeyResponse(many=True)
    dictionary = DictionarySerializer()
    documents = DocumentResponse(many=True)


class ExportResponse(ExportHeadResponse):
    drafts = DraftResponse(many=True)
    transformations = ExportedTransformationResponse(many=True)
