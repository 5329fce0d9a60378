"""Import of a signed archive over HTTP: saved to disk and hashed as it arrives, then imported like `import_model`."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass

from django.conf import settings

from registry.errors import DigestMismatch, StorageFull
from registry.transfer import bundle
from youman.core.accounts.audit import Actor
from youman.core.errors import TooLarge


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """The options of an import: another model's name, or a dry run that only checks."""

    name: str = ""
    dry_run: bool = False


class ArchiveIntake:
    """Receives the bytes of one archive. The file has no name, so that nothing is left of it however this ends."""

    def __init__(self, order: ImportRequest, actor: Actor) -> None:
        self._order, self._actor = order, actor
        self._digest, self._size = hashlib.sha256(), 0
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed by `discard`

    def write(self, data: bytes) -> None:
        """Save and hash the next bytes. Raises TooLarge, StorageFull."""
        self._size += len(data)
        if self._size > settings.ARTIFACT_MAX_MB * 1024 * 1024:
            most = f"{settings.ARTIFACT_MAX_MB:,} MB"
            raise TooLarge(f"An archive sent over HTTP may have at most {most}; use `manage.py import_model`")
        self._digest.update(data)
        try:
            self._file.write(data)
        except OSError as error:
            raise StorageFull("There is no space for the archive; free some on the disk of TMPDIR") from error

    def finish(self, sha256: str = "") -> bundle.ImportedVersion:
        """Check the digest and import the archive. Raises DigestMismatch, and what `bundle.import_version` raises."""
        found = self._digest.hexdigest()
        if sha256 and sha256 != found:
            raise DigestMismatch(f"{self._size} bytes with SHA-256 {found} arrived; {sha256} was announced")
        order = self._order
        self._file.seek(0)
        try:
            return bundle.import_version(file=self._file, actor=self._actor, name=order.name, dry_run=order.dry_run)
        finally:
            self.discard()

    def discard(self) -> None:
        self._file.close()
