"""The one error this engine raises: a pack that does not hold. Never raised while a text is being rewritten."""

from __future__ import annotations


class PackError(ValueError):
    """A rule pack is wrong. The message names the file and the rule."""
