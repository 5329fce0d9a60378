"""What a backend must know to call a deployment: where, whom, with which key, and what the model can take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

ThinkingControl = Literal["none", "off", "lowest"]
Options = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Per model, from the catalogue; a deployment may override each."""

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
    """`key` never shows in a repr; `base_url` empty means the vendor's own address. `version`: of the registry."""

    name: str
    backend: str
    model: str
    base_url: str = ""
    key: str = field(default="", repr=False)
    capabilities: Capabilities = Capabilities()
    options: Options = field(default_factory=dict)
    version: UUID | None = None
