"""The replies as OpenAPI shows them. The views answer plain dicts (see `shapes`): these classes only document."""

from __future__ import annotations

from rest_framework import serializers

from humanize.states import Decision, ServiceTier, State

Plain = serializers.Serializer[object]


class ScoresReply(Plain):
    ai_likeness = serializers.FloatField(allow_null=True, help_text="0 to 1, an estimate; null under 60 words")
    band = serializers.CharField()
    readability = serializers.FloatField(allow_null=True, help_text="Flesch reading ease; null outside English")
    burstiness = serializers.FloatField(help_text="Variation of sentence length")
    lexical_diversity = serializers.FloatField(allow_null=True, help_text="MTLD; null outside English")
    markers_per_1000 = serializers.FloatField(
        allow_null=True, help_text="Markers of machine prose per 1,000 words; null outside English"
    )
    detector_version = serializers.CharField(help_text="A version of the model `detector`, or that of the shipped one")
    band_fpr = serializers.FloatField(
        allow_null=True, required=False, help_text="The share of texts by people that reach the band"
    )


class BothScoresReply(Plain):
    before = ScoresReply()
    after = ScoresReply()


class EditReply(Plain):
    id = serializers.IntegerField()
    start = serializers.IntegerField(help_text="Code points of the source")
    end = serializers.IntegerField()
    before = serializers.CharField()
    after = serializers.CharField()
    reason = serializers.CharField()
    source = serializers.CharField(help_text="Who proposed it, such as rules/openers/important-to-note")  # type: ignore[assignment]  # DRF's own attribute of that name
    kind = serializers.CharField()
    decision = serializers.ChoiceField(choices=Decision.choices)


class ProgressReply(Plain):
    done_chunks = serializers.IntegerField()
    total_chunks = serializers.IntegerField()
    percent = serializers.IntegerField()
    eta_s = serializers.IntegerField(allow_null=True)


class StepReply(Plain):
    candidate = serializers.CharField()
    outcome = serializers.CharField()
    reason = serializers.CharField()
    cost = serializers.CharField(required=False, help_text="US dollars, where a call was made")


class OptionsReply(Plain):
    level = serializers.IntegerField()
    strategy = serializers.CharField()
    language = serializers.CharField()
    format = serializers.CharField()
    model = serializers.CharField()
    protected = serializers.ListField(child=serializers.CharField())


class ErrorReply(Plain):
    code = serializers.CharField()
    detail = serializers.CharField()


class SentenceReply(Plain):
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    ai_likeness = serializers.FloatField(allow_null=True, help_text="A hint for highlighting, no verdict")
    markers = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))


class SentencesReply(Plain):
    before = SentenceReply(many=True)


class TransformationBriefReply(Plain):
    id = serializers.UUIDField()
    document = serializers.UUIDField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)
    progress = ProgressReply()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    words = serializers.IntegerField()
    level = serializers.IntegerField()
    strategy = serializers.CharField(help_text="As resolved; as asked in options")
    language = serializers.CharField()
    format = serializers.CharField()
    model = serializers.CharField()
    service_tier = serializers.ChoiceField(choices=ServiceTier.choices)
    options = OptionsReply()
    excerpt = serializers.CharField()
    edit_count = serializers.IntegerField()
    scores = BothScoresReply(allow_null=True)
    similarity = serializers.FloatField(allow_null=True)
    share_changed = serializers.FloatField(allow_null=True)
    route = StepReply(many=True)
    route_sentence = serializers.CharField(help_text="The route in one plain sentence; empty before there is an answer")
    cost = serializers.CharField(help_text="US dollars, by the ledger; failed calls included")
    warnings = serializers.ListField(child=serializers.CharField())
    error = ErrorReply(allow_null=True)
    summary = serializers.CharField()


class TransformationReply(TransformationBriefReply):
    text = serializers.CharField()
    result = serializers.CharField(allow_null=True)
    edits = EditReply(many=True)
    edits_next = serializers.CharField(allow_null=True, help_text="Cursor of …/edits for the rest of a long text")
    rules_version = serializers.CharField()
    detector_version = serializers.CharField(allow_blank=True)
    sentences = SentencesReply(required=False, help_text="With ?sentences=1")


class BatchBriefReply(Plain):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    documents = serializers.IntegerField()
    over = serializers.IntegerField(help_text="Completed, failed, cancelled or refused")
    refused = serializers.IntegerField()


class BatchItemReply(Plain):
    number = serializers.IntegerField(help_text="The place in the batch, from 0")
    transformation = TransformationBriefReply(allow_null=True)
    error = ErrorReply(allow_null=True, help_text="Why the document was not taken in")


class BatchReply(BatchBriefReply):
    items = BatchItemReply(many=True)


class DecisionsReply(Plain):
    accepted = serializers.IntegerField()
    rejected = serializers.IntegerField()
    undecided = serializers.IntegerField()


class FinalReply(DecisionsReply):
    text = serializers.CharField()
    scores = ScoresReply(allow_null=True, help_text="null for a long text with rejected edits")
    scores_before = ScoresReply(allow_null=True, help_text="Of the source, by the same detector")
    scores_note = serializers.CharField(allow_blank=True, help_text="Says when the detector had to be another one")
    similarity = serializers.FloatField(allow_null=True)


class FeedbackReply(Plain):
    rating = serializers.IntegerField(allow_null=True)
    comment = serializers.CharField()
    final_text = serializers.CharField(allow_null=True)


class DocumentReply(Plain):
    id = serializers.UUIDField()
    title = serializers.CharField()
    created_at = serializers.DateTimeField()
    transformation_count = serializers.IntegerField()


class DocumentWholeReply(DocumentReply):
    source = serializers.CharField(allow_null=True, help_text="The text of the first transformation")  # type: ignore[assignment]  # DRF's own attribute of that name
    transformations = TransformationBriefReply(many=True)


class ExtractReply(Plain):
    title = serializers.CharField()
    text = serializers.CharField()
    format = serializers.CharField()
    words = serializers.IntegerField()


class ModelReply(Plain):
    id = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    available = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)


class ModelsReply(Plain):
    results = ModelReply(many=True)


class ScoreReply(Plain):
    language = serializers.CharField()
    words = serializers.IntegerField()
    scores = ScoresReply()
    sentences = SentenceReply(many=True)


class ConsentReply(Plain):
    version = serializers.CharField()
    at = serializers.DateTimeField()


class AccountReply(Plain):
    username = serializers.CharField()
    email = serializers.CharField()
    tier = serializers.CharField()
    is_staff = serializers.BooleanField()
    consent = ConsentReply(allow_null=True)
    consent_text = serializers.CharField()
