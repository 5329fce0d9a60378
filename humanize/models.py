"""Documents, their transformations, chunks, edits, feedback, and each writer's dictionary.

The rows are the truth; a message from the broker only tells a worker to read them. States change only through
`youman.core.states.transition`.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from humanize.pipeline.chunks import Stretch
from humanize.routing.policy import USUAL
from humanize.states import (
    TERMINAL,
    Aim,
    ChunkState,
    Decision,
    DecisionAction,
    DecisionScope,
    Door,
    SecondLook,
    ServiceTier,
    State,
)
from serving.models.money import MONEY_DIGITS, MONEY_PLACES
from youman.core.database.ids import new_id
from youman.core.models import Account
from youman.core.models.tiers import Tier

TITLE_LENGTH = 200
EXCERPT_LENGTH = 200


class Document(models.Model):
    """A text and its history. Its source is the text of its first transformation."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(Account, models.CASCADE, related_name="documents")
    title = models.CharField(max_length=TITLE_LENGTH)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["owner", "-created_at", "-id"], name="humanize_document_page")]
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="humanize_document_titled")]

    def __str__(self) -> str:
        return self.title


class Draft(models.Model):
    """A text on its way to a rewrite, with its options, kept as the writer types it.

    `version` counts the saves. A save names the version that it is based on, so that a tab which has not seen the
    latest text cannot overwrite it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(Account, models.CASCADE, related_name="drafts")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)

    text = models.TextField(blank=True)
    excerpt = models.CharField(max_length=EXCERPT_LENGTH, blank=True)
    words = models.PositiveIntegerField()
    level = models.PositiveSmallIntegerField()
    strategy = models.CharField(max_length=16)
    language = models.CharField(max_length=8)
    format = models.CharField(max_length=16)
    model = models.CharField(max_length=100)
    protected = models.JSONField(default=list)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["owner", "-created_at", "-id"], name="humanize_draft_page")]
        constraints = [
            models.CheckConstraint(condition=Q(level__range=(1, 5)), name="humanize_draft_level_1_to_5"),
            models.CheckConstraint(condition=Q(version__gte=1), name="humanize_draft_version_from_1"),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"


class Batch(models.Model):
    """Documents that a writer submitted together and that may wait. Each succeeds or fails on its own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(Account, models.CASCADE, related_name="batches")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name_plural = "batches"
        indexes = [models.Index(fields=["owner", "-created_at", "-id"], name="humanize_batch_page")]

    def __str__(self) -> str:
        return f"batch {self.pk}"


