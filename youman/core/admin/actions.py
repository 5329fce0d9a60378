"""Helpers for the buttons of the admin: the acting user, and a message about the result."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest

from youman.core.errors import YoumanError


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
