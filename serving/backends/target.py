"""What a backend needs to call a deployment: URL, model, key, and what the model supports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

ThinkingControl = Literal["none", "off", "lowest"]
Options = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a model supports, from the catalogue; a deployment may override each field. Sizes are in tokens."""

    context_window: int = 128_000
    max_output: int = 8_192
    takes_temperature: bool = False
    thinking: ThinkingControl = "none"
    thinking_floor: str = "low"
    takes_json_schema: bool = False
    takes_cache_options: bool = False
    has_flex: bool = False
    has_batch: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """`key` never shows in a repr; an empty `base_url` means the vendor's own. `version` is the registry's id."""

    name: str
    backend: str
    model: str
    base_url: str = ""
    key: str = field(default="", repr=False)
    capabilities: Capabilities = Capabilities()
    options: Options = field(default_factory=dict)
    version: UUID | None = None
