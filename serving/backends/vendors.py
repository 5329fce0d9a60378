"""All kinds of backend: the list of those that `serving` ships, and those that the settings name.

A new vendor is a folder next to this module, a line in SHIPPED, and its SDK among the dependencies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from serving.backends.anthropic.descriptor import ANTHROPIC
from serving.backends.descriptor import COMMON_OPTIONS, BackendDescriptor
from serving.backends.google.descriptor import GOOGLE
from serving.backends.openai.descriptor import OPENAI
from serving.backends.openai_compatible.descriptor import OPENAI_COMPATIBLE
from serving.backends.recorded.descriptor import RECORDED
from serving.errors import UnknownDeployment

SHIPPED: tuple[BackendDescriptor, ...] = (OPENAI, ANTHROPIC, GOOGLE, OPENAI_COMPATIBLE, RECORDED)


def descriptors() -> Mapping[str, BackendDescriptor]:
    """Return all backends of this installation by name: SHIPPED, and those of `REWRITE_BACKENDS` by dotted path."""
    return descriptors_with(tuple(settings.REWRITE_BACKENDS))


@lru_cache(maxsize=8)
def descriptors_with(more: tuple[str, ...]) -> Mapping[str, BackendDescriptor]:
    """Return SHIPPED and `more` by name; a later one replaces an earlier one. The settings themselves use this."""
    return {one.name: one for one in (*SHIPPED, *map(import_string, more))}


def key_variables(more: Iterable[str]) -> Mapping[str, str]:
    """Return the environment variable of each vendor's key, by the vendor's name."""
    return {one.name: one.key_variable for one in descriptors_with(tuple(more)).values() if one.needs_key}


def descriptor_of(backend: str) -> BackendDescriptor:
    """Return a backend's descriptor. Raises UnknownDeployment, which lists the known ones."""
    found = descriptors().get(backend)
    if found is None:
        raise UnknownDeployment(f"There is no backend {backend!r}; use one of {', '.join(descriptors())}")
    return found


def needs_key(backend: str) -> bool:
    """Return whether a backend needs a key. An unknown one does, so that it is not called without."""
    found = descriptors().get(backend)
    return found is None or found.needs_key


def has_batches(backend: str) -> bool:
    """Return whether a backend supports batches; an unknown one does not."""
    found = descriptors().get(backend)
    return found is not None and found.has_batches


def backend_for_task(task: str) -> str:
    """Return the backend that runs registered versions of a task, or "" when none does."""
    return next((one.name for one in descriptors().values() if one.task == task), "")


def choices() -> list[tuple[str, str]]:
    """Return the choices of a form: each name with what the backend calls."""
    return [(one.name, f"{one.label}: {one.asks}") for one in descriptors().values()]


def options_of(backend: str) -> tuple[str, ...]:
    """Return the options that a deployment may have. Raises UnknownDeployment."""
    return (*descriptor_of(backend).options, *COMMON_OPTIONS)
