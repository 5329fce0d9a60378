"""The editor's pages. They contain no data; their scripts call the API."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language_info
from django.views.decorators.csrf import ensure_csrf_cookie

from humanize import samples
from humanize.account.writer_data import CONSENT_TEXT
from humanize.rules.pack import languages


@login_required
@ensure_csrf_cookie
def editor(request: HttpRequest) -> HttpResponse:
    """Show the editor: paste a text, rewrite it, decide on the edits."""
    sample = samples.read("remote-work").text
    context = {
        "sample": sample,
        "consent_text": CONSENT_TEXT,
        "languages": {code: get_language_info(code)["name"] for code in languages()},
    }
    return render(request, "editor/editor.html", context)


@login_required
@ensure_csrf_cookie
def history(request: HttpRequest) -> HttpResponse:
    """Show the writer's transformations, with a search by words."""
    return render(request, "editor/history.html")


@login_required
@ensure_csrf_cookie
def account(request: HttpRequest) -> HttpResponse:
    """Show usage, consent, dictionary, API keys, export, and deletion of the account."""
    return render(request, "editor/account.html", {"consent_text": CONSENT_TEXT})
