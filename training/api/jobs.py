"""Training jobs over HTTP. Each view parses, calls a function of the domain and answers."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from training import selectors
from training.api import filters, requests, responses
from training.contract import trainer_catalogue
from training.contract.executor import Resources
from training.contract.output_lines import MetricLine, parse_metric
from training.jobs import curves, lifecycle, telemetry
from training.models import TrainingJob
from training.states import TERMINAL
from youman.core.accounts import scopes
from youman.core.accounts.access import StaffAccess
from youman.core.api.base import ApiView
from youman.core.api.idempotency import IDEMPOTENCY_KEY, run_once
from youman.core.api.pagination import KeysetPagination
from youman.core.api.requests import unknown_field
from youman.core.api.views import account_of
from youman.core.errors import FieldProblem, InvalidInput, WrongState

MOST_METRICS = 5_000
_POINT_FIELDS = tuple(requests.MetricPoint().fields)
_JOBS = StaffAccess(scopes.TRAINING, TrainingJob)
_ONE_JOB = StaffAccess(scopes.TRAINING, TrainingJob, verbs={"POST": "change"})


class TrainersView(ApiView):
    access = _JOBS

    @extend_schema(responses=responses.TrainerResponse(many=True))
    def get(self, request: Request) -> Response:
        """List the trainers with their hyperparameters."""
        return Response(responses.TrainerResponse(trainer_catalogue.trainers().values(), many=True).data)


class JobsView(ApiView):
    access = _JOBS
    filterset_class = filters.JobFilters
    pagination_class = KeysetPagination

    @extend_schema(responses=responses.JobResponse(many=True))
    def get(self, request: Request) -> Response:
        """List the jobs, the newest first."""
        return self.page(self.filter_rows(selectors.jobs()), responses.JobResponse)

    @extend_schema(
        request=requests.CreateTrainingJob,
        responses={201: responses.JobResponse},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request) -> Response:
        """Create a job. It starts when there is room; until then the response says why it waits."""
        body = requests.CreateTrainingJob(data=request.data)
        body.is_valid(raise_exception=True)
        account, job = account_of(request), body.job_request()
        return run_once(
            request,
            account,
            make=lambda claim: lifecycle.create_job(account=account, request=job, actor=request.user, claim=claim),
            find=lambda pk: selectors.job_of(UUID(pk)),
            answer=self._answer,
        )

    def _answer(self, row: TrainingJob) -> Response:
        where = {"Location": reverse("training-job", args=[row.pk])}
        return Response(responses.JobResponse(selectors.job_of(row.pk)).data, status=201, headers=where)


class JobView(ApiView):
    access = _ONE_JOB

    @extend_schema(responses=responses.JobResponse)
    def get(self, request: Request, job_id: UUID) -> Response:
        """Return one job with its progress, its gate report and the version that it produced."""
        return Response(responses.JobResponse(selectors.job_of(job_id)).data)


class CancelJobView(ApiView):
    access = _ONE_JOB

    @extend_schema(request=None, responses={202: responses.JobResponse})
    def post(self, request: Request, job_id: UUID) -> Response:
        """Cancel a job; a running one ends within seconds and keeps its checkpoint."""
        lifecycle.cancel_job(job_id=job_id, actor=request.user)
        return Response(responses.JobResponse(selectors.job_of(job_id)).data, status=202)


class RetryJobView(ApiView):
    access = _ONE_JOB

    @extend_schema(request=requests.RetryTrainingJob, responses={202: responses.JobResponse})
    def post(self, request: Request, job_id: UUID) -> Response:
        """Retry a failed or cancelled job from its newest checkpoint, with other resources if they are given."""
        body = requests.RetryTrainingJob(data=request.data)
        body.is_valid(raise_exception=True)
        fields = body.validated_data.get("resources")
        resources = Resources(**fields) if fields else None
        lifecycle.retry_job(job_id=job_id, actor=request.user, resources=resources)
        return Response(responses.JobResponse(selectors.job_of(job_id)).data, status=202)


class JobMetricsView(ApiView):
    access = _ONE_JOB
    query_by_method = {"GET": filters.MetricsQuery}

    @extend_schema(responses=responses.CurvesResponse)
    def get(self, request: Request, job_id: UUID) -> Response:
        """Return the curves of a job, down-sampled: mean, minimum and maximum of each interval of steps."""
        selectors.state_of(job_id)
        keys = self.query.get("key") or curves.keys_of(job_id)
        drawn = [curves.curve(job_id, key, self.query["points"]) for key in keys]
        return Response(responses.CurvesResponse([curve for curve in drawn if curve.points]).data)

    @extend_schema(request=requests.StoreMetrics, responses={201: responses.StoredMetricsResponse})
    def post(self, request: Request, job_id: UUID) -> Response:
        """Store up to 5,000 points of an open job. A point that is sent twice is stored once."""
        metrics = _metrics(request.data)
        state = selectors.state_of(job_id)
        if state in TERMINAL:
            raise WrongState(f"The job is {state} and does not accept metrics any more")
        telemetry.store_metrics(job_id, metrics)
        return Response(responses.StoredMetricsResponse(metrics).data, status=201)


def _metrics(data: object) -> list[MetricLine]:
    points = data.get("metrics") if isinstance(data, dict) else None
    _check_names(data, ("metrics",), "")
    if not isinstance(points, list) or not 1 <= len(points) <= MOST_METRICS:
        raise InvalidInput(f"Send {{metrics: [{{key, step, value}}]}} with 1 to {MOST_METRICS:,} points")
    for number, point in enumerate(points):
        _check_names(point, _POINT_FIELDS, f"metrics.{number}.")
    metrics = [parse_metric(point) if isinstance(point, dict) else None for point in points]
    if None in metrics:
        raise InvalidInput(
            f"metrics.{metrics.index(None)}: key must have up to 64 letters, digits and the signs _./-; step must "
            "be a whole number from 0; value must be a number or null"
        )
    return [metric for metric in metrics if metric is not None]


def _check_names(data: object, known: tuple[str, ...], place: str) -> None:
    unknown = [name for name in data if name not in known] if isinstance(data, dict) else []
    if unknown:
        problems = tuple(FieldProblem(place + name[:100], unknown_field(name, known)) for name in unknown[:10])
        raise InvalidInput("; ".join(f"{one.field}: {one.message}" for one in problems), problems=problems)


class JobLogsView(ApiView):
    access = _ONE_JOB
    query_by_method = {"GET": filters.LogsQuery}

    @extend_schema(responses=responses.LogsResponse)
    def get(self, request: Request, job_id: UUID) -> Response:
        """Return up to 1,000 lines of the trainer's output after the cursor."""
        selectors.state_of(job_id)
        return Response(responses.LogsResponse(selectors.log_after(job_id, self.query["cursor"])).data)


class JobEventsView(ApiView):
    access = _ONE_JOB

    @extend_schema(responses=responses.EventResponse(many=True))
    def get(self, request: Request, job_id: UUID) -> Response:
        """List the latest 500 events of the job, oldest first."""
        selectors.state_of(job_id)
        return Response(responses.EventResponse(selectors.events_of(job_id), many=True).data)
