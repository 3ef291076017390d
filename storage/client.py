"""The SDK, set up for us: short timeouts, few retries, our own errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError

from storage.errors import ObjectMissing, StorageError, StorageMisconfigured, StorageUnavailable

# SeaweedFS and most S3 servers take any region; naming one saves the SDK a request for each bucket.
REGION: Final = "us-east-1"
_MISSING: Final = frozenset({"NoSuchKey", "NoSuchVersion", "MethodNotAllowed", "NoSuchObject"})
_MISCONFIGURED: Final = frozenset(
    {"InvalidAccessKeyId", "SignatureDoesNotMatch", "NoSuchBucket", "InvalidBucketName"}
)
_OURS_TO_RETRY: Final = frozenset({"InternalError", "ServiceUnavailable", "SlowDown", "RequestTimeout"})


@dataclass(frozen=True, slots=True)
class S3Location:
    """Where the objects lie and how to get in.

    `endpoint` is `host:port`; `public_endpoint` a whole URL (`https://files.example.gov.cn`) under which
    a browser reaches the same server, or None when it reaches it only through us.
    """

    endpoint: str
    access_key: str
    secret_key: str = field(repr=False)
    bucket: str
    secure: bool = True
    public_endpoint: str | None = None


def connect(location: S3Location) -> Minio:
    """A client for the server as we reach it. Opens no connection yet."""
    return _client(location, location.endpoint, secure=location.secure)


def connect_public(location: S3Location) -> Minio | None:
    """A client that signs links for browsers, or None where no public endpoint is configured."""
    if not location.public_endpoint:
        return None
    parts = urlsplit(location.public_endpoint)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/"):
        raise StorageMisconfigured("the public endpoint must look like https://host[:port]")
    return _client(location, parts.netloc, secure=parts.scheme == "https")


def _client(location: S3Location, endpoint: str, *, secure: bool) -> Minio:
    pool = urllib3.PoolManager(
        timeout=urllib3.Timeout(connect=5, read=60),
        maxsize=16,
        retries=urllib3.Retry(total=3, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504]),
    )
    return Minio(
        endpoint,
        access_key=location.access_key,
        secret_key=location.secret_key,
        secure=secure,
        region=REGION,
        http_client=pool,
    )


@contextmanager
def translated(key: str = "") -> Iterator[None]:
    """Turn what the SDK raises into our errors; `key` is the object that was asked for."""
    try:
        yield
    except S3Error as error:
        raise from_s3_error(error, key) from error
    except ServerError as error:
        raise StorageUnavailable(f"the object store failed with status {error.status_code}") from error
    except InvalidResponseError as error:
        raise StorageUnavailable("the object store gave an answer that is not S3") from error
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise StorageUnavailable(f"the object store cannot be reached: {type(error).__name__}") from error
    except MinioException as error:
        raise StorageError(type(error).__name__) from error


def from_s3_error(error: S3Error, key: str) -> StorageError:
    """Our error for an S3 error code. AccessDenied is a matter of credentials unless the caller knows better."""
    code = error.code or ""
    if code in _MISSING:
        return ObjectMissing(key)
    if code in _MISCONFIGURED or code == "AccessDenied":
        return StorageMisconfigured(f"the object store refused: {code}")
    if code in _OURS_TO_RETRY:
        return StorageUnavailable(f"the object store is not ready: {code}")
    return StorageError(f"the object store refused: {code}")
