"""Logs as JSON lines with the request id, without secrets and without texts of writers."""

from __future__ import annotations

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str] = ContextVar("request_id", default="")

_SECRETS = re.compile(
    r"(?i)\b(?:(?:ym|inv)_[\w-]{8,}|sk-[\w-]{8,}|AIza[\w-]{8,}|AKIA\w{12,}|Bearer\s+\S+|Basic\s+[\w+/=]{8,}"
    r"|(?:password|secret|token|api_?key|authorization)['\"]?\s*[:=]\s*['\"]?[^\s'\",;&}]+|://[^/\s:@]*:[^@\s/]+@)"
    r"|(?<=/password/reset/)[\w-]+/[\w-]+"
    # PostgreSQL repeats the whole row, which may contain a writer's text, when it violates a constraint.
    r"|(?<=Failing row contains )(?s:.+)"
)
# Path and query of an address that somebody entered often contain its secret, and clients log whole addresses.
_PATHS = re.compile(r"(?i)\b(https?://[^\s/?#'\"<>\\]+)[/?#][^\s'\"<>]*")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "request_id", "taskName"}


def redact(text: str) -> str:
    """Return the text with what looks like a credential replaced by `[redacted]`, and of each URL only the host."""
    return _PATHS.sub(r"\1/…", _SECRETS.sub("[redacted]", text))


class RequestContext(logging.Filter):
    """Adds the request id to every log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class JsonFormatter(logging.Formatter):
    """Formats a record as one JSON object: time, level, logger, message, request_id, its extras and the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        if getattr(record, "request_id", ""):
            line["request_id"] = record.__dict__["request_id"]
        line |= {key: _plain(value) for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            line["traceback"] = redact(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def _plain(value: object) -> object:
    return value if isinstance(value, bool | int | float | None) else redact(str(value))
