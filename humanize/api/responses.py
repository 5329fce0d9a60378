"""The product's answers over HTTP, in streams and with `--json`.

The docstring of a class becomes its description in the OpenAPI file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, get_args

from django.utils import timezone
from rest_framework import serializers
from rest_framework.fields import empty

from humanize import presenters, selectors
from humanize.api.score_responses import BothScoresResponse, JudgementResponse, ScoresResponse
from humanize.cli.offline import OfflineAnswer
from humanize.facts.findings import Answer, Checked
from humanize.models import Batch, BatchItem, DecisionEvent, Document, Edit, Transformation
from humanize.pipeline import trace
from humanize.scoring import SentenceScore
from humanize.states import TERMINAL, Decision, DecisionAction, DecisionScope, Door, ServiceTier, State
from humanize.text.edits import TextEdit, is_block
from humanize.transformations import decision_events
from humanize.transformations.decision_events import DecisionHistory
from humanize.transformations.decisions import Decided
from humanize.transformations.final_text import FinalText
from serving.api.responses import MoneyField
from youman.core.api.responses import ResponseSerializer, TextOrNullField


class ChangeResponse(ResponseSerializer):
    start = serializers.IntegerField(help_text="Position in the source, in code points")
    end = serializers.IntegerField()
    before = serializers.CharField()
    after = serializers.CharField()
    reason = serializers.CharField()
    source = serializers.CharField(help_text="What proposed the edit, such as rules/openers/important-to-note")  # type: ignore[assignment]  # our field's name
    look = serializers.CharField(
        help_text="Why the writer has to look at the edit; empty for most. Such an edit is accepted by itself only"
    )
    block = serializers.BooleanField(
        help_text="Whether the edit replaces a paragraph or several sentences, with 25 words or more before and after"
    )

    def read_block(self, edit: Edit | TextEdit) -> bool:
        return is_block(edit.before, edit.after)


class EditResponse(ChangeResponse):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    decision = serializers.ChoiceField(choices=Decision.choices)

    def read_kind(self, row: Edit) -> str:
        return "/".join(row.source.split("/", 2)[:2])


class ProgressResponse(ResponseSerializer):
    done_chunks = serializers.IntegerField()
    total_chunks = serializers.IntegerField()
    percent = serializers.IntegerField()
    eta_s = serializers.IntegerField(allow_null=True)


class StepResponse(ResponseSerializer):
    candidate = serializers.CharField()
    outcome = serializers.CharField()
    reason = serializers.CharField()
    cost = serializers.CharField(required=False, help_text="US dollars; absent if no call was made")


class OptionsResponse(ResponseSerializer):
    level = serializers.IntegerField()
    strategy = serializers.CharField()
    language = serializers.CharField()
    format = serializers.CharField()
    model = serializers.CharField()
    protected = serializers.ListField(child=serializers.CharField())


class ErrorResponse(ResponseSerializer):
    code = serializers.CharField(source="error_code")
    detail = serializers.CharField(source="error_detail")


class SentenceResponse(ResponseSerializer):
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    ai_likeness = serializers.FloatField(
        source="weight", allow_null=True, help_text="A hint for highlighting, not a verdict"
    )
    markers = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))

    def read_markers(self, one: SentenceScore) -> list[list[int]]:
        return [[span.start, span.end] for span in one.markers]


class SentencesResponse(ResponseSerializer):
    before = SentenceResponse(source="*", many=True)


class TransformationBriefResponse(ResponseSerializer):
    id = serializers.UUIDField()
    document = serializers.UUIDField(source="document_id")
    title = serializers.CharField(source="document.title")
    state = serializers.ChoiceField(choices=State.choices)
    progress = ProgressResponse()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    words = serializers.IntegerField()
    level = serializers.IntegerField()
    strategy = serializers.CharField(help_text="As resolved for this text; the requested value is in `options`")
    language = serializers.CharField()
    format = serializers.CharField()
    model = serializers.CharField()
    service_tier = serializers.ChoiceField(choices=ServiceTier.choices)
    options = OptionsResponse(source="*")
    excerpt = serializers.CharField()
    edit_count = serializers.IntegerField()
    to_look = serializers.IntegerField(
        help_text="Undecided edits that the writer has to look at; they are not in the text"
    )
    scores = BothScoresResponse(allow_null=True)
    similarity = serializers.FloatField(allow_null=True)
    share_changed = serializers.FloatField(allow_null=True)
    route = StepResponse(many=True)
    route_sentence = serializers.CharField(help_text="The route in one plain sentence; empty until there is an answer")
    cost = MoneyField(help_text="Total cost in US dollars from the ledger, failed calls included")
    warnings = serializers.ListField(child=serializers.CharField())
    error = ErrorResponse(allow_null=True)
    summary = serializers.CharField()

    def read_progress(self, row: Transformation) -> selectors.Progress:
        return selectors.progress_of(row, timezone.now())

    def read_strategy(self, row: Transformation) -> str:
        return row.register or row.strategy

    def read_language(self, row: Transformation) -> str:
        return row.detected_language or row.language

    def read_format(self, row: Transformation) -> str:
        return row.detected_format or row.format

    def read_to_look(self, row: Transformation) -> int:
        return selectors.to_look_of(row)

    def read_route_sentence(self, row: Transformation) -> str:
        return trace.sentence(row.route)

    def read_error(self, row: Transformation) -> Transformation | None:
        return row if row.error_code else None

    def read_summary(self, row: Transformation) -> str:
        return presenters.summary(row)


class FirstEdits(NamedTuple):
    """The edits in the answer for a whole transformation. `cursor` points to the rest; None if these are all."""

    edits: Sequence[Edit]
    cursor: str | None = None


class DecisionHistoryResponse(ResponseSerializer):
    version = serializers.IntegerField(help_text="Number of the latest decision or undo; 0 before the first")
    can_undo = serializers.BooleanField()
    can_redo = serializers.BooleanField()


# Takes a row that was read with its texts. The context holds `edits`, a FirstEdits, and optionally the `history` of its
# decisions and `sentences`.
class TransformationResponse(TransformationBriefResponse):
    text = serializers.CharField(source="source")
    result = serializers.CharField(allow_null=True)
    edits = EditResponse(many=True)
    edits_next = serializers.CharField(
        allow_null=True, help_text="Cursor for …/edits to read the rest; null if all edits are here"
    )
    decisions = DecisionHistoryResponse()
    rules_version = serializers.CharField()
    detector_version = serializers.CharField(allow_blank=True)
    sentences = SentencesResponse(required=False, help_text="Only with ?sentences=true")

    def read_to_look(self, row: Transformation) -> int:
        # Counted at hand where all edits are here: saves a query for a row that was just made.
        if self._first.cursor is not None:
            return super().read_to_look(row)
        return sum(bool(edit.look) and edit.decision == Decision.UNDECIDED for edit in self._first.edits)

    def read_result(self, row: Transformation) -> str | None:
        return row.result if row.state == State.COMPLETED else None

    def read_edits(self, row: Transformation) -> Sequence[Edit]:
        return self._first.edits if row.state == State.COMPLETED else ()

    def read_edits_next(self, _: Transformation) -> str | None:
        return self._first.cursor

    def read_decisions(self, _: Transformation) -> DecisionHistory:
        found: DecisionHistory = self.context.get("history") or DecisionHistory()
        return found

    def read_sentences(self, _: Transformation) -> Any:
        return self.context.get("sentences", empty)

    @property
    def _first(self) -> FirstEdits:
        found: FirstEdits = self.context["edits"]
        return found


class RewriteResponse(ResponseSerializer):
    """The output of `manage.py humanize --json`."""

    result = serializers.CharField(source="rewrite.result")
    edits = ChangeResponse(source="rewrite.edits", many=True)
    scores = BothScoresResponse(source="rewrite")
    similarity = serializers.FloatField(source="rewrite.measures.similarity", allow_null=True)
    share_changed = serializers.FloatField(source="rewrite.measures.share_changed")
    language = serializers.CharField(source="rewrite.options.language")
    strategy = serializers.CharField(source="rewrite.options.strategy")
    format = serializers.CharField(source="rewrite.options.format")
    level = serializers.IntegerField(source="rewrite.options.level")
    route = StepResponse(many=True)
    warnings = serializers.ListField(source="rewrite.measures.warnings", child=serializers.CharField())
    route_sentence = serializers.CharField()
    summary = serializers.CharField()
    to_look = serializers.IntegerField(help_text="Edits that somebody has to look at; they are not in `result`")

    def read_route_sentence(self, answer: OfflineAnswer) -> str:
        return trace.sentence(answer.route)

    def read_summary(self, answer: OfflineAnswer) -> str:
        options = answer.rewrite.options
        return presenters.plain_result(len(answer.rewrite.edits), answer.route, options.language)


class ProgressEventResponse(ResponseSerializer):
    """Data of the event `progress` in a transformation's stream."""

    state = serializers.ChoiceField(choices=State.choices)
    progress = ProgressResponse(source="*")


