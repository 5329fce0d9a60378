"""Anthropic's message batches. They carry only the ids of the calls, which appear in the results alone.

So a batch whose acceptance was not confirmed is searched for by time and size, and its results show whether it is the
one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from serving.backends import answers, failures, http_transport
from serving.backends.answers import Came, part, text_at
from serving.backends.anthropic.calls import AnthropicBackend
from serving.backends.base import BackendError, DeadlineError, RewriteRequest, ServerError
from serving.backends.batch_protocol import MOST_LISTED, BatchAnswer, Found, Seen, Wanted, lines_of
from serving.backends.error_objects import told_refusal
from youman.core.errors import UnsafeAddress

_EMPTY = RewriteRequest("")


class AnthropicBatches(AnthropicBackend):
    """Reads results from the configured address and not from the one that an answer names, because the key is sent
    along.
    """

    def submit(self, batch: str, calls: Sequence[tuple[str, RewriteRequest]], *, deadline_s: float) -> str:
        rows = [{"custom_id": id, "params": self.body(request)} for id, request in calls]
        with self._asking(deadline_s):
            made = self._client.messages.batches.create(requests=cast(Any, rows))
        return made.id

    def find(self, wanted: Wanted, *, deadline_s: float) -> Found | None:
        with self._asking(deadline_s):
            for seen in self._client.messages.batches.list(limit=MOST_LISTED):
                if seen.created_at < wanted.since:  # the newest come first
                    return None
                counts = seen.request_counts
                size = counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired
                if size == wanted.count and seen.created_at <= wanted.until and seen.id not in wanted.known:
                    return Found(seen.id, certain=False)
        return None

    def look(self, vendor_id: str, *, deadline_s: float) -> Seen:
        with self._asking(deadline_s):
            seen = self._client.messages.batches.retrieve(vendor_id)
        return Seen(seen.processing_status == "ended", seen.processing_status)

    def results(self, vendor_id: str, ids: Sequence[str], *, deadline_s: float) -> Iterator[BatchAnswer]:
        import httpx2

        with self._asking(deadline_s):
            raw = self._client.get(f"/v1/messages/batches/{vendor_id}/results", cast_to=httpx2.Response)
            body = raw.content
        for line in lines_of(self._target, body):
            yield self._answer(line)

    def cancel(self, vendor_id: str, *, deadline_s: float) -> None:
        with self._asking(deadline_s):
            self._client.messages.batches.cancel(vendor_id)

    def _answer(self, line: Mapping[str, object]) -> BatchAnswer:
        id, kind = text_at(line, "custom_id"), text_at(line, "result", "type")
        if kind in {"expired", "canceled"}:
            return BatchAnswer(id, error=DeadlineError(f"The batch of {self._target.name} ended before this call"))
        if kind != "succeeded":  # and is not billed
            told = {"error": part(line, "result", "error", "error") or part(line, "result", "error")}
            return BatchAnswer(id, error=failures.failure(self._target, told_refusal(told, {})))
        message, came = part(line, "result", "message"), Came(self._target.model)
        try:
            self._read(message if isinstance(message, Mapping) else {}, _EMPTY, came, {})
            return BatchAnswer(id, answers.checked(self._target, came, _EMPTY))
        except BackendError as error:
            return BatchAnswer(id, error=error)

    @contextmanager
    def _asking(self, deadline_s: float) -> Iterator[None]:
        import anthropic
        import httpx2

        with http_transport.within(deadline_s):
            try:
                yield
            except anthropic.APIConnectionError as error:
                raise failures.lost(self._target, _EMPTY, error.__cause__) from None
            except (httpx2.HTTPError, UnsafeAddress) as error:
                raise failures.lost(self._target, _EMPTY, error) from None
            except anthropic.APIStatusError as error:
                seen = failures.refusal(error.status_code, error.body or error.message, error.response.headers)
                raise failures.failure(self._target, seen) from None
            except (anthropic.APIError, ValueError) as error:
                raise ServerError(f"{self._target.name} answered a batch with something unreadable") from error
