"""Google's batches with inline requests, which are found again by the name given to them.

Results should carry each request's metadata; without it they are in the order of the requests, if none is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from serving.backends import answers, failures, http_transport
from serving.backends.answers import Came, Json, part, text_at
from serving.backends.base import BackendError, BadOutputError, RewriteRequest, ServerError
from serving.backends.batch_protocol import MOST_LISTED, BatchAnswer, Found, Seen, Wanted
from serving.backends.google.calls import GoogleBackend
from youman.core.errors import UnsafeAddress

KEY = "key"
OVER = frozenset({"SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED", "PARTIALLY_SUCCEEDED"})
_EMPTY = RewriteRequest("")
_STATUSES = {3: 400, 4: 504, 5: 404, 7: 403, 8: 429, 13: 500, 14: 503, 16: 401}  # of gRPC


class GoogleBatches(GoogleBackend):
    def submit(self, batch: str, calls: Sequence[tuple[str, RewriteRequest]], *, deadline_s: float) -> str:
        from google.genai import types

        rows = [
            types.InlinedRequest(
                contents=request.prompt or request.text,
                metadata={KEY: id},
                config=self.config(request).model_copy(update={"http_options": None, "service_tier": None}),
            )
            for id, request in calls
        ]
        with self._asking(deadline_s):
            made = self._client.batches.create(
                model=self._target.model, src=rows, config=types.CreateBatchJobConfig(display_name=batch)
            )
        return self._named(made.name)

    def find(self, wanted: Wanted, *, deadline_s: float) -> Found | None:
        from google.genai import types

        with self._asking(deadline_s):
            for seen in self._client.batches.list(config=types.ListBatchJobsConfig(page_size=MOST_LISTED)):
                if seen.display_name == wanted.id:
                    return Found(self._named(seen.name))
                if seen.create_time and seen.create_time < wanted.since:  # the newest come first
                    return None
        return None

    def look(self, vendor_id: str, *, deadline_s: float) -> Seen:
        with self._asking(deadline_s):
            state = text_at(self._job(vendor_id), "metadata", "state")
        plain = state.removeprefix("BATCH_STATE_").removeprefix("JOB_STATE_")
        return Seen(plain in OVER, plain.lower())

    def results(self, vendor_id: str, ids: Sequence[str], *, deadline_s: float) -> Iterator[BatchAnswer]:
        """Yield the answers of a finished batch with the ids of their calls.

        Raises BadOutputError when they cannot be told apart.
        """
        with self._asking(deadline_s):
            job = self._job(vendor_id)
        output = part(job, "metadata", "output") or part(job, "response")
        rows = part(output, "inlinedResponses", "inlinedResponses")
        found = rows if isinstance(rows, list) else []
        named = [text_at(one, "metadata", KEY) for one in found]
        if not all(named):
            if len(found) != len(ids):
                raise BadOutputError(
                    f"{self._target.name} sent {len(found)} answers without names for {len(ids)} calls"
                )
            named = list(ids)
        for id, one in zip(named, found, strict=True):
            yield self._answer(id, one)

    def _job(self, vendor_id: str) -> Json:
        """Read the job without the SDK, which refuses a whole batch for one answer in which a count is not a number."""
        response = self._http.get(self.address(vendor_id), headers=self.headers)
        if response.status_code != 200:
            raise self.refused(response)
        return answers.parsed(self._target, response.content, _EMPTY)

    def cancel(self, vendor_id: str, *, deadline_s: float) -> None:
        with self._asking(deadline_s):
            self._client.batches.cancel(name=vendor_id)

    def _answer(self, id: str, one: object) -> BatchAnswer:
        error, came = part(one, "error"), Came(self._target.model)
        if error and not part(one, "response"):  # and is not billed
            code = part(error, "code")
            number = code if isinstance(code, int) else 13
            seen = failures.refusal(_STATUSES.get(number, number if number >= 400 else 500), error, {})
            return BatchAnswer(id, error=failures.failure(self._target, seen))
        response = part(one, "response")
        try:
            self._read(response if isinstance(response, Mapping) else {}, _EMPTY, came, {})
            return BatchAnswer(id, answers.checked(self._target, came, _EMPTY))
        except BackendError as failed:
            return BatchAnswer(id, error=failed)

    def _named(self, name: str | None) -> str:
        if not name:
            raise ServerError(f"{self._target.name} took a batch and did not name it")
        return name

    @contextmanager
    def _asking(self, deadline_s: float) -> Iterator[None]:
        import httpx2
        from google.genai import errors

        with http_transport.within(deadline_s):
            try:
                yield
            except (httpx2.HTTPError, UnsafeAddress) as error:
                raise failures.lost(self._target, _EMPTY, error) from None
            except errors.APIError as error:
                headers = getattr(error.response, "headers", None) or {}
                seen = failures.refusal(error.code or 500, error.details, headers)
                raise failures.failure(self._target, seen) from None
            except ValueError as error:
                raise ServerError(f"{self._target.name} answered a batch with something unreadable") from error
