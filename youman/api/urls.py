"""All URLs under /api/: version 1, its schema, and Swagger UI from this installation's static files."""

from __future__ import annotations

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from youman.api.usage import UsageView
from youman.core.api import schema  # noqa: F401  # registers our authentication with the generator

urlpatterns = [
    path("v1/usage", UsageView.as_view(), name="usage"),
    path("v1/", include("youman.core.api.urls")),
    path("v1/", include("serving.api.urls")),
    path("v1/", include("registry.api.urls")),
    path("v1/", include("humanize.api.urls")),
    path("v1/", include("training.api.urls")),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
]
