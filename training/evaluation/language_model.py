"""The gate's judge for language models: asks as serving would, greedily; what verification leaves of the answer counts.

Runs where the extra `torch` is installed. Base and champion may be models of either kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from humanize.options import RewriteOptions
from humanize.prompts import conversation
from humanize.prompts.answer import UnusableAnswer
from humanize.text.edits import TextEdit
from humanize.text.segment import SegmentedText
from humanize.text.spans import Span
from training.contract import model_folder
from training.contract.executor import EvaluationRequest, GateReport
from training.evaluation import revision
from training.evaluation.checks import EvaluationError
from training.trainers.contract import UserError
from training.trainers.language_model.examples import question_of
from training.trainers.pretrained import pretrained_folder

if TYPE_CHECKING:
    from training.trainers.language_model.model import LanguageModel

_MOST = 1024  # tokens of an answer


def evaluate(request: EvaluationRequest) -> GateReport:
    """Raises EvaluationError."""
    return revision.report(request, open_editor)


@dataclass(frozen=True, slots=True)
class LanguageModelEditor:
    """A tuned model as an editor."""

    model: LanguageModel
    max_tokens: int

    def edits(self, document: SegmentedText, protected: Sequence[Span], options: RewriteOptions) -> Sequence[TextEdit]:
        asked = question_of(document, protected, options)
        if not asked.prompt:
            return ()
        raw = self.model.generate(asked.system, asked.prompt, max_tokens=self.max_tokens)
        try:
            draft = conversation.read_draft(asked, raw, origin="model")
        except UnusableAnswer:
            return ()
        return tuple(edit for one in draft.changes for edit in one.edits)


def open_editor(folder: Path) -> revision.EditorModel:
    """Raises EvaluationError unless every file has the hash that the manifest names."""
    try:
        packed = model_folder.read_model(folder)
    except model_folder.InvalidManifest as error:
        raise EvaluationError(str(error)) from error
    if packed.config.get("protocol") != "rewrite":
        return revision.load_model(folder)
    try:
        return LanguageModelEditor(
            _writer(folder, packed), min(_MOST, int(str(packed.config.get("answer_tokens", _MOST))))
        )
    except (UserError, ValueError) as error:
        raise EvaluationError(str(error)) from error


def _writer(folder: Path, packed: model_folder.ModelFolder) -> LanguageModel:
    from training.trainers.language_model import model

    if packed.config.get("adapter"):
        return model.open_model(pretrained_folder(str(packed.config.get("pretrained", ""))), adapter=folder)
    return model.open_model(folder)
