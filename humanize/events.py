"""Events of rewriting; see `docs/events.md`. They never contain words of a text, its title or a dictionary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

from youman.core.events.event_types import About, Event, declare


@declare
@dataclass(frozen=True, slots=True)
class TransformationCompleted(Event):
    """A text has been rewritten and its result can be read; this covers short and long texts and those in a batch."""

    type: ClassVar[str] = "transformation.completed"
    transformation_id: Annotated[UUID, About("Id of the transformation", "01936c60-1b2c-7d3e-9f40-516273849506")]
    document_id: Annotated[UUID, About("Id of the document", "01936c60-1b2c-7d3e-9f40-0a1b2c3d4e5f")]
    account_id: Annotated[int, About("Id of the writer's account", 7)]
    words: Annotated[int, About("Number of words in the source", 1_250)]
    edits: Annotated[int, About("Number of proposed edits", 42)]
    language: Annotated[str, About("Detected language of the text", "en")]
    service_tier: Annotated[str, About("standard, flex or batch", "standard")]
