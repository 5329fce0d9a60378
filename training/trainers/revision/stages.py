"""The stages of a fit, each kept once it is done: a run that is stopped goes on, to the same result."""

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
    """Keeps all finished stages in one file, `checkpoint-<step>.npz`. Without a folder nothing is kept or told."""

    folder: Path | None = None
    steps: int = 0
    step: int = 0
    done: dict[str, StageArrays] = field(default_factory=dict)

    def fit_linear(
        self, title: str, rounds: int, make: Callable[[Callable[[int, float], None]], Mapping[str, NDArray[np.generic]]]
    ) -> StageArrays:
        start = self.step

        def told(number: int, loss: float) -> None:
            self.step = start + number
            self._progress()
            if self.folder:
                report(type="metric", key=f"{title}/loss", step=self.step, value=round(loss, 6))

        return self._stage(title, start + rounds, lambda: make(told))

    def grow_trees(
        self, title: str, trees: int, make: Callable[[Callable[[int], None]], Mapping[str, NDArray[np.generic]]]
    ) -> StageArrays:
        start = self.step

        def told(number: int) -> None:
            self.step = start + number
            self._progress()

        return self._stage(title, start + trees, lambda: make(told))

    def run_step(self, title: str, make: Callable[[], NDArray[np.generic]]) -> NDArray[np.generic]:
        """A stage of one step and one array."""
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
        """A checkpoint from the start: whoever is stopped early has kept all there was."""
        self._keep()


def resume_stages(folder: Path, steps: int) -> Stages:
    """From the newest checkpoint that loads."""
    stages = Stages(folder, steps)
    files = sorted(folder.glob("checkpoint-*.npz"), key=lambda path: int(path.stem.split("-")[1]), reverse=True)
    for path in files:
        try:
            stages.done = _read(path)
        except (OSError, ValueError, KeyError):
            report(type="note", message=f"{path.name} does not load and is passed over")
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
