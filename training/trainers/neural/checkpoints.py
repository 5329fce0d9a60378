"""What a stopped run goes on from: the finished stages, and the one under way with its optimiser, as safetensors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from training.trainers.contract import report, write_whole
from training.trainers.neural.protocols import State
from training.trainers.revision.stages import StageArrays, Stages


@dataclass(slots=True)
class StagePoint:
    """Where a stage stands. ``turn`` steps of the epoch are done; ``best`` are the weights of the least dev loss."""

    title: str
    epoch: int = 0
    turn: int = 0
    step: int = 0
    bad: int = 0
    least: float = float("inf")
    now: State = field(default_factory=dict)
    best: State = field(default_factory=dict)


@dataclass(slots=True)
class CheckpointStore(Stages):
    """`checkpoint-<step>.safetensors`; only the newest stays."""

    point: StagePoint | None = None

    def stage(self, title: str) -> StagePoint:
        """Where this stage stands: at its start, or where the last run was stopped."""
        if self.point is None or self.point.title != title:
            self.point = StagePoint(title)
        return self.point

    def finish(self, title: str, made: Mapping[str, np.ndarray], end: int) -> StageArrays:
        self.done[title], self.point, self.step = dict(made), None, end
        self._keep()
        self._progress()
        return self.done[title]

    def save(self) -> None:
        self._keep()

    def _keep(self) -> None:
        if self.folder is None:
            return
        path = self.folder / f"checkpoint-{self.step}.safetensors"
        write_whole(path, _packed(self.done, self.point))
        report(type="checkpoint", step=self.step, file=path.name)
        for older in self.folder.glob("checkpoint-*.safetensors"):
            if older != path:
                older.unlink(missing_ok=True)


def open_checkpoints(folder: Path, steps: int) -> CheckpointStore:
    """From the newest checkpoint that loads."""
    found = CheckpointStore(folder, steps)
    paths = folder.glob("checkpoint-*.safetensors")
    for path in sorted(paths, key=lambda one: int(one.stem.split("-")[1]), reverse=True):
        try:
            _read(path, found)
        except (OSError, ValueError, KeyError, TypeError, SafetensorError):
            report(type="note", message=f"{path.name} does not load and is passed over")
            continue
        report(type="note", message=f"resumed at step {found.step} of {steps}")
        return found
    found.begin()
    return found


def _packed(done: Mapping[str, StageArrays], point: StagePoint | None) -> bytes:
    flat = {f"done|{title}|{name}": value for title, made in done.items() for name, value in made.items()}
    about: dict[str, object] = {"order": list(done)}
    if point is not None:
        for kind, arrays in (("now", point.now), ("best", point.best)):
            flat |= {f"{kind}||{name}": value for name, value in arrays.items()}
        about |= {name: getattr(point, name) for name in ("title", "epoch", "turn", "step", "bad", "least")}
    whole = {name: np.asarray(value, order="C") for name, value in flat.items()}
    return bytes(save(whole, {"about": json.dumps(about)}))


def _read(path: Path, into: CheckpointStore) -> None:
    done: dict[str, StageArrays] = {}
    parts: dict[str, State] = {"now": {}, "best": {}}
    with safe_open(path, framework="numpy") as file:
        about = json.loads(file.metadata()["about"])
        for key in file.keys():  # noqa: SIM118  # it is no dict
            kind, title, name = key.split("|")
            (done.setdefault(title, {}) if kind == "done" else parts[kind])[name] = file.get_tensor(key)
    into.point = _point(about, parts) if "title" in about else None
    into.done = {title: done[title] for title in about["order"]}
    into.step = int(path.stem.split("-")[1])


def _point(about: Mapping[str, object], parts: Mapping[str, State]) -> StagePoint:
    epoch, turn, step, bad = (int(str(about[name])) for name in ("epoch", "turn", "step", "bad"))
    return StagePoint(
        str(about["title"]), epoch, turn, step, bad, float(str(about["least"])), parts["now"], parts["best"]
    )
