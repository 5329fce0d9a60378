"""The checkpoints from which a stopped run continues: the finished stages, and the current one with its optimiser.

They are stored as safetensors.
"""

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

_COUNTERS = ("epoch", "turn", "step", "epochs_without_gain")


@dataclass(slots=True)
class StagePoint:
    """The progress of a stage.

    ``turn`` steps of the epoch are done. ``current`` is the state of the learner; ``best`` are the weights with the
    lowest dev loss, ``best_loss``.
    """

    title: str
    epoch: int = 0
    turn: int = 0
    step: int = 0
    epochs_without_gain: int = 0
    best_loss: float = float("inf")
    current: State = field(default_factory=dict)
    best: State = field(default_factory=dict)


@dataclass(slots=True)
class CheckpointStore(Stages):
    """Saves `checkpoint-<step>.safetensors`; only the newest file is kept."""

    point: StagePoint | None = None

    def stage(self, title: str) -> StagePoint:
        """Return the progress of a stage: at its start, or where the last run was stopped."""
        if self.point is None or self.point.title != title:
            self.point = StagePoint(title)
        return self.point

    def finish(self, title: str, arrays: Mapping[str, np.ndarray], end: int) -> StageArrays:
        """Save the result of a stage, which ends at the step `end`."""
        self.done[title], self.point, self.step = dict(arrays), None, end
        self._keep()
        self._progress()
        return self.done[title]

    def save(self) -> None:
        self._keep()

    def _keep(self) -> None:
        if self.folder is None:
            return
        path = self.folder / f"checkpoint-{self.step}.safetensors"
        write_whole(path, _serialised(self.done, self.point))
        report(type="checkpoint", step=self.step, file=path.name)
        for older in self.folder.glob("checkpoint-*.safetensors"):
            if older != path:
                older.unlink(missing_ok=True)


def open_checkpoints(folder: Path, steps: int) -> CheckpointStore:
    """Return the store with the newest checkpoint that can be loaded, or an empty one."""
    store = CheckpointStore(folder, steps)
    paths = folder.glob("checkpoint-*.safetensors")
    for path in sorted(paths, key=lambda path: int(path.stem.split("-")[1]), reverse=True):
        try:
            _read(path, store)
        except (OSError, ValueError, KeyError, TypeError, SafetensorError):
            report(type="note", message=f"{path.name} cannot be loaded and is skipped")
            continue
        report(type="note", message=f"resumed at step {store.step} of {steps}")
        return store
    store.begin()
    return store


def _serialised(done: Mapping[str, StageArrays], point: StagePoint | None) -> bytes:
    flat = {f"done|{title}|{name}": value for title, arrays in done.items() for name, value in arrays.items()}
    about: dict[str, object] = {"order": list(done)}
    if point is not None:
        for kind, arrays in (("current", point.current), ("best", point.best)):
            flat |= {f"{kind}||{name}": value for name, value in arrays.items()}
        about |= {name: getattr(point, name) for name in ("title", *_COUNTERS, "best_loss")}
    whole = {name: np.asarray(value, order="C") for name, value in flat.items()}
    return bytes(save(whole, {"about": json.dumps(about)}))


def _read(path: Path, into: CheckpointStore) -> None:
    done: dict[str, StageArrays] = {}
    parts: dict[str, State] = {"current": {}, "best": {}}
    with safe_open(path, framework="numpy") as file:
        about = json.loads(file.metadata()["about"])
        for key in file.keys():  # noqa: SIM118  # the file is not a dict
            kind, title, name = key.split("|")
            (done.setdefault(title, {}) if kind == "done" else parts[kind])[name] = file.get_tensor(key)
    into.point = _point(about, parts) if "title" in about else None
    into.done = {title: done[title] for title in about["order"]}
    into.step = int(path.stem.split("-")[1])


def _point(about: Mapping[str, object], parts: Mapping[str, State]) -> StagePoint:
    counters = {name: int(str(about[name])) for name in _COUNTERS}
    best_loss = float(str(about["best_loss"]))
    return StagePoint(
        str(about["title"]), **counters, best_loss=best_loss, current=parts["current"], best=parts["best"]
    )
