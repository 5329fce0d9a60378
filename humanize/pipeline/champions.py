"""Chooses detector and judge: the version of the registered model at its alias `champion`, or else the shipped one.

Every process notices a move of the alias within seconds. The artifact is hashed before it is loaded. If it is damaged,
the shipped model is used, and the log and `manage.py doctor` say why. A text keeps the detector and the judge that
first scored it (`pinned`), so that its scores before and after always come from the same one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from django.db import DatabaseError

from humanize.judging import Judge, JudgeError, Judgement, compare, load_judge, shipped_judge
from humanize.scoring import Detector, DetectorError, load_detector, shipped_detector
from registry import selectors
from registry.artifacts.local_copy import working_copy
from registry.contracts import VersionRef
from registry.models import ModelVersion
from youman.core.errors import NotFound, YoumanError

logger = logging.getLogger(__name__)
ALIAS = "champion"
SECONDS = 2.0  # a query per text would cost more than using the model; a promotion need not be noticed sooner
MOST_LOADED = 4  # the champion, its predecessor, and those of unfinished texts; a few megabytes each


class Versioned(Protocol):
    """Anything with a version that is stored with what it says."""

    @property
    def version(self) -> str: ...


M = TypeVar("M", bound=Versioned)
M_co = TypeVar("M_co", covariant=True)


class ModelGone(Exception):
    """A version that was used before is no longer available; the message says why."""


class Load(Protocol[M_co]):
    """Reads a model from its folder, under another version than the one in its manifest."""

    def __call__(self, folder: Path, *, version: str) -> M_co: ...


@dataclass(slots=True)
class Champion(Generic[M]):
    """The model in use, what this process remembers of it, and when to look it up again.

    `model` is the registered name and `task` what it must do; `load` raises `error` for files that cannot be used. The
    lock keeps two threads from loading the same version at once and from evicting at the same time.
    """

    model: str
    task: str
    shipped: Callable[[], M]
    load: Load[M]
    error: type[Exception]
    until: float = 0.0
    current_model: M | None = None
    why_shipped: str = ""
    loaded: OrderedDict[UUID, M] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def current(self) -> M:
        """Return the model to use now. The registry is consulted again after two seconds."""
        with self.lock:
            if self.current_model is None or time.monotonic() >= self.until:
                found, trouble = self._look_up()
                if trouble and trouble != self.why_shipped:
                    logger.warning("using the shipped %s: %s", self.model, trouble)
                self.current_model, self.why_shipped = found, trouble
                self.until = time.monotonic() + SECONDS
            return self.current_model

    def trouble(self) -> str:
        """Return why the champion is not used, as a sentence; empty if it is used or if there is none."""
        self.current()
        return self.why_shipped

    def pinned(self, version: str) -> M:
        """Return the model with this version, as stored with what it said. Raises ModelGone."""
        shipped = self.shipped()
        if version == shipped.version:
            return shipped
        model, _, number = version.rpartition("/")
        if not model or not number.isascii() or not number.isdigit():
            raise ModelGone(f"the shipped {self.model} {version} was replaced by {shipped.version}")
        with self.lock:
            try:
                return self._load(selectors.version_at(VersionRef(model, int(number))))
            except (YoumanError, self.error) as error:
                raise ModelGone(f"{version} cannot be read: {_reason(error)}") from error

    def pinned_or_current(self, version: str) -> M:
        """Return the model with this version, or the current one if it is gone or `version` is empty."""
        try:
            return self.pinned(version) if version else self.current()
        except ModelGone:
            return self.current()

    def clear_cache(self) -> None:
        """Forget everything, so that the next call looks it up again like a new process; for tests."""
        with self.lock:
            self.until, self.current_model, self.why_shipped = 0.0, None, ""
            self.loaded.clear()

    def _look_up(self) -> tuple[M, str]:
        try:
            champion = selectors.version_by_alias(self.model, ALIAS)
        except (NotFound, DatabaseError):
            return self.shipped(), ""
        try:
            return self._load(champion), ""
        except (YoumanError, self.error) as error:
            return self.shipped(), f"{champion} is not used: {_reason(error)}"

    def _load(self, version: ModelVersion) -> M:
        """Load a version; the caller must hold the lock. Raises `error`, ArtifactDamaged and other YoumanErrors."""
        found = self.loaded.get(version.pk)
        if found is None:
            if version.model.task != self.task:
                raise self.error(f"it is a model for {version.model.task}")
            found = self.load(working_copy(version.pk), version=str(version.ref))
            while len(self.loaded) >= MOST_LOADED:
                self.loaded.popitem(last=False)
            self.loaded[version.pk] = found
        self.loaded.move_to_end(version.pk)
        return found


def _reason(error: Exception) -> str:
    return error.detail if isinstance(error, YoumanError) else str(error)


DETECTOR: Champion[Detector] = Champion("detector", "detect", shipped_detector, load_detector, DetectorError)
JUDGE: Champion[Judge] = Champion("judge", "judge", shipped_judge, load_judge, JudgeError)
ALL: tuple[Champion[Detector] | Champion[Judge], ...] = (DETECTOR, JUDGE)


def judgement_of(before: str, after: str, language: str, version: str = "") -> Judgement | None:
    """Say whether a rewrite reads better, by the judge with this version or the current one; None as in `compare`."""
    return compare(before, after, language=language, judge=JUDGE.pinned_or_current(version))


def clear_cache() -> None:
    """Forget what this process knows of all champions; for tests."""
    for champion in ALL:
        champion.clear_cache()
