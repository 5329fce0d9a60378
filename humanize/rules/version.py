"""The version of the rules: a hash of the packs and of the engine's own files."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def rules_version() -> str:
    """Return 12 hexadecimal digits that change whenever a pack or the engine changes."""
    digest = hashlib.sha256()
    code = (path for path in HERE.glob("*/*.py") if path.parent.name != "authoring")
    packs = (path for path in HERE.glob("packs/**/*") if path.is_file())
    for path in sorted([*HERE.glob("*.py"), *code, *packs]):
        digest.update(path.relative_to(HERE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
