"""Which detector scores: the registry's `detector` at its alias `champion`, the shipped one where there is none.

A move of the alias is seen by every process within seconds. Its artifact is hashed before it is loaded; one that is
damaged is not used: the shipped detector scores, and the log and `manage.py doctor` say why. A text keeps the detector
that first scored it (`pinned_detector`), so that its scores before and after are always of one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from uuid import UUID

from django.db import DatabaseError

from humanize.scoring import Detector, DetectorError, load_detector, shipped_detector
from registry import selectors
from registry.artifacts.local_copy import working_copy
from registry.contracts import VersionRef
from registry.models import ModelVersion
from youman.core.errors import NotFound, YoumanError

logger = logging.getLogger(__name__)
MODEL, ALIAS, TASK = "detector", "champion", "detect"
SECONDS = 2.0  # a query per text would cost more than the scores; a promotion need not be seen sooner
MOST_LOADED = 4  # the champion, the one before, and those that open texts keep; a few megabytes each


class DetectorGone(Exception):
    """The detector that scored a text cannot be had any more; the message says why."""


@dataclass(slots=True)
class _Memory:
    """What this process remembers: the detector in use, until when that holds, and the detectors that it has read.

    The lock keeps two threads from reading the same detector at once, and the eviction below from racing.
    """

    until: float = 0.0
    detector: Detector | None = None
    trouble: str = ""
    loaded: OrderedDict[UUID, Detector] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)


_memory = _Memory()


def current_detector() -> Detector:
    """Return the detector by which new texts are scored; what is known of the registry is at most two seconds old."""
    with _memory.lock:
        if _memory.detector is None or time.monotonic() >= _memory.until:
            detector, trouble = _look_up_champion()
            if trouble and trouble != _memory.trouble:
                logger.warning("the shipped detector scores: %s", trouble)
            _memory.detector, _memory.trouble = detector, trouble
            _memory.until = time.monotonic() + SECONDS
        return _memory.detector


def champion_trouble() -> str:
    """Return why the champion does not score, as a sentence; empty where it does, or where there is none."""
    current_detector()
    return _memory.trouble


def pinned_detector(version: str) -> Detector:
    """Return the detector by the name in its scores. Raises DetectorGone."""
    shipped = shipped_detector()
    if version == shipped.version:
        return shipped
    model, _, number = version.rpartition("/")
    if not model or not number.isascii() or not number.isdigit():
        raise DetectorGone(f"the shipped detector {version} was replaced by {shipped.version}")
    with _memory.lock:
        try:
            return _load(selectors.version_at(VersionRef(model, int(number))))
        except (YoumanError, DetectorError) as error:
            raise DetectorGone(f"{version} cannot be read: {_reason(error)}") from error


def detector_for(version: str) -> Detector:
    """Return the detector by that name, or today's where it is gone or no name is given."""
    try:
        return pinned_detector(version) if version else current_detector()
    except DetectorGone:
        return current_detector()


def clear_cache() -> None:
    """Look everything up anew next time, as a new process would; for the tests."""
    with _memory.lock:
        _memory.until, _memory.detector, _memory.trouble = 0.0, None, ""
        _memory.loaded.clear()


def _look_up_champion() -> tuple[Detector, str]:
    try:
        champion = selectors.version_by_alias(MODEL, ALIAS)
    except (NotFound, DatabaseError):
        return shipped_detector(), ""
    try:
        return _load(champion), ""
    except (YoumanError, DetectorError) as error:
        return shipped_detector(), f"{champion} is not used: {_reason(error)}"


def _load(version: ModelVersion) -> Detector:
    """Call it under the lock. Raises ArtifactDamaged and other YoumanErrors of the registry, and DetectorError."""
    found = _memory.loaded.get(version.pk)
    if found is None:
        if version.model.task != TASK:
            raise DetectorError(f"it is a model for {version.model.task}")
        found = load_detector(working_copy(version.pk), version=str(version.ref))
        while len(_memory.loaded) >= MOST_LOADED:
            _memory.loaded.popitem(last=False)
        _memory.loaded[version.pk] = found
    _memory.loaded.move_to_end(version.pk)
    return found


def _reason(error: Exception) -> str:
    return error.detail if isinstance(error, YoumanError) else str(error)
