"""Browsers on which a person has signed in before, known by a signed cookie.

Guessing passwords, from any place, uses up the bound of the name and of an address that many may share. The
owner's browser has a bound of its own, so that the owner still gets in. The cookie is valid for one account and one
password: its signature covers the stored hash, so a changed password ends all of them.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

_MOST_AGE = timedelta(days=180)
_PREFIX = "known_"


def known_device(request: HttpRequest, username: str) -> str | None:
    """Return the id of this browser if this person has signed in on it with the present password, else None."""
    value = request.COOKIES.get(_cookie(username))
    user = User.objects.filter(username=username).first() if value else None
    if value is None or user is None:
        return None
    try:
        return str(signing.loads(value, salt=_salt(user), max_age=_MOST_AGE))
    except (signing.BadSignature, ValueError):
        return None


def remember_device(response: HttpResponse, user: User) -> None:
    """Give the browser a new id for this person, in place of an earlier one. Only the sign-in page receives it."""
    response.set_cookie(
        _cookie(user.get_username()),
        signing.dumps(secrets.token_urlsafe(16), salt=_salt(user)),
        max_age=_MOST_AGE,
        path=reverse("login"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _cookie(username: str) -> str:
    """Return the name of the cookie: one for each person who uses the browser, which does not tell the user name."""
    return _PREFIX + hashlib.sha256(username.encode(errors="surrogatepass")).hexdigest()[:16]


def _salt(user: User) -> str:
    return f"device {user.pk} {user.password}"
