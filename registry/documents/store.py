"""The object store of this process, made once from the settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from registry.kernel.errors import NotFound, Unavailable
from registry.settings import get_settings
from storage.client import S3Location
from storage.errors import ObjectMissing, StorageMisconfigured, StorageUnavailable
from storage.store import ObjectStore


def object_store() -> ObjectStore:
    """The store that the settings name; its bucket is made by set-up, not here."""
    settings = get_settings()
    return _store(
        S3Location(
            endpoint=settings.s3_endpoint,
            access_key=settings.s3_access_key.get_secret_value(),
            secret_key=settings.s3_secret_key.get_secret_value(),
            bucket=settings.s3_bucket,
            secure=settings.s3_secure,
            public_endpoint=settings.s3_public_endpoint or None,
        )
    )


@lru_cache(maxsize=4)
def _store(location: S3Location) -> ObjectStore:
    return ObjectStore(location)


@contextmanager
def told() -> Iterator[None]:
    """What the store raises, as errors that a person can be told: come back later, or gone."""
    try:
        yield
    except ObjectMissing as error:
        raise NotFound("这个文件已不在存储中，请联系管理员") from error
    except (StorageUnavailable, StorageMisconfigured) as error:
        raise Unavailable("文件存储暂时无法使用，请稍后再试；已保存的内容没有丢失") from error