class Transformation(models.Model):
    """One rewrite: its options, its progress and its result.

    `strategy`, `language` and `format` hold what the writer requested; `register`, `detected_language` and
    `detected_format` hold what was detected in the text. `attempt` is the fencing token: a worker may write only while
    the row still has its number. `charged` is the number of words counted against the quota of the day `charged_on`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(Account, models.CASCADE, related_name="transformations")
    document = models.ForeignKey(Document, models.CASCADE, related_name="transformations")
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    source = models.TextField()
    excerpt = models.CharField(max_length=EXCERPT_LENGTH)
    words = models.PositiveIntegerField()
    level = models.PositiveSmallIntegerField()
    strategy = models.CharField(max_length=16)
    language = models.CharField(max_length=8)
    format = models.CharField(max_length=16)
    model = models.CharField(max_length=100)
    protected = models.JSONField(default=list)
    dictionary = models.JSONField(default=dict)

    register = models.CharField(max_length=16, blank=True)
    detected_language = models.CharField(max_length=8, blank=True)
    detected_format = models.CharField(max_length=16, blank=True)
    result = models.TextField(blank=True)
    scores = models.JSONField(null=True)
    similarity = models.FloatField(null=True)
    share_changed = models.FloatField(null=True)
    edit_count = models.PositiveIntegerField(default=0)
    route = models.JSONField(default=list)
    service_tier = models.CharField(
        max_length=16, choices=ServiceTier.choices, default=ServiceTier.STANDARD, help_text="How long the text may wait"
    )
    wait_until = models.DateTimeField(
        null=True, help_text="Parts that the vendor's batch has not returned by this time are requested live"
    )
    cost = models.DecimalField(
        max_digits=MONEY_DIGITS,
        decimal_places=MONEY_PLACES,
        default=0,
        help_text="Total cost in US dollars, from the ledger",
    )
    warnings = models.JSONField(default=list)
    rules_version = models.CharField(max_length=32, blank=True)
    detector_version = models.CharField(max_length=64, blank=True)

    attempt = models.PositiveIntegerField(default=0)
    recoveries = models.PositiveSmallIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True)
    enqueued_at = models.DateTimeField(null=True)
    done_chunks = models.PositiveIntegerField(default=0)
    done_at_claim = models.PositiveIntegerField(default=0)
    total_chunks = models.PositiveIntegerField(default=0)
    charged = models.PositiveIntegerField(default=0)
    charged_on = models.DateField(null=True)
    error_code = models.CharField(max_length=64, blank=True)
    error_detail = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["owner", "-created_at", "-id"], name="humanize_transformation_page"),
            models.Index(fields=["document", "created_at", "id"], name="humanize_document_history"),
            models.Index(fields=["state", "heartbeat_at"], condition=~Q(state__in=TERMINAL), name="humanize_open_work"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="humanize_transformation_state_known"),
            models.CheckConstraint(condition=Q(level__range=(1, 5)), name="humanize_level_1_to_5"),
            models.CheckConstraint(condition=Q(service_tier__in=ServiceTier.values), name="humanize_tier_known"),
            models.CheckConstraint(condition=~Q(source=""), name="humanize_source_not_empty"),
            models.CheckConstraint(condition=Q(done_chunks__lte=F("total_chunks")), name="humanize_progress_in_bounds"),
            models.CheckConstraint(
                condition=Q(state__in=TERMINAL, finished_at__isnull=False)
                | (~Q(state__in=TERMINAL) & Q(finished_at=None)),
                name="humanize_finished_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"transformation {self.pk}"


class Chunk(models.Model):
    """A stretch of a long text, cut at block borders.

    Each chunk is committed as soon as it is done, so that another worker can continue after it.
    """

    transformation = models.ForeignKey(Transformation, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=ChunkState.choices, default=ChunkState.PENDING)
    result = models.TextField(blank=True)
    measures = models.JSONField(null=True, help_text="Scores, similarity, word count and warnings of this stretch")
    tries = models.JSONField(default=list, help_text="Candidates that were tried, each with its outcome and cost")
    invocation = models.UUIDField(null=True, help_text="Id of the ledger's call that returned the result")

    class Meta:
        ordering = ["transformation", "number"]
        constraints = [
            models.UniqueConstraint(fields=["transformation", "number"], name="humanize_chunk_once"),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="humanize_chunk_not_empty"),
            models.CheckConstraint(condition=Q(state__in=ChunkState.values), name="humanize_chunk_state_known"),
        ]

    def __str__(self) -> str:
        return f"chunk {self.number} of {self.transformation_id}"

    @property
    def stretch(self) -> Stretch:
        """Return the stretch of the text that the chunk stands for; its word count is left at 0."""
        return Stretch(self.start, self.end, number=self.number)


class Deferred(models.Model):
    """A chunk that waits for a vendor's batch, and later the batch's answer. Deleted when the rewrite ends.

    `item` is the id that serving gives the call once it is in a batch. `sheet` is a hash of what the model was shown,
    so that an answer to a different prompt is not used.
    """

    chunk = models.OneToOneField(Chunk, models.CASCADE, related_name="deferred")
    deployment = models.CharField(max_length=100)
    item = models.UUIDField(null=True, unique=True)
    sheet = models.CharField(max_length=64, blank=True)
    answered = models.BooleanField(default=False)
    answer = models.TextField(blank=True)
    error = models.CharField(max_length=32, blank=True, help_text="Code of the error, if the batch returned no answer")
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["chunk"]
        verbose_name_plural = "deferred chunks"

    def __str__(self) -> str:
        return f"deferred {self.chunk_id}"


def _has_scope_if_decided(name: str) -> Q:
    scope = f"{name}_scope"
    decided = Q(**{f"{name}__in": [Decision.ACCEPTED, Decision.REJECTED], f"{scope}__in": DecisionScope.values})
    return decided | Q(**{name: Decision.UNDECIDED, scope: ""})


class Edit(models.Model):
    """One change of the source, with its position in code points. The writer decides on each edit.

    `decision` and `decision_scope` repeat the edit's latest `DecisionEvent`, since lists, statistics and training read
    them for thousands of edits. Only `transformations.decision_events` writes them, together with the event.
    """

    transformation = models.ForeignKey(Transformation, models.CASCADE, related_name="edits")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    reason = models.TextField()
    source = models.CharField(max_length=200)
    look = models.TextField(
        blank=True,
        help_text="Why the writer has to read the edit; it is in the text only once it is accepted by itself",
    )
    decision = models.CharField(max_length=16, choices=Decision.choices, default=Decision.UNDECIDED)
    decision_scope = models.CharField(
        max_length=16, choices=DecisionScope.choices, blank=True, help_text="Empty while the edit is undecided"
    )
    invocation = models.UUIDField(
        null=True, help_text="Id of the ledger's call that proposed the edit; empty for edits of the rules"
    )

    class Meta:
        ordering = ["transformation", "start", "end"]
        constraints = [
            models.UniqueConstraint(fields=["transformation", "start", "end"], name="humanize_edit_once"),
            models.CheckConstraint(condition=Q(start__lte=F("end")), name="humanize_edit_forward"),
            models.CheckConstraint(condition=Q(decision__in=Decision.values), name="humanize_decision_known"),
            models.CheckConstraint(condition=_has_scope_if_decided("decision"), name="humanize_decided_has_a_scope"),
            models.CheckConstraint(
                condition=Q(look="") | ~Q(decision=Decision.ACCEPTED) | Q(decision_scope=DecisionScope.SINGLE),
                name="humanize_look_is_accepted_singly",
            ),
        ]

    def __str__(self) -> str:
        return f"edit {self.start}–{self.end} of {self.transformation_id}"


class DecisionEvent(models.Model):
    """What happened to one edit when somebody decided: append-only, and gone with the text or the account.

    Events of one request share their `number`; numbers count up by one within a text, so the event with the highest
    number is an edit's present state. `target` is the number that an undo or a redo refers to.
    """

    transformation = models.ForeignKey(Transformation, models.CASCADE, related_name="decision_events")
    number = models.PositiveIntegerField()
    # An edit goes with its text only, and its events go with it then: nothing has to be looked up for each edit.
    edit = models.ForeignKey(Edit, models.DO_NOTHING, related_name="decision_events")
    action = models.CharField(max_length=16, choices=DecisionAction.choices)
    scope = models.CharField(max_length=16, choices=DecisionScope.choices)
    door = models.CharField(max_length=16, choices=Door.choices)
    account = models.ForeignKey(
        Account, models.CASCADE, null=True, related_name="+", help_text="Who decided; empty for a command"
    )
    target = models.PositiveIntegerField(null=True)
    decision = models.CharField(max_length=16, choices=Decision.choices)
    decision_scope = models.CharField(max_length=16, choices=DecisionScope.choices, blank=True)
    previous = models.CharField(max_length=16, choices=Decision.choices)
    previous_scope = models.CharField(max_length=16, choices=DecisionScope.choices, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["transformation", "number", "edit"]
        constraints = [
            models.UniqueConstraint(fields=["transformation", "number", "edit"], name="humanize_decision_event_once"),
            models.CheckConstraint(condition=Q(action__in=DecisionAction.values), name="humanize_action_known"),
            models.CheckConstraint(condition=Q(scope__in=DecisionScope.values), name="humanize_scope_known"),
            models.CheckConstraint(condition=Q(door__in=Door.values), name="humanize_door_known"),
            models.CheckConstraint(condition=_has_scope_if_decided("decision"), name="humanize_event_has_a_scope"),
            models.CheckConstraint(condition=_has_scope_if_decided("previous"), name="humanize_event_had_a_scope"),
            models.CheckConstraint(
                condition=Q(action=DecisionAction.DECIDE, target=None)
                | (~Q(action=DecisionAction.DECIDE) & Q(target__lt=F("number"))),
                name="humanize_undo_has_a_target",
            ),
        ]

    def __str__(self) -> str:
        return f"decision {self.number} on edit {self.edit_id}"


class BatchItem(models.Model):
    """A document of a batch: its transformation, or the error that refused it. Outlives the transformation."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField()
    transformation = models.OneToOneField(Transformation, models.SET_NULL, null=True, related_name="batch_item")
    error_code = models.CharField(max_length=64, blank=True)
    error_detail = models.TextField(blank=True)

    class Meta:
        ordering = ["batch", "number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="humanize_batch_item_once")]

    def __str__(self) -> str:
        return f"item {self.number} of {self.batch_id}"


class CachedAnswer(models.Model):
    """An answer that an account has paid for, reused for the same text under the same options.

    Deleted together with the transformation that it was given for.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    transformation = models.ForeignKey(Transformation, models.CASCADE, related_name="+")
    deployment = models.CharField(max_length=100)
    invocation = models.UUIDField()
    edits = models.JSONField(help_text="Edits of the stretch, each with the call that proposed it")
    warnings = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="humanize_cached_once")]
        indexes = [models.Index(fields=["created_at"], name="humanize_cached_age")]

    def __str__(self) -> str:
        return f"cached answer of {self.deployment}"


class Feedback(models.Model):
    """A writer's rating of a rewrite, the comment, and the text that the writer used in the end."""

    transformation = models.OneToOneField(Transformation, models.CASCADE, related_name="feedback")
    rating = models.PositiveSmallIntegerField(null=True)
    comment = models.TextField(blank=True)
    final_text = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name_plural = "feedback"
        constraints = [
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__range=(1, 5)), name="humanize_rating_1_to_5")
        ]

    def __str__(self) -> str:
        return f"feedback on {self.transformation_id}"


