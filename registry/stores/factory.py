"""Chooses the store of artifacts from the settings of an installation. A new kind of store gets its branch here."""

from __future__ import annotations


def store_settings(*, bucket: str, endpoint_url: str, folder: str, operation_s: float = 15.0) -> dict[str, object]:
    """Return Django's STORAGES["artifacts"]: the bucket if it has a name, else the folder.

    `operation_s` is how long an operation of the bucket may take, in seconds. Each backend is a class with the protocol
    of `registry.stores.base`.
    """
    if bucket:
        return {
            "BACKEND": "registry.stores.s3.S3Store",
            "OPTIONS": {"bucket_name": bucket, "endpoint_url": endpoint_url, "operation_s": operation_s},
        }
    return {"BACKEND": "registry.stores.files.FileStore", "OPTIONS": {"location": folder}}
