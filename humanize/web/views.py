"""The editor's pages. They hold no data of their own: the scripts ask the API."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language_info
from django.views.decorators.csrf import ensure_csrf_cookie

from humanize import samples
from humanize.account.writer_data import CONSENT_TEXT
from humanize.rules.pack import languages
from humanize.scoring import BANDS, MIN_WORDS


@login_required
@ensure_csrf_cookie
def editor(request: HttpRequest) -> HttpResponse:
    """Paste, rewrite, decide."""
    sample = samples.read("remote-work").text
    context = {
        "sample": sample,
        "bands": _bands(),
        "min_words": MIN_WORDS,
        "consent_text": CONSENT_TEXT,
        "languages": {code: get_language_info(code)["name"] for code in languages()},
    }
    return render(request, "editor/editor.html", context)


@login_required
@ensure_csrf_cookie
def history(request: HttpRequest) -> HttpResponse:
    """What one has had rewritten, searched by words."""
    return render(request, "editor/history.html")


@login_required
@ensure_csrf_cookie
def account(request: HttpRequest) -> HttpResponse:
    """Usage, consent, dictionary, keys, export, leaving."""
    return render(request, "editor/account.html", {"consent_text": CONSENT_TEXT})


def _bands() -> dict[str, int]:
    """Of 100 human texts so many score at least this high, by band."""
    return {band.name: round(100 * band.fpr) for band in BANDS}
