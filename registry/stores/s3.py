"""Artifacts in an S3 bucket: multipart uploads with a bounded buffer, ranged reads that resume after a failure.

django-storages holds the bucket and the credentials and signs links; boto3's client does what it cannot: multipart
uploads without a copy on disk. An unfinished upload is never visible: S3 shows an object only when it is completed.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError

from registry.errors import StorageFull, StoreUnavailable
from registry.stores import deadline
from registry.stores.deadline import Watch
from youman.core.errors import NotFound
from youman.core.http.files import attachment

if TYPE_CHECKING:
    from socket import socket
    from types import TracebackType

_MIB = 1024 * 1024
_PART = 8 * _MIB
_BIG_PART = 64 * _MIB  # after 500 parts, so that 10,000 parts hold 600 GB
_READ_TRIES = 4  # a broken stream is resumed where it broke; after four failures in a row the store is down
OPERATION_S = 15.0  # with all tries: less than a person or a proxy waits for an answer
_UPLOAD_BYTES_PER_S = _MIB  # added for the bytes of a part, so that a slow line is not taken for a store that hangs
_COMPLETE_SHARE = 2.0  # joining thousands of parts takes a store its time, in which it may say nothing
_CLEANUP_SHARE = 1 / 3  # nobody waits for it, and `tidy` does it again
# For servers other than Amazon's: many reject the checksums that boto3 appends; all of them check the signed SHA-256.
_COMPATIBLE: dict[str, Any] = {
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
    "s3": {"addressing_style": "path", "payload_signing_enabled": True},
}
_ABSENT = {"404", "NoSuchKey", "NotFound"}
_FULL = {"QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "507"}


class S3Store:
    """`endpoint_url` names a server other than Amazon's; `options` go to django-storages, such as `region_name`.

    `timeout_s` is how long the server may be silent in one try, `operation_s` how long an operation may take with all
    of its tries; a second is added for each MiB that it sends.
    """

    def __init__(
        self,
        bucket_name: str,
        endpoint_url: str = "",
        *,
        timeout_s: float = 5.0,
        operation_s: float = OPERATION_S,
        **options: object,
    ) -> None:
        from storages.backends.s3 import S3Storage  # importing boto3 takes half a second, which only S3 users pay

        config = Config(
            connect_timeout=deadline.CONNECT_S,
            read_timeout=timeout_s,
            # boto3's own pauses between four tries outlast the restart of a gateway.
            retries={"mode": "standard", "total_max_attempts": 4},
            signature_version="s3v4",
            **(_COMPATIBLE if endpoint_url else {}),
        )
        self._bucket = bucket_name
        self._storage = S3Storage(
            bucket_name=bucket_name, endpoint_url=endpoint_url or None, client_config=config, **options
        )
        self._client: Any = self._storage.connection.meta.client
        deadline.bound(self._client)
        self._timing = _Timing(timeout_s, operation_s)

    def create(self, key: str) -> S3Writer:
        return S3Writer(self._client, self._bucket, key, self._timing)

    def open(self, key: str) -> BinaryIO:
        """Open the object for reading by ranges. Raises NotFound or StoreUnavailable."""
        size = self.size(key)
        if size is None:
            raise NotFound("The artifact's object is missing")
        return io.BufferedReader(_Reader(self._client, self._bucket, key, size, self._timing), buffer_size=_MIB)

    def size(self, key: str) -> int | None:
        try:
            with self._timing.operation():
                return int(self._client.head_object(Bucket=self._bucket, Key=key)["ContentLength"])
        except NotFound:
            return None

    def modified_at(self, key: str) -> datetime | None:
        try:
            with self._timing.operation():
                found: datetime = self._client.head_object(Bucket=self._bucket, Key=key)["LastModified"]
                return found
        except NotFound:
            return None

    def delete(self, key: str) -> None:
        with suppress(NotFound), self._timing.operation():
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def link(self, key: str, *, name: str, seconds: int) -> str | None:
        parameters = {"ResponseContentDisposition": attachment(name)}
        parameters["ResponseContentType"] = "application/octet-stream"
        return str(self._storage.url(key, parameters=parameters, expire=seconds))

    def keys(self, prefix: str = "") -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        for page in self._each(pages):
            yield from (str(one["Key"]) for one in page.get("Contents", ()))

    def tidy(self, before: datetime, is_ours: Callable[[str], bool]) -> int:
        removed = 0
        pages = self._client.get_paginator("list_multipart_uploads").paginate(Bucket=self._bucket)
        open_ones = [one for page in self._each(pages) for one in page.get("Uploads", ()) if is_ours(one["Key"])]
        for one in (one for one in open_ones if one["Initiated"] < before):
            where = {"Bucket": self._bucket, "Key": one["Key"], "UploadId": one["UploadId"]}
            with self._timing.operation():
                self._client.abort_multipart_upload(**where)
            removed += 1
        return removed

    def _each(self, pages: Any) -> Iterator[Any]:
        """Yield the pages of a list; each request is an operation, since the caller's work comes in between."""
        left = iter(pages)
        while True:
            with self._timing.operation():
                page = next(left, None)
            if page is None:
                return
            yield page


