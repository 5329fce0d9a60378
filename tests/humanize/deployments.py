"""Deployments that call the wire-protocol server on 127.0.0.1, and a model of a kind that edits as it was asked to."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from serving.gateway import snapshot
from serving.models import Deployment, ProviderModel
from serving.states import DeploymentState
from tests.vendors import Seen, VendorServer
from tests.waiting import join

MODELS = {
    "small": ("openai", "gpt-6-luna", "small"),
    "large": ("anthropic", "claude-opus-4-8", "large"),
    "third": ("google", "gemini-2.5-flash", "small"),
}
_LINE = re.compile(r"^\[(\d+)\] (.*)$", re.M)
_SWAPS = (
    ("It is important to note that the", "The"),
    ("in order to", "to"),
    ("leverage", "use"),
    ("Furthermore, the", "The"),
    ("plays a pivotal role in", "matters in"),
)


def deployment(kind: str, url: str = "", *, name: str = "", **options: object) -> Deployment:
    """An active deployment of a model of the catalogue, called at `url`."""
    provider, model_id, size = MODELS[kind]
    model = ProviderModel.objects.get_or_create(
        provider=provider,
        model_id=model_id,
        defaults={"name": model_id, "size": size, "context_window": 200_000, "max_output": 32_000},
    )[0]
    ProviderModel.objects.filter(pk=model.pk).update(size=size)
    given = {"backend": provider, "endpoint": url, "tier_floor": "BASIC"} | options
    made = Deployment.objects.create(
        name=name or kind, kind="llm", provider_model=model, state=DeploymentState.ACTIVE, **given
    )
    snapshot.clear_cache()
    return made


@dataclass
class Engines:
    """`small` is tried before `large` by a BASIC writer with a simple text."""

    server: VendorServer

    def add(self, kind: str, *, name: str = "", **options: object) -> Deployment:
        return deployment(kind, self.server.url(MODELS[kind][0]), name=name, **options)

    def add_own(self, name: str, backend: str = "rules") -> Deployment:
        """A model of our own: in process, text to replacements, no vendor."""
        made = Deployment.objects.create(
            name=name, kind="model", backend=backend, tier_floor="PROFESSIONAL", state=DeploymentState.ACTIVE
        )
        snapshot.clear_cache()
        return made

    def remove(self, name: str) -> None:
        Deployment.objects.filter(name=name).update(state=DeploymentState.RETIRED)
        snapshot.clear_cache()

    @property
    def asked(self) -> list[str]:
        """The vendors in the order in which they were asked."""
        return [seen.vendor for seen in self.server.seen]


def edited(seen: Seen) -> str:
    """What a good model answers to our prompt."""
    return answer_with(lambda line: swapped(line))(seen)


def opinions(*differences: list[dict[str, str]]) -> str:
    """The answer of an honest checker: these differences of each pair, and that of the control behind them."""
    control = [{"kind": "other", "original": "at seven", "rewrite": "at nine"}]
    found = [*differences, control]
    return json.dumps({"pairs": [{"n": number, "differences": one} for number, one in enumerate(found, 1)]})


def answer_with(change: Callable[[str], str], difference: tuple[str, str] | None = None) -> Callable[[Seen], str]:
    """A model that answers with each numbered line that `change` changes.

    Asked for a second opinion it names `difference`, the words of both sides, in each pair; none where it is None.
    """
    named = [{"kind": "wording", "original": difference[0], "rewrite": difference[1]}] if difference else []

    def answer(seen: Seen) -> str:
        if pairs := len(re.findall(r"^<original-\d+-\w+>$", seen.prompt, re.M)):
            return opinions(*([named] * (pairs - 1)))
        if paragraphs := list(_paragraphs(seen)):
            return "\n".join([*_recast(paragraphs, change), "END"])
        lines = [f"[{number} c] {change(text)}" for number, text in numbered(seen) if change(text) != text]
        return "\n".join([*(lines or ["NONE"]), "END"])

    return answer


def _paragraphs(seen: Seen) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The heads of the shown paragraphs, such as ¶2, and their numbered lines; nothing in a question by sentences."""
    for part in _inside(seen).split("\n\n"):
        if part.startswith("¶"):
            yield part.split()[0], _LINE.findall(part)


def _recast(paragraphs: list[tuple[str, list[tuple[str, str]]]], change: Callable[[str], str]) -> list[str]:
    found = []
    for head, lines in paragraphs:
        if any(change(text) != text for _, text in lines):
            found += [f"{head} c", *(f"[{n}] {'=' if change(text) == text else change(text)}" for n, text in lines)]
    return found or ["NONE"]


def _inside(seen: Seen) -> str:
    inside = re.search(r"<text-(\w+)>\n(.*?)\n</text-\1>", seen.prompt, re.S)
    assert inside is not None
    return inside[2]


def numbered(seen: Seen) -> Iterator[tuple[int, str]]:
    for number, text in _LINE.findall(_inside(seen)):
        yield int(number), text


def swapped(line: str) -> str:
    for before, after in _SWAPS:
        line = line.replace(before, after)
    return line


def join_calls() -> None:
    """Wait for the threads of calls that nobody waits for any more, such as the slower half of a hedged pair."""
    join(*(thread for thread in threading.enumerate() if thread.name.startswith(("ask-", "rewrite"))))
