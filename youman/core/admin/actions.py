"""Helpers for the buttons of the admin: the acting user, the permission, and a message about the result."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from youman.core.accounts.access import is_permitted
from youman.core.errors import NotFound, YoumanError

AdminView = Callable[..., HttpResponse]


def permitted_view(site: admin.AdminSite, view: AdminView, permission: str) -> AdminView:
    """Return the view for the URLs of the admin. Only staff with the permission see it, others get 403.

    A NotFound of the view gives 404.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: object, **options: object) -> HttpResponse:
        if not is_permitted(request.user, permission):
            raise PermissionDenied
        try:
            return view(request, *args, **options)
        except NotFound as error:
            raise Http404(error.detail) from error

    checked.permission = permission  # type: ignore[attr-defined]  # a test walks all views and reads it
    return site.admin_view(checked)


def actor_of(request: HttpRequest) -> User:
    """Return the user who pressed the button."""
    assert isinstance(request.user, User)  # admin views admit only users
    return request.user


def report_result(request: HttpRequest, subject: object, do: Callable[[], object], success: str) -> None:
    """Run an action on `subject` and show a message with its result: `success`, or the error's detail."""
    try:
        do()
    except YoumanError as error:
        messages.error(request, f"{subject}: {error.detail}")
    else:
        messages.success(request, f"{subject}: {success}")
