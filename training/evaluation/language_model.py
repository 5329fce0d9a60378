"""The evaluator for language models: it prompts the model as serving does, greedily, and counts the verified edits.

Runs where the extra `torch` is installed. Base and champion may also be revision models.
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
    """Judge a language model on the held-out channel. Raises EvaluationError."""
    return revision.report(request, open_editor)


@dataclass(frozen=True, slots=True)
class LanguageModelEditor:
    """A fine-tuned language model as an editor; `max_tokens` bounds the length of an answer."""

    model: LanguageModel
    max_tokens: int

    def edits(self, document: SegmentedText, protected: Sequence[Span], options: RewriteOptions) -> Sequence[TextEdit]:
        question = question_of(document, protected, options)
        if not question.prompt:
            return ()
        raw = self.model.generate(question.system, question.prompt, max_tokens=self.max_tokens)
        try:
            draft = conversation.read_draft(question, raw, origin="model")
        except UnusableAnswer:
            return ()
        return tuple(edit for change in draft.changes for edit in change.edits)


def open_editor(folder: Path) -> revision.EditorModel:
    """Open a model folder as an editor. Raises EvaluationError if the folder does not match its manifest."""
    try:
        contents = model_folder.read_model(folder)
    except model_folder.InvalidManifest as error:
        raise EvaluationError(str(error)) from error
    if contents.config.get("protocol") != "rewrite":
        return revision.load_model(folder)
    try:
        return LanguageModelEditor(
            _writer(folder, contents), min(_MOST, int(str(contents.config.get("answer_tokens", _MOST))))
        )
    except (UserError, ValueError) as error:
        raise EvaluationError(str(error)) from error


def _writer(folder: Path, contents: model_folder.ModelFolder) -> LanguageModel:
    from training.trainers.language_model import model

    if contents.config.get("adapter"):
        return model.open_model(pretrained_folder(str(contents.config.get("pretrained", ""))), adapter=folder)
    return model.open_model(folder)
