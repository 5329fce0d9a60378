"""An installation with one of everything that an address of the API can name, so that requests reach the views."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client, override_settings

from tests.house_rules.source import ROOT
from tests.registry.admin.staff import staff
from tests.training.sample_pairs import dataset
from tests.writers import DRAFT, Writer
from training.models import TrainingDataPoint
from youman.core.accounts import scopes

TOY = str(ROOT / "tests" / "training" / "toy")


@dataclass(frozen=True)
class Furnished:
    """A superuser who sees 500 as a client does, with a key of every scope and a session; the ids of the objects."""

    root: Writer
    session: Client
    ids: dict[str, str]

    def path(self, operation: str) -> str:
        """Return the path of an operation such as `PUT /api/v1/drafts/{draft_id}` with ids that exist."""
        path = operation.partition(" ")[2]
        if path.startswith("/api/v1/deployments/"):
            return path.replace("{name}", "rules").replace("{action}", "reset-breaker")
        for name, value in self.ids.items():
            path = path.replace(f"{{{name}}}", value)
        return path

    def send(self, operation: str, body: str, path: str = "", media: str = "application/json") -> HttpResponseBase:
        """Send a body as it is spelt, to another path than the operation's own if one is given."""
        method = operation.partition(" ")[0]
        client = self.session if "/api-keys" in operation else self.root.api
        found: HttpResponseBase = client.generic(method, path or self.path(operation), body, media)
        return found


@contextmanager
def furnished() -> Iterator[Furnished]:
    """Furnish the database, and leave nothing of it. Tests of a module share it, each in a savepoint of its own."""
    with override_settings(TRAINER_FOLDERS=[TOY]), transaction.atomic():
        yield _furnished()
        transaction.set_rollback(True)


def _furnished() -> Furnished:
    root = staff("root", tuple(scopes.ALL))
    root.api.raise_request_exception = False
    session = Client(raise_request_exception=False)
    session.force_login(root.account.user)
    ids = {
        "transformation_id": _id(root, "transformations", {"text": DRAFT}),
        "batch_id": _id(root, "batches", {"documents": [{"text": DRAFT}]}),
        "document_id": _id(root, "documents", {"title": "one"}),
        "draft_id": _id(root, "drafts", {"text": DRAFT}),
        "dataset_id": str(dataset().pk),
        "point_id": str(TrainingDataPoint.objects.earliest("pk").pk),
        "webhook_id": _id(root, "webhooks", {"name": "ops", "url": "http://8.8.8.8/x"}),
        "name": "editor",
        "number": "1",
        "alias": "canary",
        "owner": "openai",
        "key_id": "7",
        "type": "report",
    }
    _id(root, "registered-models", {"name": "editor", "task": "humanize"})
    ids["version_id"] = _id(root, "registered-models/editor/versions", {})
    place = f"/api/v1/model-versions/{ids['version_id']}/artifacts/report/report.json"
    ids["artifact_id"] = root.api.put(place, b"{}", content_type="application/octet-stream").json()["id"]
    ids["upload_id"] = _id(root, f"model-versions/{ids['version_id']}/uploads", {"type": "report", "name": "r.json"})
    job = {"model": "toy", "dataset": ids["dataset_id"], "trainer": "toy"}
    ids["job_id"] = _id(root, "training-jobs", job)
    nobody = "01890a5d-ac96-774b-bcce-b302099a8057"
    return Furnished(root, session, ids | dict.fromkeys(("delivery_id", "request_id", "import_id", "alert_id"), nobody))


def _id(root: Writer, path: str, body: object) -> str:
    reply = root.post(path, body)
    assert reply.status < 300, (path, reply.body)
    return str(reply.body["id"])


def spelt(body: object) -> str:
    """Return the JSON of a body; halves of surrogate pairs and NUL as escapes, which strict JSON allows."""
    return json.dumps(body)
