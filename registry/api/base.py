"""What all views of the registry share: the scope that each method needs, and pagination."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from youman.core.accounts import scopes
from youman.core.api.base import ApiView

_WRITES = ("POST", "PUT", "PATCH", "DELETE")


class RegistryView(ApiView):
    """Reading needs `registry:read`, writing `registry:write`; views that move aliases override `write_scope`."""

    write_scope: ClassVar[str] = scopes.REGISTRY_WRITE

    @property
    def scope_by_method(self) -> Mapping[str, str]:
        return {method: self.write_scope if method in _WRITES else scopes.REGISTRY_READ for method in _METHODS}


class PromoteView(RegistryView):
    write_scope = scopes.REGISTRY_PROMOTE


_METHODS = ("GET", "HEAD", "OPTIONS", *_WRITES)