class S3Writer:
    """Holds one part in memory; a small object is sent in one request."""

    def __init__(self, client: Any, bucket: str, key: str, timing: _Timing) -> None:
        self._client, self._timing = client, timing
        self._where = {"Bucket": bucket, "Key": key}
        self._upload = ""
        self._parts: list[dict[str, object]] = []
        self._buffer = bytearray()
        self._is_silent = False  # the store did not answer, so it is not asked to clean up either

    def write(self, data: bytes) -> None:
        self._buffer += data
        size = _PART if len(self._parts) < 500 else _BIG_PART
        while len(self._buffer) >= size:
            self._send(bytes(self._buffer[:size]))
            del self._buffer[:size]

    def commit(self) -> None:
        if not self._upload:
            with self._operation(sends=len(self._buffer)):
                self._client.put_object(**self._where, Body=bytes(self._buffer))
            return
        if self._buffer:
            self._send(bytes(self._buffer))
        with self._operation(_COMPLETE_SHARE, is_quiet=True):
            self._client.complete_multipart_upload(
                **self._where, UploadId=self._upload, MultipartUpload={"Parts": self._parts}
            )

    def abort(self) -> None:
        """Remove the parts. Raises StoreUnavailable; then the store keeps them until `tidy` runs."""
        if self._is_silent:  # the caller has waited for the failed write already
            raise StoreUnavailable("The artifact store does not answer; what was written is removed later")
        if self._upload:
            try:
                with self._operation(_CLEANUP_SHARE):
                    self._client.abort_multipart_upload(**self._where, UploadId=self._upload)
            except (StoreUnavailable, NotFound):
                if self._is_silent:
                    raise

    @contextmanager
    def _operation(self, share: float = 1.0, *, sends: int = 0, is_quiet: bool = False) -> Iterator[None]:
        try:
            with self._timing.operation(share, sends=sends, is_quiet=is_quiet):
                yield
        except StoreUnavailable as error:
            self._is_silent = not isinstance(error.__cause__, ClientError)
            raise

    def _send(self, data: bytes) -> None:
        if not self._upload:
            with self._operation():
                self._upload = self._client.create_multipart_upload(**self._where)["UploadId"]
        number = len(self._parts) + 1
        with self._operation(sends=len(data)):
            sent = self._client.upload_part(**self._where, UploadId=self._upload, PartNumber=number, Body=data)
        self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})


class _Reader(io.RawIOBase):
    """A seekable view of an object. One GET serves consecutive reads; a broken GET is repeated from where it broke."""

    def __init__(self, client: Any, bucket: str, key: str, size: int, timing: _Timing) -> None:
        self._client, self._bucket, self._key, self._size = client, bucket, key, size
        self._timing = timing
        self._at = 0
        self._body: Any = None
        self._sock: socket | None = None  # of the body

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        target = max(0, base + offset)
        if target != self._at:
            self._let_go()
            self._at = target
        return target

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self._size - self._at)
        if wanted <= 0:
            return 0
        data = self._read(wanted)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def _read(self, wanted: int) -> bytes:
        with self._timing.operation() as watch:
            watch.use(self._sock)
            for tries_left in range(_READ_TRIES, 0, -1):
                try:
                    with _translated():
                        data: bytes = self._stream(watch).read(wanted)
                    if data:
                        return data
                except StoreUnavailable:
                    if tries_left == 1 or watch.left_s <= 0:
                        raise
                self._let_go()
        raise StoreUnavailable("The artifact store keeps closing its responses early; check the server")

    def _stream(self, watch: Watch) -> Any:
        if self._body is None:
            span = f"bytes={self._at}-{self._size - 1}"
            self._body = self._client.get_object(Bucket=self._bucket, Key=self._key, Range=span)["Body"]
            self._sock = watch.sock
        return self._body

    def _let_go(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = self._sock = None

    def close(self) -> None:
        self._let_go()
        super().close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class _Timing:
    """How long the operations of a store may take, in seconds; see `S3Store`."""

    timeout_s: float
    operation_s: float

    @contextmanager
    def operation(self, share: float = 1.0, *, sends: int = 0, is_quiet: bool = False) -> Iterator[Watch]:
        """Bound one operation that sends so many bytes, and translate its errors into the registry's.

        `share` is its part of the usual time; in a quiet one the server may be silent all the time.
        """
        seconds = share * self.operation_s + sends / _UPLOAD_BYTES_PER_S
        stall_s = seconds if is_quiet else self.timeout_s
        with _translated(), deadline.within(seconds, stall_s=stall_s) as watch:
            yield watch


@contextmanager
def _translated() -> Iterator[None]:
    """Translate botocore's errors into the registry's."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _ABSENT:
            raise NotFound("The artifact's object is missing") from error
        if code in _FULL:
            raise StorageFull(
                "The artifact store is full; free some space, or run `manage.py prune_artifacts`"
            ) from error
        raise StoreUnavailable(
            f"The artifact store refused the request ({code or 'unknown reason'}); check S3_BUCKET"
        ) from error
    except (ResponseParserError, KeyError) as error:
        raise StoreUnavailable("The artifact store does not answer as S3 does; check S3_ENDPOINT_URL") from error
    except (BotoCoreError, HTTPClientError, HTTPError, OSError) as error:
        raise StoreUnavailable(
            f"The artifact store does not answer ({type(error).__name__}); check S3_ENDPOINT_URL"
        ) from error