class EndEventResponse(ResponseSerializer):
    """Data of `done`, the last event in a transformation's stream."""

    state = serializers.CharField(help_text="`deleted` if the transformation has been deleted")


# Takes a batch from `selectors.batches_of`, which counts its documents.
class BatchBriefResponse(ResponseSerializer):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    documents = serializers.IntegerField()
    over = serializers.IntegerField(help_text="Documents that are completed, failed, cancelled or refused")
    refused = serializers.IntegerField()

    def read_over(self, row: Any) -> int:
        count: int = row.over + row.refused
        return count


# `transformation` is None if the document was refused or has been deleted.
class BatchItemResponse(ResponseSerializer):
    number = serializers.IntegerField(help_text="Position in the batch, from 0")
    transformation = TransformationBriefResponse(allow_null=True)
    error = ErrorResponse(allow_null=True, help_text="Why the document was refused")
    left_out = serializers.CharField(
        help_text="Which edits are not in the text because somebody has to look at them, in a sentence; or empty"
    )

    def read_left_out(self, row: BatchItem) -> str:
        return "" if row.transformation is None else presenters.left_out(selectors.to_look_of(row.transformation))

    def read_error(self, row: BatchItem) -> BatchItem | None:
        return row if row.error_code else None


# Takes any batch; the context holds its `items`.
class BatchResponse(BatchBriefResponse):
    items = BatchItemResponse(many=True)

    def read_documents(self, _: Batch) -> int:
        return len(self._items)

    def read_over(self, _: Batch) -> int:
        return sum(bool(one.error_code) or _is_over(one) for one in self._items)

    def read_refused(self, _: Batch) -> int:
        return sum(bool(one.error_code) for one in self._items)

    def read_items(self, _: Batch) -> Sequence[BatchItem]:
        return self._items

    @property
    def _items(self) -> Sequence[BatchItem]:
        found: Sequence[BatchItem] = self.context["items"]
        return found


