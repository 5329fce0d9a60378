"""All addresses, put together from the apps."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from youman import checks, dashboard, health, people_views  # noqa: F401  # checks registers itself

handler400 = "youman.failures.bad_request"
handler403 = "youman.failures.forbidden"
handler404 = "youman.failures.not_found"
handler500 = "youman.failures.server_error"

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/login/", people_views.admin_sign_in),
    path("admin/", admin.site.admin_view(dashboard.index)),
    path("admin/", admin.site.urls),
    path("api/", include("youman.api")),
    path("", include("youman.people")),
    path("", include("humanize.urls")),
]
