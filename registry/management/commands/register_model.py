"""`manage.py register_model NAME`: a model, or with `--file` its next version with artifacts."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from registry import selectors, validation
from registry.api.responses import ModelVersionResponse
from registry.artifacts import content_check
from registry.contracts import LocalFile, Reference, VersionSpec, version_ref
from registry.management.command_base import ACTOR, Json, RegistryCommand, Rehearsal
from registry.models import ModelVersion, RegisteredModel
from registry.models.artifacts import ArtifactKind
from registry.models.versions import Task
from registry.versions import lifecycle, model_files, publish
from youman.core.errors import InvalidInput, NotFound


class Command(RegistryCommand):
    help = "Register a model; with --file TYPE=PATH also its next version with these artifacts, made ready."

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--task", choices=Task.values, help="required for a new model")
        parser.add_argument("--framework", default="")
        parser.add_argument("--architecture", default="")
        parser.add_argument("--description", default="")
        parser.add_argument("--parent", default="", help="name of the model it was derived from")
        parser.add_argument("--tag", action="append", default=[])
        parser.add_argument("--file", action="append", default=[], metavar="TYPE=PATH", help="an artifact; repeatable")
        parser.add_argument(
            "--runs-elsewhere",
            action="store_true",
            help="another server runs the model, so the files that a backend here needs are not required",
        )
        parser.add_argument("--config", default="{}", help="JSON, or @FILE")
        parser.add_argument("--metrics", default="{}", help="JSON, or @FILE")
        parser.add_argument("--gate", default="", help="JSON, or @FILE")
        parser.add_argument("--dataset", default="", help="hash of the training data")
        parser.add_argument("--from-version", action="append", default=[], metavar="MODEL/NUMBER")
        parser.add_argument("--reference", action="append", default=[], metavar="KIND=NAME")
        parser.add_argument("--notes", default="")

    def work(self, options: Json) -> Json:
        files = [_file(text) for text in options["file"]]
        spec = _spec(options)
        for file in files:
            _inspect(file)
        if files and not options["runs_elsewhere"]:
            model_files.check_model_files(_task(options), files)
        with Rehearsal(options["dry_run"]):
            model, made = _model(options)
            if options["dry_run"] and files:
                lifecycle.create_version(model=model, actor=ACTOR, spec=spec)
        version = None
        if files and not options["dry_run"]:
            version = _publish(model, made, files, spec)
        body = ModelVersionResponse(selectors.version_by_id(version.pk)).data if version else None
        return {"model": model.name, "registered": made, "version": body, "files": [str(file.path) for file in files]}

    def describe(self, result: Json) -> str:
        name = result["model"]
        lines = [f"registered {name}" if result["registered"] else f"{name} is already registered"]
        if result["version"]:
            lines.append(f"{name}/{result['version']['number']} is ready with {len(result['files'])} artifacts")
        elif result["files"]:
            lines.append(f"a version with {len(result['files'])} artifacts passes the checks")
        return "\n".join(lines)


def _publish(model: RegisteredModel, made: bool, files: list[LocalFile], spec: VersionSpec) -> ModelVersion:
    done = False
    try:
        version = publish.publish_version(model=model.name, actor=ACTOR, files=files, spec=spec)
        done = True
        return version
    finally:
        if made and not done:
            lifecycle.discard_model(model=model, actor=ACTOR)


def _task(options: Json) -> str:
    try:
        return selectors.model_named(options["name"]).task
    except NotFound:
        return str(options["task"] or "")


def _model(options: Json) -> tuple[RegisteredModel, bool]:
    try:
        return selectors.model_named(options["name"]), False
    except NotFound:
        if not options["task"]:
            raise InvalidInput(f"There is no model {options['name'][:100]}; give --task to register it") from None
    row = lifecycle.register_model(
        name=options["name"],
        task=options["task"],
        framework=options["framework"],
        architecture=options["architecture"],
        description=options["description"],
        parent=options["parent"],
        tags=tuple(options["tag"]),
        actor=ACTOR,
    )
    return row, True


def _file(text: str) -> LocalFile:
    kind, _, path = text.partition("=")
    if kind not in ArtifactKind.values or not path:
        raise InvalidInput(f"{text[:100]!r}: write TYPE=PATH with TYPE one of {', '.join(ArtifactKind.values)}")
    return LocalFile(Path(path), kind)  # type: ignore[arg-type]  # checked above


def _inspect(file: LocalFile) -> None:
    try:
        with file.path.open("rb") as stream:
            content_check.inspect(stream, file.path.name)
    except OSError as error:
        raise InvalidInput(f"{file.path} cannot be read: {error.strerror}") from error


def _spec(options: Json) -> VersionSpec:
    references = [one.partition("=") for one in options["reference"]]
    return VersionSpec(
        config=_json(options["config"], "--config"),
        metrics=validation.metrics_from(_json(options["metrics"], "--metrics")),
        gate=validation.gate_from(_json(options["gate"], "--gate") if options["gate"] else None),
        parents=tuple(version_ref(one) for one in options["from_version"]),
        references=tuple(Reference(kind, name) for kind, _, name in references),
        dataset_hash=options["dataset"],
        notes=options["notes"],
    )


def _json(text: str, name: str) -> dict[str, Any]:
    try:
        found = json.loads(Path(text[1:]).read_text(encoding="utf-8") if text.startswith("@") else text)
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{name} is neither JSON nor @FILE with JSON: {error}") from error
    if not isinstance(found, dict):
        raise InvalidInput(f"{name} is not a JSON object")
    return found
