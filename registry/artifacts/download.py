"""Downloads of artifacts: streamed with ranges and digests, or by a short-lived link. Every use checks the permission.

A whole download is hashed while it is sent; the last piece is held back until the hash matches, so that a reader of
damaged bytes gets a broken connection and never a file that looks complete.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.core import signing
from django.db import connection

from registry import selectors
from registry.artifacts import storage, verification
from registry.errors import ArtifactDamaged
from registry.models import ModelArtifact
from registry.states import ArtifactState
from youman.core.accounts.access import is_permitted, permission_of
from youman.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from youman.core.http.files import attachment

LINK_SECONDS = 300  # the link needs no API key: long enough to click, too short to pass on
DIRECT_SECONDS = 30  # used only by the redirect that carries it
_SALT = "registry.artifact"
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes from `start` up to, but not including, `end`; `whole` when they are the entire file."""

    start: int
    end: int
    whole: bool


def byte_range_of(header: str, size: int) -> ByteRange | None:
    """Parse a Range header for a file of `size` bytes.

    Returns the entire file without a header, and None for a range that cannot be satisfied.
    """
    found = _RANGE.fullmatch(header.strip()) if header else None
    if found is None or (not found[1] and not found[2]):
        return ByteRange(0, size, whole=True)  # several or malformed ranges: RFC 9110 allows sending everything
    if not found[1]:
        start = max(0, size - int(found[2]))
        return ByteRange(start, size, whole=start == 0) if int(found[2]) else None
    start, end = int(found[1]), min(size, int(found[2]) + 1 if found[2] else size)
    return ByteRange(start, end, whole=(start, end) == (0, size)) if start < min(end, size) else None


def headers_of(artifact: ModelArtifact, span: ByteRange) -> dict[str, str]:
    """Return the headers of a response with these bytes, among them ETag, digests and Content-Range."""
    size = artifact.size or 0
    encoded = base64.b64encode(bytes.fromhex(artifact.sha256)).decode()
    headers = {
        "ETag": etag(artifact),
        "Digest": f"sha-256={encoded}",
        "Repr-Digest": f"sha-256=:{encoded}:",
        "Accept-Ranges": "bytes",
        "Content-Length": str(span.end - span.start),
        "Content-Disposition": attachment(artifact.name),
        "Cache-Control": "private, no-transform",
        "X-Content-Type-Options": "nosniff",
    }
    if not span.whole:
        headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{size}"
    return headers


def etag(artifact: ModelArtifact) -> str:
    return f'"{artifact.sha256}"'


def downloadable_artifact(pk: UUID) -> ModelArtifact:
    """Return an artifact that may be downloaded. Raises NotFound, and Conflict for one that is not live."""
    artifact = selectors.artifact_by_id(pk)
    if artifact.state not in {ArtifactState.LIVE, ArtifactState.MARKED}:
        raise Conflict(f"The artifact is {artifact.state}; only a live one can be downloaded")
    return artifact


def link_to(artifact: ModelArtifact, user: User, path: str) -> str:
    """Return `path` with a token signed for this user, so that the permission is checked again when it is used."""
    token = signing.dumps([str(artifact.pk), user.pk], salt=_SALT)
    return f"{path}?token={token}"


def direct_link(artifact: ModelArtifact) -> str | None:
    """Return a presigned URL that is valid while a redirect needs it, or None if the store cannot make one."""
    return storage.store().link(artifact.key, name=artifact.name, seconds=DIRECT_SECONDS)


def user_of_link(token: str, pk: UUID) -> User:
    """Return the user for whom the link was made, if they may still read. Raises Forbidden, InvalidInput."""
    try:
        artifact, user_id = signing.loads(token, salt=_SALT, max_age=LINK_SECONDS)
    except signing.SignatureExpired as error:
        raise Forbidden("The link has expired; request a new one") from error
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise InvalidInput("The link is not valid; request a new one") from error
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if artifact != str(pk) or user is None or not is_permitted(user, permission_of(ModelArtifact, "view")):
        raise Forbidden("The link is not for this artifact, or its owner may no longer read it")
    return user


async def started(artifact: ModelArtifact, span: ByteRange) -> AsyncIterator[bytes]:
    """Return `stream` after its first piece has been read.

    Raises StoreUnavailable while there is still time to answer with an error.
    """
    pieces = stream(artifact, span)
    try:
        first = await anext(pieces, b"")
    except ArtifactDamaged as error:
        return _Broken(error)
    return _with_first(first, pieces)


class _Broken:
    """A body that breaks off before its first byte, so that what is damaged never looks complete."""

    def __init__(self, error: ArtifactDamaged) -> None:
        self._error = error

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        raise self._error


async def _with_first(first: bytes, rest: AsyncGenerator[bytes]) -> AsyncIterator[bytes]:
    try:
        yield first
        async for piece in rest:
            yield piece
    finally:
        await rest.aclose()


async def stream(artifact: ModelArtifact, span: ByteRange) -> AsyncGenerator[bytes]:
    """Yield the bytes of the span. Raises ArtifactDamaged before the last piece of a whole download that is damaged."""
    file = await asyncio.to_thread(_opened, artifact, span.start)
    digest, left, held = hashlib.sha256(), span.end - span.start, b""
    try:
        while left:
            data = await asyncio.to_thread(file.read, min(storage.CHUNK, left))
            if not data:
                break
            left -= len(data)
            if span.whole:
                await asyncio.to_thread(digest.update, data)
            if held:
                yield held
            held = data
        if left or (span.whole and digest.hexdigest() != artifact.sha256):
            await sync_to_async(_note_damage)(artifact)
            raise ArtifactDamaged(f"{artifact.name} differs from what was stored; the download was cut off")
        yield held
    finally:
        await asyncio.to_thread(file.close)


def _opened(artifact: ModelArtifact, start: int) -> BinaryIO:
    try:
        file = storage.store().open(artifact.key)
    except NotFound as error:
        raise ArtifactDamaged(f"{artifact.name} is missing; restore it from a backup") from error
    file.seek(start)
    return file


def _note_damage(artifact: ModelArtifact) -> None:
    try:
        verification.note_damage(artifact=artifact)
    finally:
        if not connection.in_atomic_block:
            connection.close()
