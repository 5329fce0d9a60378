"""The batch endpoints of the three vendors: what is handed in is answered by the server's own `answer`, at once.

`mode` says how a batch ends, `submit` and `download` take one fault a request, `items` one fault and `bodies` one
answer a call by its place.
"""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.vendors import faults
from tests.vendors.faults import Reply

Json = dict[str, Any]
Answer = Callable[[str, str, Json], Json]  # vendor, model, body of one call → the vendor's whole answer
# Taken, and the answer never sent; half of the download; nothing for a while, until somebody is killed.
LOST, CUT, HOLD = "lost", "cut", "hold"


@dataclass
class Job:
    id: str
    vendor: str
    model: str
    calls: list[tuple[str, Json]]
    mark: str = ""
    cancelled: bool = False
    created: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass
class Batches:
    """`mode`: done, running, expired (the first half is done), failed (refused in validation)."""

    mode: str = "done"
    submit: deque[str] = field(default_factory=deque)
    download: deque[str] = field(default_factory=deque)
    items: dict[int, str] = field(default_factory=dict)
    bodies: dict[int, Json] = field(default_factory=dict)  # whole answers, by their place
    nameless: bool = False  # Google leaves the metadata out
    jobs: dict[str, Job] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    cancelled: list[str] = field(default_factory=list)
    held: threading.Event = field(default_factory=threading.Event)

    def handle(self, method: str, vendor: str, path: str, raw: bytes, answer: Answer) -> Reply | str | None:
        """None for other paths; LOST or CUT, with what would have been said kept back, else the reply."""
        speak = {"openai": self._openai, "anthropic": self._anthropic, "google": self._google}.get(vendor)
        return speak(method, path, raw, answer) if speak else None

    def _taken(self, job: Job, said: Json) -> Reply | str:
        fault = self.submit.popleft() if self.submit else ""
        if fault not in {"", LOST, HOLD}:
            return faults.REPLIES[fault](job.vendor, job.model)
        self.jobs[job.id] = job
        return fault or Reply(200, said)

    def _given(self, body: str) -> Reply | str:
        fault = self.download.popleft() if self.download else ""
        if fault == HOLD:
            return HOLD
        return Reply(200, body[: len(body) // 2], {"x-fault": CUT}) if fault == CUT else Reply(200, body)

    def _done(self, job: Job) -> list[tuple[int, str, Json]]:
        if self.mode in {"running", "failed"}:
            return []
        whole = list(enumerate(job.calls))
        half = whole[: len(whole) // 2] if self.mode == "expired" or job.cancelled else whole
        return [(n, id, body) for n, (id, body) in half]

    def _over(self, job: Job) -> bool:
        return job.cancelled or self.mode != "running"

    # OpenAI

    def _openai(self, method: str, path: str, raw: bytes, answer: Answer) -> Reply | str | None:
        if (method, path) == ("POST", "/v1/files"):
            id = f"file-{len(self.files) + 1}"
            self.files[id] = _uploaded(raw)
            head = {"id": id, "object": "file", "bytes": 1, "created_at": 1, "filename": "x", "status": "processed"}
            return Reply(200, head | {"purpose": "batch"})
        if (method, path) == ("POST", "/v1/batches"):
            given = json.loads(raw)
            lines = [json.loads(line) for line in self.files[given["input_file_id"]].splitlines()]
            calls = [(line["custom_id"], line["body"]) for line in lines]
            mark = given["metadata"]["youman_batch"]
            job = Job(f"batch_{len(self.jobs) + 1}", "openai", calls[0][1]["model"], calls, mark)
            return self._taken(job, self._openai_job(job))
        if (method, path) == ("GET", "/v1/batches"):
            data = [self._openai_job(job) for job in self._newest("openai")]
            return Reply(200, {"object": "list", "data": data, "has_more": False})
        if match := re.fullmatch(r"/v1/batches/(\w+)(/cancel)?", path):
            return Reply(200, self._openai_job(self._cancel(match[1]) if match[2] else self.jobs[match[1]]))
        if match := re.fullmatch(r"/v1/files/(out|err)-(\w+)/content", path):
            return self._given(self._openai_lines(self.jobs[match[2]], match[1], answer))
        return None

    def _openai_job(self, job: Job) -> Json:
        over, failed = self._over(job), self.mode == "failed"
        ends = "cancelled" if job.cancelled else {"done": "completed"}.get(self.mode, self.mode)
        errors = {"object": "list", "data": [{"code": "invalid_json_line", "message": "line 1"}]}
        made: Json = {
            "id": job.id, "object": "batch", "endpoint": "/v1/chat/completions", "input_file_id": "file-1",
            "completion_window": "24h", "created_at": int(job.created.timestamp()),
            "status": ends if over else "in_progress", "metadata": {"youman_batch": job.mark},
            "errors": errors if failed else None,
        }  # fmt: skip
        files = {"output_file_id": f"out-{job.id}", "error_file_id": f"err-{job.id}"}
        return made | files if over and not failed else made

    def _openai_lines(self, job: Job, which: str, answer: Answer) -> str:
        done = self._done(job)
        lines: list[Json] = []
        for n, id, body in done:
            reply = self._reply(n, "openai", job.model, body, answer)
            if (reply.status == 200) == (which == "out"):
                response = {"status_code": reply.status, "request_id": "r", "body": reply.body}
                lines.append({"id": "x", "custom_id": id, "response": response, "error": None})
        if which == "err":
            error: Json = {"code": "batch_expired", "message": "This request could not be executed before the window."}
            for id, _ in job.calls[len(done) :]:
                lines.append({"id": "x", "custom_id": id, "response": None, "error": error})
        return "\n".join(map(json.dumps, lines)) + "\n"

    # Anthropic

    def _anthropic(self, method: str, path: str, raw: bytes, answer: Answer) -> Reply | str | None:
        if (method, path) == ("POST", "/v1/messages/batches"):
            calls = [(one["custom_id"], one["params"]) for one in json.loads(raw)["requests"]]
            job = Job(f"msgbatch_{len(self.jobs) + 1}", "anthropic", calls[0][1]["model"], calls)
            return self._taken(job, self._anthropic_job(job))
        if (method, path) == ("GET", "/v1/messages/batches"):
            data = [self._anthropic_job(job) for job in self._newest("anthropic")]
            return Reply(200, {"data": data, "has_more": False, "first_id": None, "last_id": None})
        if match := re.fullmatch(r"/v1/messages/batches/(\w+)(/cancel|/results)?", path):
            if match[2] == "/results":
                return self._given(self._anthropic_lines(self.jobs[match[1]], answer))
            return Reply(200, self._anthropic_job(self._cancel(match[1]) if match[2] else self.jobs[match[1]]))
        return None

    def _anthropic_job(self, job: Job) -> Json:
        over = self._over(job)
        done, count = len(self._done(job)) if over else 0, len(job.calls)
        counts = {"processing": 0 if over else count, "succeeded": done, "errored": 0, "canceled": 0,
                  "expired": count - done if over else 0}  # fmt: skip
        moment = job.created.isoformat()
        return {
            "id": job.id, "type": "message_batch", "processing_status": "ended" if over else "in_progress",
            "request_counts": counts, "created_at": moment, "expires_at": moment, "ended_at": moment if over else None,
            "archived_at": None, "cancel_initiated_at": None, "results_url": "https://elsewhere.example/steal-the-key",
        }  # fmt: skip

    def _anthropic_lines(self, job: Job, answer: Answer) -> str:
        done = self._done(job)
        lines: list[Json] = []
        for n, id, body in done:
            reply = self._reply(n, "anthropic", job.model, body, answer)
            result = {"type": "succeeded", "message": reply.body}
            if reply.status != 200:
                result = {"type": "errored", "error": reply.body}
            lines.append({"custom_id": id, "result": result})
        kind = "canceled" if job.cancelled else "expired"
        lines += [{"custom_id": id, "result": {"type": kind}} for id, _ in job.calls[len(done) :]]
        return "\n".join(map(json.dumps, reversed(lines))) + "\n"  # in any order, they say

    # Google

    def _google(self, method: str, path: str, raw: bytes, answer: Answer) -> Reply | str | None:
        if match := re.fullmatch(r"/v1(?:beta)?/models/([^:]+):batchGenerateContent", path):
            batch = json.loads(raw)["batch"]
            rows = batch["inputConfig"]["requests"]["requests"]
            calls = [(one["metadata"]["key"], one["request"]) for one in rows]
            job = Job(f"b{len(self.jobs) + 1}", "google", match[1], calls, batch["displayName"])
            said = self._google_job(job, answer)
            said["metadata"].pop("output", None)  # it has only been taken
            return self._taken(job, said)
        if method == "GET" and re.fullmatch(r"/v1(?:beta)?/batches", path):
            return Reply(200, {"operations": [self._google_job(job, answer) for job in self._newest("google")]})
        if match := re.fullmatch(r"/v1(?:beta)?/batches/(\w+)(:cancel)?", path):
            if match[2]:
                self._cancel(match[1])
                return Reply(200, {})
            return self._given(json.dumps(self._google_job(self.jobs[match[1]], answer)))
        return None

    def _google_job(self, job: Job, answer: Answer) -> Json:
        over = self._over(job)
        ends = "CANCELLED" if job.cancelled else {"done": "SUCCEEDED"}.get(self.mode, self.mode.upper())
        state = f"BATCH_STATE_{ends if over else 'RUNNING'}"
        metadata: Json = {
            "@type": "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch",
            "model": f"models/{job.model}", "displayName": job.mark, "state": state, "name": f"batches/{job.id}",
            "createTime": job.created.isoformat().replace("+00:00", "Z"),
        }  # fmt: skip
        if over and self._done(job):
            rows = [self._google_row(job, *one, answer) for one in self._done(job)]
            metadata["output"] = {"inlinedResponses": {"inlinedResponses": rows}}
        return {"name": f"batches/{job.id}", "metadata": metadata, "done": over}

    def _google_row(self, job: Job, n: int, id: str, body: Json, answer: Answer) -> Json:
        reply = self._reply(n, "google", job.model, body, answer)
        named: Json = {} if self.nameless else {"metadata": {"key": id}}
        if reply.status == 200:
            return named | {"response": reply.body}
        return named | {"error": {"code": 13, "message": "An internal error has occurred."}}

    def _reply(self, n: int, vendor: str, model: str, body: Json, answer: Answer) -> Reply:
        fault = self.items.get(n, "ok")
        if fault != "ok":
            return faults.REPLIES[fault](vendor, model)
        return Reply(200, self.bodies[n] if n in self.bodies else answer(vendor, model, body))

    def _newest(self, vendor: str) -> list[Job]:
        return sorted((job for job in self.jobs.values() if job.vendor == vendor), key=lambda job: job.created)[::-1]

    def _cancel(self, id: str) -> Job:
        self.cancelled.append(id)
        self.jobs[id].cancelled = True
        return self.jobs[id]


def _uploaded(raw: bytes) -> bytes:
    """The file in a multipart form."""
    boundary = raw.split(b"\r\n", 1)[0]
    for one in raw.split(boundary):
        head, _, body = one.partition(b"\r\n\r\n")
        if b"filename=" in head:
            return body.removesuffix(b"\r\n")
    raise AssertionError("no file in the form")
