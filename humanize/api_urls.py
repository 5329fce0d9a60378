from __future__ import annotations

from django.urls import URLPattern, path

from humanize import api

_ONE = "transformations/<uuid:transformation_id>"

urlpatterns: list[URLPattern] = [
    path("transformations", api.TransformationsView.as_view(), name="transformations"),
    path(_ONE, api.TransformationView.as_view(), name="transformation"),
    path(f"{_ONE}/cancel", api.CancelView.as_view(), name="transformation-cancel"),
    path(f"{_ONE}/resume", api.ResumeView.as_view(), name="transformation-resume"),
    path(f"{_ONE}/edits", api.EditsView.as_view(), name="transformation-edits"),
    path(f"{_ONE}/edits/decide", api.DecideView.as_view(), name="transformation-decide"),
    path(f"{_ONE}/final", api.FinalView.as_view(), name="transformation-final"),
    path(f"{_ONE}/feedback", api.FeedbackView.as_view(), name="transformation-feedback"),
]
