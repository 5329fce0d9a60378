"""OpenAI's batches: a file of requests is uploaded and becomes a batch, which returns two files, answers and errors."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from serving.backends import answers, failures, http_transport
from serving.backends.answers import Came, part, text_at
from serving.backends.base import BackendError, DeadlineError, RewriteRequest, ServerError
from serving.backends.batch_protocol import MOST_LISTED, BatchAnswer, Found, Seen, Wanted, lines_of
from serving.backends.openai.calls import OpenAIBackend, error_body
from youman.core.errors import UnsafeAddress

PATH: Final = "/v1/chat/completions"
OURS = "youman_batch"
OVER = frozenset({"completed", "expired", "cancelled", "failed"})
# The vendor forgets the texts by itself, even when we never come to delete them; the longest that it takes.
KEPT_S = 30 * 86_400
_EMPTY = RewriteRequest("")


class OpenAIBatches(OpenAIBackend):
    """Submits batches and finds them again by their metadata. Each step is one request without retries."""

    def submit(self, batch: str, calls: Sequence[tuple[str, RewriteRequest]], *, deadline_s: float) -> str:
        with self._asking(deadline_s):
            file = self._client.files.create(
                file=(f"{batch}.jsonl", self._lines(calls)),
                purpose="batch",
                expires_after={"anchor": "created_at", "seconds": KEPT_S},
            )
            made = self._client.batches.create(
                input_file_id=file.id, endpoint=PATH, completion_window="24h", metadata={OURS: batch}
            )
        return made.id

    def find(self, wanted: Wanted, *, deadline_s: float) -> Found | None:
        with self._asking(deadline_s):
            for seen in self._client.batches.list(limit=MOST_LISTED):
                if (seen.metadata or {}).get(OURS) == wanted.id:
                    return Found(seen.id)
                if seen.created_at < wanted.since.timestamp():  # the newest come first
                    return None
        return None

    def look(self, vendor_id: str, *, deadline_s: float) -> Seen:
        with self._asking(deadline_s):
            seen = self._client.batches.retrieve(vendor_id)
        codes = [one.code or "" for one in (seen.errors.data if seen.errors else None) or ()]
        return Seen(seen.status in OVER, ", ".join([seen.status, *codes])[:200])

    def results(self, vendor_id: str, ids: Sequence[str], *, deadline_s: float) -> Iterator[BatchAnswer]:
        with self._asking(deadline_s):
            seen = self._client.batches.retrieve(vendor_id)
            files = [one for one in (seen.output_file_id, seen.error_file_id) if one]
            bodies = [self._client.files.content(one).content for one in files]
        for body in bodies:
            for line in lines_of(self._target, body):
                yield self._answer(line)

    def cancel(self, vendor_id: str, *, deadline_s: float) -> None:
        with self._asking(deadline_s):
            self._client.batches.cancel(vendor_id)

    def _lines(self, calls: Sequence[tuple[str, RewriteRequest]]) -> bytes:
        rows = ({"custom_id": id, "method": "POST", "url": PATH, "body": self._plain(one)} for id, one in calls)
        return "\n".join(json.dumps(row) for row in rows).encode()

    def _plain(self, request: RewriteRequest) -> Mapping[str, object]:
        """Return the body of a single call without streaming and service tier: a batch has a price of its own."""
        return {n: v for n, v in self.body(request).items() if n not in {"stream", "stream_options", "service_tier"}}

    def _answer(self, line: Mapping[str, object]) -> BatchAnswer:
        id, status, body = text_at(line, "custom_id"), part(line, "response", "status_code"), _of(line)
        code = text_at(line, "error", "code")
        if code in {"batch_expired", "batch_cancelled"}:
            return BatchAnswer(id, error=DeadlineError(f"The batch of {self._target.name} ended before this call"))
        if status != 200 or part(line, "error"):
            seen = failures.refusal(status if isinstance(status, int) and status != 200 else 500, body or code, {})
            return BatchAnswer(id, error=failures.failure(self._target, seen))
        came = Came(self._target.model)
        try:
            self._read(body or {}, _EMPTY, came, {})
            return BatchAnswer(id, answers.checked(self._target, came, _EMPTY))
        except BackendError as error:
            return BatchAnswer(id, error=error)

    @contextmanager
    def _asking(self, deadline_s: float) -> Iterator[None]:
        import httpx2
        import openai

        with http_transport.within(deadline_s):
            try:
                yield
            except openai.APIConnectionError as error:
                raise failures.lost(self._target, _EMPTY, error.__cause__) from None
            except (httpx2.HTTPError, UnsafeAddress) as error:
                raise failures.lost(self._target, _EMPTY, error) from None
            except openai.APIStatusError as error:
                seen = failures.refusal(error.status_code, error_body(error), error.response.headers)
                raise failures.failure(self._target, seen) from None
            except (openai.APIError, ValueError) as error:
                raise ServerError(f"{self._target.name} answered a batch with something unreadable") from error


def _of(line: Mapping[str, object]) -> Mapping[str, object] | None:
    found = part(line, "response", "body")
    return found if isinstance(found, Mapping) else None
