"""The addresses of training under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from training.api import data, jobs, responses, streams
from youman.core.api.schema import describe_stream

_IMPORT = "training-data/imports/<uuid:import_id>"
_JOB = "training-jobs/<uuid:job_id>"

describe_stream(
    "/api/v1/training-jobs/{job_id}/stream",
    operation="training_jobs_stream",
    tag="training-jobs",
    access=streams.ACCESS,
    summary="Progress, log and events of a job as server-sent events",
    events={
        "progress": responses.JobProgressResponse,
        "log": responses.LogLinesResponse,
        "event": responses.EventResponse,
        "done": responses.JobEndResponse,
    },
)
urlpatterns: list[URLPattern] = [
    path("training-data", data.TrainingDataView.as_view(), name="training-data"),
    path("training-data/stats", data.StatsView.as_view(), name="training-stats"),
    path("training-data/imports", data.ImportsView.as_view(), name="training-imports"),
    path(_IMPORT, data.ImportView.as_view(), name="training-import"),
    path(f"{_IMPORT}/cancel", data.CancelImportView.as_view(), name="training-import-cancel"),
    path("training-data/export", data.ExportView.as_view(), name="training-data-export"),
    path("training-data/consent", data.TrainingConsentView.as_view(), name="training-consent"),
    path("training-data/<uuid:point_id>", data.TrainingPointView.as_view(), name="training-point"),
    path("datasets", data.DatasetsView.as_view(), name="datasets"),
    path("datasets/<uuid:dataset_id>", data.DatasetView.as_view(), name="dataset"),
    path("datasets/<uuid:dataset_id>/export", data.DatasetExportView.as_view(), name="dataset-export"),
    path("trainers", jobs.TrainersView.as_view(), name="trainers"),
    path("training-jobs", jobs.JobsView.as_view(), name="training-jobs"),
    path(_JOB, jobs.JobView.as_view(), name="training-job"),
    path(f"{_JOB}/cancel", jobs.CancelJobView.as_view(), name="training-job-cancel"),
    path(f"{_JOB}/retry", jobs.RetryJobView.as_view(), name="training-job-retry"),
    path(f"{_JOB}/metrics", jobs.JobMetricsView.as_view(), name="training-job-metrics"),
    path(f"{_JOB}/logs", jobs.JobLogsView.as_view(), name="training-job-logs"),
    path(f"{_JOB}/events", jobs.JobEventsView.as_view(), name="training-job-events"),
    path(f"{_JOB}/stream", streams.stream, name="training-job-stream"),
]
