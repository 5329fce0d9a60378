"""What the buttons of the admin share: who presses, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest

from youman.core.errors import YoumanError


def actor_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # admin views let nobody else in
    return request.user


def reported(request: HttpRequest, what: object, do: Callable[[], object], done: str) -> None:
    """Run one deed and say what came of it."""
    try:
        do()
    except YoumanError as error:
        messages.error(request, f"{what}: {error.detail}")
    else:
        messages.success(request, f"{what}: {done}")