class WritersDictionary(models.Model):
    """A writer's own words. They are always read together, so the lists are stored as JSON."""

    owner = models.OneToOneField(Account, models.CASCADE, related_name="dictionary")
    prefer = models.JSONField(default=list)
    avoid = models.JSONField(default=list)
    never_touch = models.JSONField(default=list)

    class Meta:
        verbose_name_plural = "writers' dictionaries"

    def __str__(self) -> str:
        return f"dictionary of {self.owner_id}"


class RoutePolicy(models.Model):
    """Which engines a tier may use, and how they are ordered. A tier without a row uses its default policy."""

    tier = models.CharField(max_length=16, choices=Tier.choices, unique=True)
    uses_llms = models.BooleanField("uses LLMs", default=True)
    uses_own_models = models.BooleanField(default=True)
    aim = models.CharField(
        max_length=16, choices=Aim.choices, default=Aim.BALANCE, help_text="What the order of the candidates optimises"
    )
    floor = models.FloatField(
        default=USUAL.floor,
        help_text="Lowest expected share of kept edits (0 to 1) for a candidate when the aim is cost",
    )
    worth = models.DecimalField(
        max_digits=8,
        decimal_places=4,
        default=USUAL.worth,
        help_text="US dollars per 1,000 words that one point (0.01) of quality is worth when the aim is balance",
    )
    volume_words = models.PositiveIntegerField(
        default=USUAL.volume_words, help_text="From this many words, optimise for cost regardless of the aim"
    )
    attempts = models.PositiveSmallIntegerField(
        default=USUAL.attempts, help_text="Maximum number of candidates to try before the rules"
    )
    deadline_s = models.FloatField(
        "deadline (s)", default=USUAL.deadline_s, help_text="Time limit for all candidates of one part together"
    )
    hedge_after_s = models.FloatField(
        "hedge after (s)",
        null=True,
        blank=True,
        help_text="Call the next candidate as well when the first takes longer than this; costs more",
    )
    second_look = models.CharField(
        max_length=8,
        choices=SecondLook.choices,
        default=SecondLook.NEVER,
        help_text="Ask a better model about the sentences that the first one left unchanged; costs more",
    )
    candidates = models.PositiveSmallIntegerField(
        default=USUAL.candidates,
        help_text="Answers to ask for at levels 4 and 5, of which the judge chooses one; each is paid for",
    )
    second_opinion = models.BooleanField(
        default=USUAL.second_opinion,
        help_text="Let an LLM compare source and rewrite where no offline check can; without it such edits are shown"
        " to the writer to look at",
    )
    opinion_by = models.CharField(
        "second opinion by",
        max_length=100,
        blank=True,
        help_text="Deployment that gives second opinions; empty: the cheapest LLM that did not write the rewrite",
    )
    learns = models.BooleanField(default=True, help_text="Learn the order from accepted edits; switch off to freeze it")

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "route policies"
        constraints = [
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="humanize_policy_tier_known"),
            models.CheckConstraint(condition=Q(aim__in=Aim.values), name="humanize_policy_aim_known"),
            models.CheckConstraint(condition=Q(second_look__in=SecondLook.values), name="humanize_policy_look_known"),
            models.CheckConstraint(condition=Q(floor__range=(0, 1)), name="humanize_policy_floor_is_a_share"),
            models.CheckConstraint(condition=Q(worth__gte=0), name="humanize_policy_worth_not_negative"),
            models.CheckConstraint(
                condition=Q(attempts__range=(1, 10), deadline_s__gt=0), name="humanize_policy_tries_something"
            ),
            models.CheckConstraint(condition=Q(candidates__range=(1, 5)), name="humanize_policy_asks_for_some"),
            models.CheckConstraint(
                condition=Q(hedge_after_s=None) | Q(hedge_after_s__gt=0), name="humanize_policy_hedge_later"
            ),
        ]

    def __str__(self) -> str:
        return f"policy of the {self.tier} tier"
