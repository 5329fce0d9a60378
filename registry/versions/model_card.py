"""The model card, built from the rows, and as Markdown with the front matter that Hugging Face reads.

The front matter consists of JSON values, which are valid YAML, so that no name can break it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from registry import selectors
from registry.contracts import Metric
from registry.models import ModelArtifact, ModelVersion
from registry.models.versions import Task
from registry.validation import metrics_from

_PIPELINE = {Task.HUMANIZE: "text2text-generation", Task.DETECT: "text-classification", Task.JUDGE: "text-ranking"}
_MISSING = "Not documented yet."
_SECTIONS = (
    ("purpose", "Purpose"),
    ("data", "Data"),
    ("consent", "Consent"),
    ("training", "Training"),
    ("limits", "Known limits"),
    ("cost", "Cost"),
)


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the card, as Markdown."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Everything that the page and the Markdown show."""

    name: str
    version: ModelVersion
    sections: tuple[Section, ...]
    metrics: tuple[Metric, ...]
    artifacts: tuple[ModelArtifact, ...]
    aliases: tuple[str, ...]
    parents: tuple[str, ...]

    @property
    def size(self) -> int:
        """Total size in bytes; identical content counts once."""
        return sum({one.sha256: one.size or 0 for one in self.artifacts}.values())


def card_of(version: ModelVersion) -> ModelCard:
    """Build the card of a version; sections that nobody wrote are filled from the rows."""
    parents = version.parent_links.select_related("parent__model")
    return ModelCard(
        name=str(version),
        version=version,
        sections=tuple(_sections(version)),
        metrics=metrics_from(version.metrics),
        artifacts=tuple(selectors.live_artifacts(version)),
        aliases=tuple(version.aliases.order_by("name").values_list("name", flat=True)),
        parents=tuple(str(link.parent) for link in parents),
    )


def _sections(version: ModelVersion) -> Iterator[Section]:
    defaults = {"purpose": version.model.description, "data": _data(version), "training": _training(version)}
    for key, title in _SECTIONS:
        yield Section(title, version.card.get(key) or defaults.get(key) or _MISSING)


def _data(version: ModelVersion) -> str:
    lines = [f"Dataset {version.dataset_hash}."] if version.dataset_hash else []
    lines += [f"{one.kind.capitalize()}: {one.label or one.reference}." for one in version.references.all()]
    return " ".join(lines)


def _training(version: ModelVersion) -> str:
    if not version.config:
        return ""
    return f"Configuration: `{json.dumps(version.config, ensure_ascii=False, sort_keys=True)}`"


def as_markdown(card: ModelCard) -> str:
    """Render the card as Markdown with YAML front matter."""
    return "\n".join(["---", *_front_matter(card), "---", "", *_body(card)]) + "\n"


def _front_matter(card: ModelCard) -> Iterator[str]:
    version = card.version
    yield _pair("license", version.card.get("license") or "other")
    yield _pair("language", (version.card.get("language") or "en").replace(",", " ").split())
    if version.model.framework:
        yield _pair("library_name", version.model.framework)
    yield _pair("pipeline_tag", _PIPELINE.get(Task(version.model.task), "other"))
    yield _pair("tags", ["youman", *version.tag_list])
    if card.parents:
        yield _pair("base_model", list(card.parents))
    if version.dataset_hash:
        yield _pair("datasets", [version.dataset_hash])
    if card.metrics:
        yield _pair("model-index", [{"name": card.name, "results": [_result(card)]}])


def _result(card: ModelCard) -> dict[str, object]:
    dataset = {"name": card.version.dataset_hash or "held-out texts", "type": card.version.dataset_hash or "private"}
    task = {"type": _PIPELINE.get(Task(card.version.model.task), "other")}
    metrics = [{"type": one.name, "value": one.value, "name": one.name} for one in card.metrics]
    return {"task": task, "dataset": dataset, "metrics": metrics}


def _pair(key: str, value: object) -> str:
    return f"{key}: {json.dumps(value, ensure_ascii=False)}"


def _body(card: ModelCard) -> Iterator[str]:
    version = card.version
    yield f"# {card.name}"
    yield ""
    facts = [version.model.task, version.model.framework, version.model.architecture, version.get_state_display()]
    yield " · ".join(one for one in facts if one) + f" · created {version.created_at:%Y-%m-%d} by {version.created_by}"
    if card.aliases:
        yield f"\nAliases: {', '.join(card.aliases)}"
    if card.parents:
        yield f"\nTrained from: {', '.join(card.parents)}"
    for section in card.sections:
        yield f"\n## {section.title}\n\n{section.text}"
    yield "\n## Metrics\n"
    yield from _metrics(card.metrics)
    yield "\n## Files\n"
    yield "| file | type | format | bytes | SHA-256 |\n|---|---|---|---:|---|"
    yield from (f"| {a.name} | {a.type} | {a.format} | {a.size:,} | `{a.sha256}` |" for a in card.artifacts)
    yield f"\nTotal: {card.size:,} bytes."


def _metrics(metrics: tuple[Metric, ...]) -> Iterator[str]:
    if not metrics:
        yield _MISSING
        return
    yield "| metric | value | interval | cases |\n|---|---:|---|---:|"
    for one in metrics:
        span = f"{one.low:g} to {one.high:g}" if one.low is not None and one.high is not None else "–"
        yield f"| {one.name} | {one.value:g} | {span} | {one.n if one.n is not None else '–'} |"
