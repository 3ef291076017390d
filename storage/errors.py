"""What can go wrong with objects, as types. Messages name keys and sizes, never what a file holds."""

from __future__ import annotations


class StorageError(Exception):
    """Something about the object store failed. Base of the family."""


class StorageUnavailable(StorageError):
    """The server did not answer, or answered with a fault of its own: try again later."""


class StorageMisconfigured(StorageError):
    """Wrong credentials, a missing bucket, a bucket without object lock: an operator must act."""


class InvalidKey(StorageError, ValueError):
    """A string is not a key of this system; it is never sent to the server."""


class ObjectMissing(StorageError):
    """No object (or not this version of it) lies under the key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"no object under {key}")
        self.key = key


class ObjectTooLarge(StorageError):
    """The stream went past its limit; nothing of it was kept."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than the limit of {limit} bytes")
        self.limit = limit


class ObjectLocked(StorageError):
    """The version is under retention: it can be neither deleted nor unlocked earlier."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key} is under retention")
        self.key = key


class ObjectCorrupt(StorageError):
    """The bytes read are not the bytes recorded: the sha256 differs."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the bytes of {key} do not have the recorded sha256")
        self.key = key
