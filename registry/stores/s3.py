"""Artifacts in an S3 bucket: multipart uploads with a bounded buffer, ranged reads that resume after a failure.

django-storages holds the bucket and the credentials and signs links; boto3's client does what it cannot: multipart
uploads without a copy on disk. An unfinished upload is never visible: S3 shows an object only when it is completed.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from urllib3.exceptions import HTTPError

from registry.errors import StorageFull, StoreUnavailable
from youman.core.errors import NotFound
from youman.core.http.files import attachment

if TYPE_CHECKING:
    from types import TracebackType

_MIB = 1024 * 1024
_PART = 8 * _MIB
_BIG_PART = 64 * _MIB  # after 500 parts, so that 10,000 parts hold 600 GB
_READ_TRIES = 4  # a broken stream is resumed where it broke; after four failures in a row the store is down
# For servers other than Amazon's: many reject the checksums that boto3 appends; all of them check the signed SHA-256.
_COMPATIBLE: dict[str, Any] = {
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
    "s3": {"addressing_style": "path", "payload_signing_enabled": True},
}
_ABSENT = {"404", "NoSuchKey", "NotFound"}
_FULL = {"QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "507"}


class S3Store:
    """`endpoint_url` names a server other than Amazon's; `options` go to django-storages, such as `region_name`."""

    def __init__(self, bucket_name: str, endpoint_url: str = "", *, timeout_s: float = 20.0, **options: object) -> None:
        from storages.backends.s3 import S3Storage  # importing boto3 takes half a second, which only S3 users pay

        config = Config(
            connect_timeout=5,  # a store that is up accepts at once
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

    def create(self, key: str) -> S3Writer:
        return S3Writer(self._client, self._bucket, key)

    def open(self, key: str) -> BinaryIO:
        """Open the object for reading by ranges. Raises NotFound or StoreUnavailable."""
        size = self.size(key)
        if size is None:
            raise NotFound("The artifact's object is missing")
        return io.BufferedReader(_Reader(self._client, self._bucket, key, size), buffer_size=_MIB)

    def size(self, key: str) -> int | None:
        try:
            with _translated():
                return int(self._client.head_object(Bucket=self._bucket, Key=key)["ContentLength"])
        except NotFound:
            return None

    def modified_at(self, key: str) -> datetime | None:
        try:
            with _translated():
                found: datetime = self._client.head_object(Bucket=self._bucket, Key=key)["LastModified"]
                return found
        except NotFound:
            return None

    def delete(self, key: str) -> None:
        with suppress(NotFound), _translated():
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def link(self, key: str, *, name: str, seconds: int) -> str | None:
        parameters = {"ResponseContentDisposition": attachment(name)}
        parameters["ResponseContentType"] = "application/octet-stream"
        return str(self._storage.url(key, parameters=parameters, expire=seconds))

    def keys(self, prefix: str = "") -> Iterator[str]:
        with _translated():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
            for page in pages:
                yield from (str(one["Key"]) for one in page.get("Contents", ()))

    def tidy(self, before: datetime, is_ours: Callable[[str], bool]) -> int:
        removed = 0
        with _translated():
            pages = self._client.get_paginator("list_multipart_uploads").paginate(Bucket=self._bucket)
            open_ones = [one for page in pages for one in page.get("Uploads", ()) if is_ours(one["Key"])]
            for one in (one for one in open_ones if one["Initiated"] < before):
                where = {"Bucket": self._bucket, "Key": one["Key"], "UploadId": one["UploadId"]}
                self._client.abort_multipart_upload(**where)
                removed += 1
        return removed


class S3Writer:
    """Holds one part in memory; a small object is sent in one request."""

    def __init__(self, client: Any, bucket: str, key: str) -> None:
        self._client = client
        self._where = {"Bucket": bucket, "Key": key}
        self._upload = ""
        self._parts: list[dict[str, object]] = []
        self._buffer = bytearray()

    def write(self, data: bytes) -> None:
        self._buffer += data
        size = _PART if len(self._parts) < 500 else _BIG_PART
        while len(self._buffer) >= size:
            self._send(bytes(self._buffer[:size]))
            del self._buffer[:size]

    def commit(self) -> None:
        with _translated():
            if not self._upload:
                self._client.put_object(**self._where, Body=bytes(self._buffer))
                return
            if self._buffer:
                self._send(bytes(self._buffer))
            self._client.complete_multipart_upload(
                **self._where, UploadId=self._upload, MultipartUpload={"Parts": self._parts}
            )

    def abort(self) -> None:
        if self._upload:
            # A store that does not answer keeps the parts until `tidy` runs.
            with suppress(StoreUnavailable, NotFound), _translated():
                self._client.abort_multipart_upload(**self._where, UploadId=self._upload)

    def _send(self, data: bytes) -> None:
        with _translated():
            if not self._upload:
                self._upload = self._client.create_multipart_upload(**self._where)["UploadId"]
            number = len(self._parts) + 1
            sent = self._client.upload_part(**self._where, UploadId=self._upload, PartNumber=number, Body=data)
            self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})


class _Reader(io.RawIOBase):
    """A seekable view of an object. One GET serves consecutive reads; a broken GET is repeated from where it broke."""

    def __init__(self, client: Any, bucket: str, key: str, size: int) -> None:
        self._client, self._bucket, self._key, self._size = client, bucket, key, size
        self._at = 0
        self._body: Any = None

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
        for tries_left in range(_READ_TRIES, 0, -1):
            try:
                with _translated():
                    data: bytes = self._stream().read(wanted)
                if data:
                    return data
            except StoreUnavailable:
                if tries_left == 1:
                    raise
            self._let_go()
        raise StoreUnavailable("The artifact store keeps closing its responses early; check the server")

    def _stream(self) -> Any:
        if self._body is None:
            span = f"bytes={self._at}-{self._size - 1}"
            self._body = self._client.get_object(Bucket=self._bucket, Key=self._key, Range=span)["Body"]
        return self._body

    def _let_go(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None

    def close(self) -> None:
        self._let_go()
        super().close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


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
    except (BotoCoreError, HTTPClientError, HTTPError, OSError) as error:
        raise StoreUnavailable(
            f"The artifact store does not answer ({type(error).__name__}); check S3_ENDPOINT_URL"
        ) from error
