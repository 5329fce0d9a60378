"""Training jobs over HTTP. Thin: parse, call a service or selector, answer."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from training import selectors
from training.api import filters, requests, responses
from training.api.data import TrainingView
from training.contract import trainer_catalogue
from training.contract.executor import Resources
from training.contract.output_lines import MetricLine, metric_of
from training.jobs import curves, lifecycle, telemetry
from training.states import TERMINAL
from youman.core.api.idempotency import run_once
from youman.core.api.pagination import KeysetPagination
from youman.core.api.views import account_of
from youman.core.errors import InvalidInput, WrongState

MOST_METRICS = 5_000


class TrainersView(TrainingView):
    @extend_schema(responses=responses.TrainerResponse(many=True))
    def get(self, request: Request) -> Response:
        """The trainers there are, with their hyperparameters."""
        return Response(responses.TrainerResponse(trainer_catalogue.trainers().values(), many=True).data)


class JobsView(TrainingView):
    filterset_class = filters.JobFilters
    pagination_class = KeysetPagination

    @extend_schema(responses=responses.JobResponse(many=True))
    def get(self, request: Request) -> Response:
        """The jobs, the newest first."""
        pages = KeysetPagination()
        page = pages.paginate_queryset(self.filter_rows(selectors.jobs()), request, self)
        return pages.get_paginated_response(responses.JobResponse(page, many=True).data)

    @extend_schema(
        request=requests.JobCreateAsk,
        responses={201: responses.JobResponse},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
    )
    def post(self, request: Request) -> Response:
        """Start a job, or queue it: the answer says why it waits."""
        return run_once(request, account_of(request), lambda: self._make(request))

    def _make(self, request: Request) -> Response:
        asked = requests.JobCreateAsk(data=request.data)
        asked.is_valid(raise_exception=True)
        row = lifecycle.create_job(account=account_of(request), ask=asked.ask(), actor=request.user)
        where = {"Location": reverse("training-job", args=[row.pk])}
        return Response(responses.JobResponse(selectors.job_of(row.pk)).data, status=201, headers=where)


class JobView(TrainingView):
    @extend_schema(responses=responses.JobResponse)
    def get(self, request: Request, job_id: UUID) -> Response:
        """One job with its progress, its gate report and the version it made."""
        return Response(responses.JobResponse(selectors.job_of(job_id)).data)


class CancelJobView(TrainingView):
    @extend_schema(request=None, responses={202: responses.JobResponse})
    def post(self, request: Request, job_id: UUID) -> Response:
        """Stop it; a running one keeps its checkpoint and ends within seconds."""
        lifecycle.cancel_job(job_id=job_id, actor=request.user)
        return Response(responses.JobResponse(selectors.job_of(job_id)).data, status=202)


class RetryJobView(TrainingView):
    @extend_schema(request=requests.RetryAsk, responses={202: responses.JobResponse})
    def post(self, request: Request, job_id: UUID) -> Response:
        """Once more from the newest checkpoint, with other resources if given."""
        asked = requests.RetryAsk(data=request.data or {})
        asked.is_valid(raise_exception=True)
        given = asked.validated_data.get("resources")
        resources = Resources(**given) if given else None
        lifecycle.retry_job(job_id=job_id, actor=request.user, resources=resources)
        return Response(responses.JobResponse(selectors.job_of(job_id)).data, status=202)


class JobMetricsView(TrainingView):
    query_by_method = {"GET": filters.MetricsQuery}

    @extend_schema(responses=responses.CurvesResponse)
    def get(self, request: Request, job_id: UUID) -> Response:
        """The job's curves, down-sampled: mean, lowest and highest of each stretch."""
        selectors.state_of(job_id)
        keys = self.query.get("key") or curves.keys_of(job_id)
        found = [curves.curve(job_id, key, self.query["points"]) for key in keys]
        return Response(responses.CurvesResponse([one for one in found if one.points]).data)

    @extend_schema(request=requests.MetricsAsk, responses={201: responses.StoredMetricsResponse})
    def post(self, request: Request, job_id: UUID) -> Response:
        """Points of an open job, up to 5,000 at once. Sent twice they are stored once."""
        metrics = _metrics(request.data)
        state = selectors.state_of(job_id)
        if state in TERMINAL:
            raise WrongState(f"The job is {state}; it takes no more metrics")
        telemetry.store_metrics(job_id, metrics)
        return Response(responses.StoredMetricsResponse(metrics).data, status=201)


def _metrics(data: object) -> list[MetricLine]:
    given = data.get("metrics") if isinstance(data, dict) else None
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_METRICS:
        raise InvalidInput(f"Send {{metrics: [{{key, step, value}}]}} with 1 to {MOST_METRICS:,} points")
    found = [metric_of(one) if isinstance(one, dict) else None for one in given]
    if None in found:
        raise InvalidInput(
            f"metrics.{found.index(None)}: key has letters, digits and _./-, at most 64; step is a whole number "
            "from 0; value is a number or null"
        )
    return [one for one in found if one is not None]


class JobLogsView(TrainingView):
    query_by_method = {"GET": filters.LogsQuery}

    @extend_schema(responses=responses.LogsResponse)
    def get(self, request: Request, job_id: UUID) -> Response:
        """What the trainer said, up to 1,000 lines from the cursor on."""
        selectors.state_of(job_id)
        return Response(responses.LogsResponse(selectors.log_after(job_id, self.query["cursor"])).data)


class JobEventsView(TrainingView):
    @extend_schema(responses=responses.EventResponse(many=True))
    def get(self, request: Request, job_id: UUID) -> Response:
        """What happened to the job, in order: the latest 500."""
        selectors.state_of(job_id)
        return Response(responses.EventResponse(selectors.events_of(job_id), many=True).data)
