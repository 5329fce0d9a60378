from __future__ import annotations

from registry.stores.factory import store_settings


def test_artifacts_are_in_the_bucket_or_else_in_the_folder() -> None:
    assert store_settings(bucket="", endpoint_url="", folder="/srv/artifacts") == {
        "BACKEND": "registry.stores.files.FileStore",
        "OPTIONS": {"location": "/srv/artifacts"},
    }
    assert store_settings(bucket="models", endpoint_url="https://s3.example", folder="/srv/artifacts") == {
        "BACKEND": "registry.stores.s3.S3Store",
        "OPTIONS": {"bucket_name": "models", "endpoint_url": "https://s3.example", "operation_s": 15.0},
    }