def _is_over(item: BatchItem) -> bool:
    return item.transformation is not None and item.transformation.state in TERMINAL


class DecisionsResponse(ResponseSerializer):
    accepted = serializers.IntegerField()
    rejected = serializers.IntegerField()
    undecided = serializers.IntegerField()
    to_look = serializers.IntegerField(
        help_text="Undecided edits that the writer has to look at: not in the text, and accepted one by one only"
    )

    def read_accepted(self, row: Decided | FinalText) -> int:
        return row.counts.accepted

    def read_rejected(self, row: Decided | FinalText) -> int:
        return row.counts.rejected

    def read_undecided(self, row: Decided | FinalText) -> int:
        return row.counts.undecided

    def read_to_look(self, row: Decided | FinalText) -> int:
        return row.counts.to_look


class ChangedEditsResponse(ResponseSerializer):
    accepted = serializers.ListField(child=serializers.IntegerField(), help_text="Ids of edits that are accepted now")
    rejected = serializers.ListField(child=serializers.IntegerField())
    undecided = serializers.ListField(child=serializers.IntegerField())


class DecidedResponse(DecisionsResponse):
    """How many edits are decided how, and what this request changed."""

    version = serializers.IntegerField(
        source="history.version", help_text="Number of the latest decision, undo or redo"
    )
    can_undo = serializers.BooleanField(source="history.can_undo")
    can_redo = serializers.BooleanField(source="history.can_redo")
    kept = serializers.IntegerField(
        help_text="Edits that keep another decision because it was made more precisely; `override` replaces it too"
    )
    changed = ChangedEditsResponse()

    def read_changed(self, decided: Decided) -> dict[str, list[int]]:
        found = decision_events.ids_by_decision(decided.changes)
        return {name: found.get(name, []) for name in Decision.values}


