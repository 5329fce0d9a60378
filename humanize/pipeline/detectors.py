"""Chooses the detector: the version of the registered model `detector` at its alias `champion`, else the shipped one.

Every process notices a move of the alias within seconds. The artifact is hashed before it is loaded. If it is damaged,
the shipped detector is used, and the log and `manage.py doctor` say why. A text keeps the detector that first scored it
(`pinned_detector`), so that its scores before and after always come from the same one.
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
SECONDS = 2.0  # a query per text would cost more than scoring; a promotion need not be noticed sooner
MOST_LOADED = 4  # the champion, its predecessor, and those of unfinished texts; a few megabytes each


class DetectorGone(Exception):
    """The detector that scored a text is no longer available; the message says why."""


@dataclass(slots=True)
class _Memory:
    """What this process remembers: the current detector, when to look it up again, and the detectors it has loaded.

    The lock keeps two threads from loading the same detector at once and from evicting at the same time.
    """

    until: float = 0.0
    detector: Detector | None = None
    trouble: str = ""
    loaded: OrderedDict[UUID, Detector] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)


_memory = _Memory()


def current_detector() -> Detector:
    """Return the detector that scores new texts. The registry is consulted again after two seconds."""
    with _memory.lock:
        if _memory.detector is None or time.monotonic() >= _memory.until:
            detector, trouble = _look_up_champion()
            if trouble and trouble != _memory.trouble:
                logger.warning("using the shipped detector: %s", trouble)
            _memory.detector, _memory.trouble = detector, trouble
            _memory.until = time.monotonic() + SECONDS
        return _memory.detector


def champion_trouble() -> str:
    """Return why the champion is not used, as a sentence; empty if it is used or if there is none."""
    current_detector()
    return _memory.trouble


def pinned_detector(version: str) -> Detector:
    """Return the detector with this version, as stored with its scores. Raises DetectorGone."""
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
    """Return the detector with this version, or the current one if it is gone or `version` is empty."""
    try:
        return pinned_detector(version) if version else current_detector()
    except DetectorGone:
        return current_detector()


def clear_cache() -> None:
    """Forget everything, so that the next call looks it up again like a new process; for tests."""
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
    """Load a detector; the caller must hold the lock. Raises DetectorError, ArtifactDamaged and other YoumanErrors."""
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
