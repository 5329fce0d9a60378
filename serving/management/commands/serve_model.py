"""`manage.py serve_model FILE`: one ONNX model over HTTP, by Open Inference v2 and by SageMaker's two routes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from serving.backends.base import BackendError
from serving.backends.local import LocalBackend
from serving.backends.runtime import Artifact


class Command(BaseCommand):
    help = (
        "Serve one ONNX file over HTTP: /v2/models/NAME/infer, /ping, /invocations. Arrays only; no text, no accounts."
    )
    requires_system_checks: list[str] = []  # it needs no database

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the model's .onnx file")
        parser.add_argument(
            "--sha256", default="", help="SHA-256 that the file must have; without it, any file is accepted"
        )
        parser.add_argument("--name", default="revision", help="the model's name in the URLs")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8080)

    def handle(self, *, file: Path, sha256: str, name: str, host: str, port: int, **_: object) -> None:
        import uvicorn

        from serving.model_server.app import ModelServer

        backend = LocalBackend(name, Artifact(file, sha256 or _hash(file)))
        try:
            backend.warm()
        except BackendError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"{name} on http://{host}:{port}/v2/models/{name}", ending="\n")
        self.stdout.flush()
        uvicorn.run(ModelServer(backend), host=host, port=port, log_level="warning", access_log=False)


def _hash(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}") from error