class DecisionEventResponse(ResponseSerializer):
    number = serializers.IntegerField(help_text="Counts up within a text; shared by the edits of one request")
    action = serializers.ChoiceField(choices=DecisionAction.choices)
    target = serializers.IntegerField(allow_null=True, help_text="The number that an undo or a redo refers to")
    scope = serializers.ChoiceField(choices=DecisionScope.choices, help_text="Decided one by one, by kind, or all")
    edit = serializers.IntegerField(source="edit_id")
    decision = serializers.ChoiceField(choices=Decision.choices)
    previous = serializers.ChoiceField(choices=Decision.choices)
    door = serializers.ChoiceField(choices=Door.choices)
    by = serializers.CharField(allow_null=True, help_text="Name of the user who decided; null for a command")
    created_at = serializers.DateTimeField()

    def read_by(self, row: DecisionEvent) -> str | None:
        return row.account.user.get_username() if row.account else None


class FinalResponse(DecisionsResponse):
    text = serializers.CharField()
    scores = ScoresResponse(allow_null=True, help_text="null for a long text with rejected edits")
    scores_before = ScoresResponse(
        source="before", allow_null=True, help_text="Scores of the source, by the same detector"
    )
    scores_note = serializers.CharField(
        source="note", allow_blank=True, help_text="Explains why another detector was used, if one was"
    )
    judgement = JudgementResponse(allow_null=True, help_text="Of this text; null where the scores are")
    similarity = serializers.FloatField(allow_null=True)


class FeedbackResponse(ResponseSerializer):
    rating = serializers.IntegerField(allow_null=True)
    comment = serializers.CharField()
    final_text = TextOrNullField()


class DocumentResponse(ResponseSerializer):
    id = serializers.UUIDField()
    title = serializers.CharField()
    created_at = serializers.DateTimeField()
    transformation_count = serializers.IntegerField()

    def read_transformation_count(self, row: Document) -> int:
        return selectors.count_of(row)


class DocumentDetailResponse(DocumentResponse):
    source = serializers.CharField(allow_null=True, help_text="The text of the first transformation")  # type: ignore[assignment]  # DRF's own attribute of that name
    transformations = TransformationBriefResponse(many=True)

    def read_source(self, row: Document) -> str | None:
        return selectors.source_of(row)

    def read_transformations(self, row: Document) -> list[Transformation]:
        return selectors.history_of(row)


class ExtractResponse(ResponseSerializer):
    title = serializers.CharField()
    text = serializers.CharField()
    format = serializers.CharField()
    words = serializers.IntegerField()
    not_read = serializers.CharField(
        allow_blank=True,
        help_text='What a Word file holds besides its text, such as "Not read: 2 images, 1 comment"; else empty',
    )


class ModelResponse(ResponseSerializer):
    id = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    available = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)


class ModelsResponse(ResponseSerializer):
    results = ModelResponse(source="*", many=True)


class ScoreResponse(ResponseSerializer):
    language = serializers.CharField()
    words = serializers.IntegerField()
    scores = ScoresResponse()
    sentences = SentenceResponse(many=True)


FACT_ANSWERS = tuple((one.value, one.value) for one in Answer)


class PlaceField(serializers.ListField):
    child = serializers.IntegerField()

    def __init__(self) -> None:
        super().__init__(help_text="[start, end] in code points; [0, 0] where nothing stands")


class FindingResponse(ResponseSerializer):
    kind = serializers.CharField(help_text="number, money, date, time, name, quotation, code, recast and others")
    answer = serializers.ChoiceField(choices=FACT_ANSWERS, help_text="What this finding alone means")
    detail = serializers.CharField()
    source = PlaceField()  # type: ignore[assignment]  # DRF's class has an attribute of this name
    rewrite = PlaceField()


class VerdictResponse(ResponseSerializer):
    verdict = serializers.ChoiceField(
        choices=FACT_ANSWERS, source="answer",
        help_text="kept: the facts are the same; look: a person should read it; refused: a fact changed",
    )  # fmt: skip
    checked = serializers.ChoiceField(
        choices=list(get_args(Checked)), help_text="Which kinds of facts were checked, by the support for the language"
    )
    findings = FindingResponse(many=True)
