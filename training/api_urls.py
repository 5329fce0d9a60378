"""Addresses of training under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from training import api_data, api_jobs, stream
from youman.core.drf.schema import describe_stream

_JOB = "training-jobs/<uuid:job_id>"

describe_stream(
    "/api/v1/training-jobs/{job_id}/stream",
    operation="training_jobs_stream",
    tag="training-jobs",
    summary="Progress, log and events of a job as server-sent events",
)
urlpatterns: list[URLPattern] = [
    path("training-data", api_data.TrainingDataView.as_view(), name="training-data"),
    path("training-data/stats", api_data.StatsView.as_view(), name="training-stats"),
    path("training-data/import", api_data.ImportView.as_view(), name="training-data-import"),
    path("training-data/imports/<uuid:import_id>", api_data.OneImportView.as_view(), name="training-import"),
    path("training-data/export", api_data.ExportView.as_view(), name="training-data-export"),
    path("training-data/consent", api_data.TrainingConsentView.as_view(), name="training-consent"),
    path("training-data/<uuid:point_id>", api_data.TrainingPointView.as_view(), name="training-point"),
    path("datasets", api_data.DatasetsView.as_view(), name="datasets"),
    path("datasets/<uuid:dataset_id>", api_data.DatasetView.as_view(), name="dataset"),
    path("datasets/<uuid:dataset_id>/export", api_data.DatasetExportView.as_view(), name="dataset-export"),
    path("trainers", api_jobs.TrainersView.as_view(), name="trainers"),
    path("training-jobs", api_jobs.JobsView.as_view(), name="training-jobs"),
    path(_JOB, api_jobs.JobView.as_view(), name="training-job"),
    path(f"{_JOB}/cancel", api_jobs.CancelJobView.as_view(), name="training-job-cancel"),
    path(f"{_JOB}/retry", api_jobs.RetryJobView.as_view(), name="training-job-retry"),
    path(f"{_JOB}/metrics", api_jobs.JobMetricsView.as_view(), name="training-job-metrics"),
    path(f"{_JOB}/logs", api_jobs.JobLogsView.as_view(), name="training-job-logs"),
    path(f"{_JOB}/events", api_jobs.JobEventsView.as_view(), name="training-job-events"),
    path(f"{_JOB}/stream", stream.stream, name="training-job-stream"),
]
