"""Every kind of backend: the one list of those that `serving` brings, and those that the settings name.

A new vendor is a folder beside this module, a line in SHIPPED, and its SDK among the dependencies.
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
    """All of this installation by name: SHIPPED, and what `REWRITE_BACKENDS` names by dotted path."""
    return described(tuple(settings.REWRITE_BACKENDS))


@lru_cache(maxsize=8)
def described(more: tuple[str, ...]) -> Mapping[str, BackendDescriptor]:
    """Needs no settings: these are made with it. A later one replaces an earlier one of its name."""
    return {one.name: one for one in (*SHIPPED, *map(import_string, more))}


def key_variables(more: Iterable[str]) -> Mapping[str, str]:
    """The environment variable of each vendor's key, by the vendor's name."""
    return {one.name: one.key_variable for one in described(tuple(more)).values() if one.needs_key}


def descriptor_of(backend: str) -> BackendDescriptor:
    """Raises UnknownDeployment that names those there are."""
    found = descriptors().get(backend)
    if found is None:
        raise UnknownDeployment(f"There is no backend {backend!r}; use one of {', '.join(descriptors())}")
    return found


def needs_key(backend: str) -> bool:
    """True also for a backend that nobody knows: it is not called without a key."""
    found = descriptors().get(backend)
    return found is None or found.needs_key


def has_batches(backend: str) -> bool:
    found = descriptors().get(backend)
    return found is not None and found.has_batches


def backend_for_task(task: str) -> str:
    """What runs the registry's versions of a task; empty where nothing does."""
    return next((one.name for one in descriptors().values() if one.task == task), "")


def choices() -> list[tuple[str, str]]:
    """For a form: the name with what it asks."""
    return [(one.name, f"{one.label}: {one.asks}") for one in descriptors().values()]


def options_of(backend: str) -> tuple[str, ...]:
    """What a deployment's options may hold. Raises UnknownDeployment."""
    return (*descriptor_of(backend).options, *COMMON_OPTIONS)
