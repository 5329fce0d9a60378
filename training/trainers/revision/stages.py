"""The stages of a fit. Each is saved when it is finished, so that a stopped run continues to the same result."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.trainers.contract import report, write_whole

StageArrays = dict[str, NDArray[np.generic]]


@dataclass(slots=True)
class Stages:
    """Saves all finished stages in one file, `checkpoint-<step>.npz`. Without a folder it neither saves nor reports."""

    folder: Path | None = None
    steps: int = 0
    step: int = 0
    done: dict[str, StageArrays] = field(default_factory=dict)

    def fit_linear(
        self, title: str, rounds: int, make: Callable[[Callable[[int, float], None]], Mapping[str, NDArray[np.generic]]]
    ) -> StageArrays:
        """Fit a linear scorer. `make` gets a callback for the round and the loss, and returns the arrays."""
        start = self.step

        def on_round(number: int, loss: float) -> None:
            self.step = start + number
            self._progress()
            if self.folder:
                report(type="metric", key=f"{title}/loss", step=self.step, value=round(loss, 6))

        return self._stage(title, start + rounds, lambda: make(on_round))

    def grow_trees(
        self, title: str, trees: int, make: Callable[[Callable[[int], None]], Mapping[str, NDArray[np.generic]]]
    ) -> StageArrays:
        """Grow a forest. `make` gets a callback for the number of trees, and returns the arrays."""
        start = self.step

        def on_progress(number: int) -> None:
            self.step = start + number
            self._progress()

        return self._stage(title, start + trees, lambda: make(on_progress))

    def run_step(self, title: str, make: Callable[[], NDArray[np.generic]]) -> NDArray[np.generic]:
        """Run a stage that consists of one step and returns one array."""
        return self._stage(title, self.step + 1, lambda: {"values": make()})["values"]

    def _stage(self, title: str, end: int, make: Callable[[], Mapping[str, NDArray[np.generic]]]) -> StageArrays:
        if title not in self.done:
            self.done[title] = dict(make())
            self.step = end
            self._keep()
        self.step = end
        self._progress()
        return self.done[title]

    def _progress(self) -> None:
        if self.folder:
            report(type="progress", epoch=1, epochs=1, step=self.step, steps=self.steps)

    def _keep(self) -> None:
        if self.folder is None:
            return
        target = io.BytesIO()
        flat = {f"{title}|{name}": value for title, made in self.done.items() for name, value in made.items()}
        np.savez(target, allow_pickle=False, **flat)
        path = self.folder / f"checkpoint-{self.step}.npz"
        write_whole(path, target.getvalue())
        report(type="checkpoint", step=self.step, file=path.name)
        for older in self.folder.glob("checkpoint-*.npz"):
            if older != path:
                older.unlink(missing_ok=True)

    def begin(self) -> None:
        """Save a checkpoint at the start, so that a run that is stopped early has one."""
        self._keep()


def resume_stages(folder: Path, steps: int) -> Stages:
    """Return the stages of the newest checkpoint that can be loaded, or new ones."""
    stages = Stages(folder, steps)
    files = sorted(folder.glob("checkpoint-*.npz"), key=lambda path: int(path.stem.split("-")[1]), reverse=True)
    for path in files:
        try:
            stages.done = _read(path)
        except (OSError, ValueError, KeyError):
            report(type="note", message=f"{path.name} cannot be loaded and is skipped")
            continue
        report(type="note", message=f"resumed after {', '.join(stages.done) or 'the start'}")
        return stages
    stages.begin()
    return stages


def _read(path: Path) -> dict[str, StageArrays]:
    done: dict[str, StageArrays] = {}
    with np.load(path, allow_pickle=False) as arrays:
        for key in arrays.files:
            title, name = key.split("|")
            done.setdefault(title, {})[name] = arrays[key]
    return done
