"""The revision model behind serving's rewrite protocol: it turns a text into arrays and scores into edits."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from humanize.options import RewriteOptions
from humanize.pipeline.revision_engine import Revision, revise
from humanize.revision.arrays import Arrays, ScoresError
from humanize.revision.model import CONFIG, GRAPH, ModelError, RevisionModel, read_model
from humanize.revision.word_pieces import TOKENIZER
from humanize.text.protect import protected_spans
from humanize.text.segment import segment
from humanize.text.spans import Span
from humanize.validation import check_options
from registry.artifacts.local_copy import working_copy
from serving.backends.base import BadOutputError, Replacement, RewriteRequest, RewriteResult, ScoreBackend
from serving.backends.local import LocalBackend
from serving.backends.runtime import Artifact, ArtifactError
from serving.backends.target import Target
from youman.core.errors import YoumanError


class RevisionBackend:
    """Answers requests with replacements. `version` is the name of the answering model in the result."""

    name = "revision"

    def __init__(self, model: RevisionModel, scorer: ScoreBackend, version: str) -> None:
        self.model = model
        self._scorer = scorer
        self._version = version

    def rewrite(self, request: RewriteRequest) -> RewriteResult:
        options = _options(request)
        if options.language not in {"en", "auto"}:
            return RewriteResult(self._version, warnings=(f"{self.model.name} does not write {options.language}",))
        done = self._revise(request, options)
        edits = [one.edit for one in done.chosen]
        return RewriteResult(
            model=self._version,
            replacements=tuple(Replacement(e.start, e.end, e.after, e.reason, e.source) for e in edits),
            warnings=done.prepared.rules.warnings,
        )

    def _revise(self, request: RewriteRequest, options: RewriteOptions) -> Revision:
        def score(arrays: Arrays) -> Arrays:
            return self._scorer.score(arrays, deadline_s=request.deadline_s)

        document = segment(request.text, options.format)
        given = (Span(start, end, "given") for start, end in request.protected)
        spans = tuple(sorted({*protected_spans(document), *given}))
        try:
            return revise(self.model, score, document, spans, options)
        except ScoresError as error:
            raise BadOutputError(str(error)) from error


def for_target(target: Target) -> RevisionBackend:
    """Load the version that the deployment pins from the registry. Raises ArtifactError."""
    if target.version is None:
        raise ArtifactError(f"the deployment {target.name} has no model version; choose one")
    try:
        return from_folder(working_copy(target.version))
    except YoumanError as error:
        raise ArtifactError(error.detail) from error
    except OSError as error:
        raise ArtifactError(f"the model's files cannot be copied to this machine: {error.strerror}") from error


def from_folder(folder: Path) -> RevisionBackend:
    """Load a trained model from a folder. Raises ArtifactError if a file differs from the manifest."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        known = {str(one["path"]): str(one["sha256"]) for one in manifest["files"]}
        config = (folder / CONFIG).read_bytes()
        tokenizer = (folder / TOKENIZER).read_bytes() if TOKENIZER in known else None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArtifactError(f"{folder.name} is not a complete model folder: {error}") from error
    if GRAPH not in known:
        raise ArtifactError(f"the manifest of {folder.name} does not list {GRAPH}; fetch the folder again")
    for name, data in ((CONFIG, config), (TOKENIZER, tokenizer)):
        if data is not None and hashlib.sha256(data).hexdigest() != known.get(name):
            raise ArtifactError(f"{name} differs from the file in the manifest; fetch the folder again")
    try:
        model = read_model(config, tokenizer)
    except ModelError as error:
        raise ArtifactError(str(error)) from error
    scorer = LocalBackend(model.name, Artifact(folder / GRAPH, known[GRAPH]))
    scorer.warm()
    return RevisionBackend(model, scorer, f"{model.name}/{known[GRAPH][:12]}")


def _options(request: RewriteRequest) -> RewriteOptions:
    try:
        return check_options(
            level=request.level, strategy=request.strategy, language=request.language, format=request.format
        )
    except YoumanError as error:
        raise BadOutputError(error.detail) from error
