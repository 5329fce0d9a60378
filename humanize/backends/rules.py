"""The rules behind serving's rewrite protocol; the setting `REWRITE_BACKENDS` names them."""

from __future__ import annotations

from humanize.options import RewriteOptions
from humanize.rules.engine import rewrite
from humanize.rules.version import rules_version
from humanize.text.protect import protected_spans
from humanize.text.segment import segment
from humanize.text.spans import Span
from humanize.validation import check_options
from serving.backends.base import BadOutputError, Replacement, RewriteRequest, RewriteResult
from serving.backends.target import Target
from youman.core.errors import YoumanError


class RulesBackend:
    """Answers requests with the replacements of the rules, in process and without a network."""

    name = "rules"

    def __init__(self, target: Target | None = None) -> None:
        del target  # all deployments share the same rules

    def rewrite(self, request: RewriteRequest) -> RewriteResult:
        options = _options(request)
        document = segment(request.text, options.format)
        given = tuple(Span(start, end, "given") for start, end in request.protected)
        found = rewrite(document, tuple(sorted({*protected_spans(document), *given})), options)
        return RewriteResult(
            model=f"rules/{rules_version()}",
            replacements=tuple(Replacement(e.start, e.end, e.after, e.reason, e.source) for e in found.edits),
            warnings=found.warnings,
        )


def _options(request: RewriteRequest) -> RewriteOptions:
    try:
        return check_options(
            level=request.level, strategy=request.strategy, language=request.language, format=request.format
        )
    except YoumanError as error:
        raise BadOutputError(error.detail) from error
