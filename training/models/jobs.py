"""Training jobs, and the limits of each executor."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from registry.models import ModelVersion
from training.models.datasets import Dataset
from training.states import TERMINAL, FailureClass, GateVerdict, JobState, Stage
from youman.core.database.ids import new_id
from youman.core.models import Account


class ExecutorPool(models.Model):
    """An executor's limits. The row is locked while jobs are placed, so that no capacity is assigned twice."""

    name = models.CharField(max_length=32, unique=True)
    max_jobs = models.PositiveSmallIntegerField(default=1)
    max_jobs_per_account = models.PositiveSmallIntegerField(default=1)
    cpus = models.PositiveSmallIntegerField(default=1)
    memory_mib = models.PositiveIntegerField(default=2048)
    gpus = models.PositiveSmallIntegerField(default=0)
    is_paused = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class TrainingJob(models.Model):
    """One model to be trained, through all of its attempts (see `training.states`).

    `attempt` is the fencing token: a supervisor writes only while the number is its own. `not_before` delays a retry.
    `lost` counts consecutive attempts that were lost without a new checkpoint.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    requested_by = models.ForeignKey(Account, models.PROTECT, related_name="training_jobs")
    model_name = models.CharField(max_length=100)
    dataset = models.ForeignKey(Dataset, models.PROTECT, related_name="jobs")
    base_version = models.ForeignKey(ModelVersion, models.PROTECT, null=True, related_name="continued_by_jobs")
    produced_version = models.OneToOneField(ModelVersion, models.PROTECT, null=True, related_name="produced_by_job")
    trainer = models.CharField(max_length=64)
    hyperparameters = models.JSONField(default=dict)
    thresholds = models.JSONField(default=dict)
    notes = models.TextField(blank=True)
    canary_share = models.PositiveSmallIntegerField(
        default=0,
        help_text="Percentage of traffic for a canary deployment of a model that passes the gate; 0 does not deploy it",
    )

    executor = models.CharField(max_length=32, default="local")
    cpus = models.PositiveSmallIntegerField(default=1)
    memory_mib = models.PositiveIntegerField(default=2048)
    gpus = models.PositiveSmallIntegerField(default=0)
    priority = models.SmallIntegerField(default=0)
    deadline_s = models.PositiveIntegerField(default=86_400)
    stall_s = models.PositiveIntegerField(default=600)

    state = models.CharField(max_length=16, choices=JobState.choices, default=JobState.PENDING)
    stage = models.CharField(max_length=16, choices=Stage.choices, blank=True)
    waits_because = models.CharField(max_length=200, blank=True)
    expected_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    enqueued_at = models.DateTimeField(null=True)
    attempt = models.PositiveIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True)
    log_cursor = models.PositiveBigIntegerField(default=0)
    cancel_requested_at = models.DateTimeField(null=True)
    retries = models.JSONField(default=dict, help_text="Number of retries, by class of failure")
    lost = models.PositiveSmallIntegerField(default=0)

    epoch = models.PositiveIntegerField(default=0)
    epochs = models.PositiveIntegerField(default=0)
    step = models.PositiveBigIntegerField(default=0)
    steps = models.PositiveBigIntegerField(default=0)
    throughput = models.FloatField(null=True)
    throughput_unit = models.CharField(max_length=32, blank=True)
    eta_low_s = models.PositiveIntegerField(null=True)
    eta_high_s = models.PositiveIntegerField(null=True)
    checkpoint_step = models.PositiveBigIntegerField(null=True)
    warning = models.CharField(max_length=200, blank=True)

    gate = models.CharField(max_length=8, choices=GateVerdict.choices, blank=True)
    gate_report = models.JSONField(null=True)
    failure = models.CharField(max_length=16, choices=FailureClass.choices, blank=True)
    failure_detail = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True)
    trainer_started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="training_job_page"),
            models.Index(fields=["state", "heartbeat_at"], condition=~Q(state__in=TERMINAL), name="training_open_jobs"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="training_job_state_known"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="training_job_stage_known"),
            models.CheckConstraint(condition=Q(gate__in=GateVerdict.values), name="training_gate_known"),
            models.CheckConstraint(condition=Q(canary_share__lte=100), name="training_canary_in_bounds"),
            models.CheckConstraint(condition=Q(failure__in=FailureClass.values), name="training_failure_known"),
            models.CheckConstraint(
                condition=Q(state__in=TERMINAL, finished_at__isnull=False)
                | (~Q(state__in=TERMINAL) & Q(finished_at=None)),
                name="training_finished_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=JobState.FAILED) | ~Q(failure=""), name="training_failed_has_a_class"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trainer} for {self.model_name}"

    @property
    def produced(self) -> str:
        """Return the name of the version that the job produced; empty if there is none."""
        return str(self.produced_version) if self.produced_version else ""
