"""Request bodies. Types are checked here; values are checked in `humanize.validation`, which the command shares."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.validators import ProhibitNullCharactersValidator
from rest_framework import serializers
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from humanize.account.drafts import DraftContent
from humanize.states import Decision, ServiceTier
from humanize.transformations.create import CreateRequest
from humanize.transformations.decisions import OneDecision
from humanize.validation import FORMATS, STRATEGIES, check_characters, check_options, check_text
from youman.core.api.requests import RequestSerializer

_OURS = (ProhibitNullCharactersValidator, ProhibitSurrogateCharactersValidator)


class Verbatim(serializers.CharField):
    """A text that is not trimmed. Characters that cannot be stored are refused with a message that names the fix."""

    def __init__(self, **options: object) -> None:
        super().__init__(trim_whitespace=False, allow_blank=True, **options)  # type: ignore[arg-type]  # handed through
        self.validators = [one for one in self.validators if not isinstance(one, _OURS)]

    def run_validation(self, data: object = serializers.empty) -> object:
        value = super().run_validation(data)
        # An item of a list has no field name, so the error names the list.
        name = self.field_name or getattr(self.parent, "field_name", "")
        return check_characters(value, str(name)) if isinstance(value, str) else value


class CreateTransformationSerializer(RequestSerializer):
    text = Verbatim(
        help_text="The text to rewrite. It is stored character for character, line ends included. "
        "No edit touches what stands in [[…]] in its prose; to protect a phrase without marks, use `protected`."
    )
    level = serializers.IntegerField(default=3, help_text="How much may change, from 1 (least) to 5 (most)")
    strategy = serializers.CharField(default="auto", help_text=f"One of {', '.join(STRATEGIES)}")
    language = serializers.CharField(default="auto", help_text="A two-letter code of ISO 639-1, or auto")
    protected = serializers.ListField(
        child=Verbatim(), default=list,
        help_text="Up to 200 phrases of up to 2,000 characters each. No edit touches one where it stands as whole "
        "words, in any case and with any white space between its words.",
    )  # fmt: skip
    format = serializers.CharField(default="auto", help_text=f"One of {', '.join(FORMATS)}")
    model = serializers.CharField(default="auto", max_length=100, help_text="An id from GET /models, or auto")
    wait = serializers.BooleanField(
        allow_null=True,
        default=None,
        help_text="true: answer when the rewrite is done (up to 20,000 words); false: always queue it",
    )
    service_tier = serializers.ChoiceField(
        choices=ServiceTier.choices, default=ServiceTier.STANDARD.value,
        help_text="standard: now; flex: cheaper, within minutes; batch: half the price, within a day, always queued",
    )  # fmt: skip
    document = serializers.UUIDField(
        allow_null=True, default=None, help_text="Id of a document to whose history the rewrite is added"
    )
    title = serializers.CharField(allow_blank=True, default="", max_length=200)

    def request(self) -> CreateRequest:
        """Return the checked request. Raises InvalidInput."""
        data = self.validated_data
        assert isinstance(data, Mapping)
        return CreateRequest(
            text=check_text(data["text"]),
            options=check_options(
                level=data["level"],
                strategy=data["strategy"],
                language=data["language"],
                format=data["format"],
                protected=data["protected"],
            ),
            model=data["model"],
            document_id=data["document"],
            title=data["title"],
            wait=data["wait"],
            service_tier=data["service_tier"],
        )


class DraftSerializer(RequestSerializer):
    text = Verbatim(help_text="Kept byte for byte; may be empty")
    level = serializers.IntegerField(default=3, help_text="1 (least) to 5 (most)")
    strategy = serializers.CharField(default="auto", help_text=f"One of {', '.join(STRATEGIES)}")
    language = serializers.CharField(default="auto", help_text="Two letters of ISO 639-1, or auto")
    format = serializers.CharField(default="auto", help_text=f"One of {', '.join(FORMATS)}")
    model = serializers.CharField(default="auto", max_length=100, help_text="An id of GET /models")
    protected = serializers.ListField(child=Verbatim(), default=list, help_text="Phrases to keep unchanged")

    def content(self) -> DraftContent:
        """Return the checked content. Raises InvalidInput."""
        data = self.validated_data
        assert isinstance(data, Mapping)
        names = ("level", "strategy", "language", "format", "protected")
        return DraftContent(data["text"], check_options(**{name: data[name] for name in names}), data["model"])


class SavedDraftSerializer(DraftSerializer):
    version = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, help_text="The version that this text is based on; 0 for a new draft"
    )


class OneDecisionSerializer(RequestSerializer):
    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    decision = serializers.ChoiceField(choices=Decision.choices)


class DecideSerializer(RequestSerializer):
    """Send either `decisions`, or `decision` with `kind` or `all`."""

    decisions = OneDecisionSerializer(many=True, required=False, max_length=10_000)  # type: ignore[call-arg]  # of the list
    decision = serializers.ChoiceField(choices=Decision.choices, required=False)
    kind = serializers.CharField(required=False, max_length=200)
    all = serializers.BooleanField(required=False)
    override = serializers.BooleanField(
        default=False,
        help_text="Also replace what was decided more precisely: one by one or, with `all`, by kind",
    )

    def validate(self, attrs: dict[str, object]) -> dict[str, object]:
        one_by_one = "decisions" in attrs
        together = "decision" in attrs and (bool(attrs.get("kind")) != bool(attrs.get("all")))
        if one_by_one == together:
            raise serializers.ValidationError(
                "Send either decisions as a list of {id, decision}, or one decision with either kind or all"
            )
        if one_by_one and attrs["override"]:
            raise serializers.ValidationError({"override": "is for decisions with kind or all; leave it out"})
        return attrs

    def single(self) -> tuple[OneDecision, ...]:
        return tuple(OneDecision(one["id"], one["decision"]) for one in self.validated_data.get("decisions", ()))


class RevertSerializer(RequestSerializer):
    version = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, required=False, allow_null=True, default=None,
        help_text="`version` of the decisions that you know; 409 if they have changed since",
    )  # fmt: skip


class FeedbackSerializer(RequestSerializer):
    rating = serializers.IntegerField(min_value=1, max_value=5, allow_null=True, default=None)
    comment = Verbatim(default="", max_length=10_000)
    final_text = Verbatim(default=None, allow_null=True, help_text="The text that the writer used in the end")


class ScoreTextSerializer(RequestSerializer):
    text = Verbatim()
    language = serializers.CharField(default="auto")


class CheckRewriteSerializer(RequestSerializer):
    source = Verbatim(help_text="The text as its author wrote it")  # type: ignore[assignment]  # DRF's class has one
    rewrite = Verbatim(help_text="What somebody or something made of it")
    format = serializers.CharField(default="auto", help_text=f"One of {', '.join(FORMATS)}")
    language = serializers.CharField(default="auto", help_text="A two-letter code of ISO 639-1, or auto")
    protected = serializers.ListField(
        child=Verbatim(), default=list, help_text="Phrases that must stay to the letter, as in a rewrite"
    )


class UploadSerializer(RequestSerializer):
    file = serializers.FileField(help_text="A .txt, .md or .docx file of up to 20 MB")


class TitleSerializer(RequestSerializer):
    title = serializers.CharField(max_length=200)


class ConsentSerializer(RequestSerializer):
    consent = serializers.BooleanField()


class PasswordSerializer(RequestSerializer):
    password = serializers.CharField(trim_whitespace=False)


class PairField(serializers.ListField):
    child = Verbatim(max_length=200)

    def __init__(self, **options: object) -> None:
        super().__init__(min_length=2, max_length=2, **options)  # type: ignore[arg-type]  # handed through


class DictionarySerializer(RequestSerializer):
    prefer = serializers.ListField(
        child=PairField(),
        max_length=500,
        default=list,
        help_text="Pairs [from, to]: `to` replaces `from` in every form; quotation marks keep it exact",
    )
    avoid = serializers.ListField(
        child=Verbatim(max_length=200),
        max_length=500,
        default=list,
        help_text="Phrases to remove or replace where a rule can; `warnings` name those that remain, with the reason",
    )
    never_touch = serializers.ListField(child=Verbatim(max_length=200), max_length=500, default=list)

    def validate(self, attrs: dict[str, list[object]]) -> dict[str, list[object]]:
        phrases = [*(pair[0] for pair in attrs["prefer"] if isinstance(pair, list)), *attrs["avoid"]]
        if any(not str(phrase).strip() for phrase in [*phrases, *attrs["never_touch"]]):
            raise serializers.ValidationError("A phrase is empty; remove it or fill it in")
        return attrs
