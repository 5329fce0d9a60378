"""All URLs, collected from the apps."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from youman import checks  # noqa: F401  # registers itself
from youman.dashboard import overview
from youman.people import views
from youman.web import health

handler400 = "youman.web.error_pages.bad_request"
handler403 = "youman.web.error_pages.forbidden"
handler404 = "youman.web.error_pages.not_found"
handler500 = "youman.web.error_pages.server_error"

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/login/", views.admin_sign_in),
    path("admin/password_change/", views.ChangePassword.as_view()),  # the admin's own page would be without a bound
    path("admin/", admin.site.admin_view(overview.index)),
    path("admin/", admin.site.urls),
    path("api/", include("youman.api.urls")),
    path("", include("youman.people.urls")),
    path("", include("humanize.web.urls")),
]
