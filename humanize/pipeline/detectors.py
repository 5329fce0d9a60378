"""Which detector scores: the registry's `detector` at its alias `champion`, the shipped weights where there is none.

A move of the alias is seen by every process within seconds. Its artifact is hashed before it is loaded; one that is
damaged is not used: the shipped weights score, the log and `manage.py doctor` say why. A text keeps the detector that
first scored it (`pinned`), so that its scores before and after are always of one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from uuid import UUID

from django.db import DatabaseError

from humanize.scoring import Weights, WeightsError, from_folder, shipped
from registry import selectors
from registry.artifacts.local_copy import working_copy
from registry.contracts import VersionRef
from registry.models import ModelVersion
from youman.core.errors import NotFound, YoumanError

logger = logging.getLogger(__name__)
MODEL, ALIAS, TASK = "detector", "champion", "detect"
SECONDS = 2.0
MOST_KEPT = 4


class DetectorGone(Exception):
    """The detector that scored a text cannot be had any more; the text says why."""


@dataclass(slots=True)
class _Memory:
    """Of this process: what is in use, until when that is taken to be true, and the weights that were read."""

    until: float = 0.0
    weights: Weights | None = None
    trouble: str = ""
    loaded: OrderedDict[UUID, Weights] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)


_memory = _Memory()


def current() -> Weights:
    """What new texts are scored by; at most two seconds old."""
    with _memory.lock:
        if _memory.weights is None or time.monotonic() >= _memory.until:
            weights, trouble = _look()
            if trouble and trouble != _memory.trouble:
                logger.warning("the shipped detector scores: %s", trouble)
            _memory.weights, _memory.trouble = weights, trouble
            _memory.until = time.monotonic() + SECONDS
        return _memory.weights


def trouble() -> str:
    """Why the champion does not score, as a sentence; empty where it does, or where there is none."""
    current()
    return _memory.trouble


def pinned(version: str) -> Weights:
    """The detector by the name in its scores. Raises DetectorGone."""
    if version == shipped().version:
        return shipped()
    model, _, number = version.rpartition("/")
    if not model or not number.isascii() or not number.isdigit():
        raise DetectorGone(f"the shipped detector {version} was replaced by {shipped().version}")
    with _memory.lock:
        try:
            return _weights(selectors.version_at(VersionRef(model, int(number))))
        except (YoumanError, WeightsError) as error:
            raise DetectorGone(f"{version} cannot be read: {_said(error)}") from error


def of(version: str) -> Weights:
    """The detector by that name, today's where it is gone or there is none: for what stands alone."""
    try:
        return pinned(version) if version else current()
    except DetectorGone:
        return current()


def clear_cache() -> None:
    """Look anew next time; the tests' clean slate."""
    with _memory.lock:
        _memory.until, _memory.weights, _memory.trouble = 0.0, None, ""
        _memory.loaded.clear()


def _look() -> tuple[Weights, str]:
    try:
        champion = selectors.version_by_alias(MODEL, ALIAS)
    except (NotFound, DatabaseError):
        return shipped(), ""
    try:
        return _weights(champion), ""
    except (YoumanError, WeightsError) as error:
        return shipped(), f"{champion} is not used: {_said(error)}"


def _weights(version: ModelVersion) -> Weights:
    """Raises ArtifactDamaged and other YoumanErrors of the registry, WeightsError. Under the lock."""
    found = _memory.loaded.get(version.pk)
    if found is None:
        if version.model.task != TASK:
            raise WeightsError(f"it is a model for {version.model.task}")
        found = from_folder(working_copy(version.pk), version=str(version.ref))
        while len(_memory.loaded) >= MOST_KEPT:
            _memory.loaded.popitem(last=False)
        _memory.loaded[version.pk] = found
    _memory.loaded.move_to_end(version.pk)
    return found


def _said(error: Exception) -> str:
    return error.detail if isinstance(error, YoumanError) else str(error)
