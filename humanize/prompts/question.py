"""A question to a model about one stretch, and what became of its answers: shared by both forms of answer."""

from __future__ import annotations

from dataclasses import dataclass

from humanize.options import RewriteOptions
from humanize.pipeline.verification import Doubt
from humanize.prompts.numbered_text import Sheet, Unit
from humanize.prompts.version import Prompts, PromptVersion
from humanize.text.edits import TextEdit
from humanize.text.segment import SegmentedText
from humanize.text.spans import Span


@dataclass(frozen=True, slots=True)
class Question:
    """The first question about a document. `key` is the key of its fence.

    `prompt` is empty if no sentence may be edited, in which case nothing is asked.
    """

    document: SegmentedText
    protected: tuple[Span, ...]
    options: RewriteOptions
    sheet: Sheet
    key: str
    version: PromptVersion
    system: str
    prompt: str

    @property
    def recasts(self) -> bool:
        """Whether paragraphs may be written anew; otherwise sentences are changed one by one."""
        return bool(self.sheet.blocks)

    @property
    def prompts(self) -> Prompts:
        """The templates of its form of answer."""
        return self.version.paragraphs if self.recasts and self.version.paragraphs else self.version

    def unit(self, number: int) -> Unit:
        return self.sheet.units[number - 1]


@dataclass(frozen=True, slots=True)
class PassedChange:
    """A change that passed the checks, as edits of the document. `answer` is the number of its answer, from 0.

    `first` and `last` are numbers of sentences. `doubt` says what a reader has to judge; None where nothing is left.
    """

    first: int
    last: int
    edits: tuple[TextEdit, ...]
    answer: int
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class FailedChange:
    """A change that failed the checks, with the model's text and the reason."""

    first: int
    last: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class CheckedChanges:
    """The changes so far that passed the checks, and those that failed."""

    changes: tuple[PassedChange, ...]
    failures: tuple[FailedChange, ...]
