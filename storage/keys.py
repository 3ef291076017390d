"""The names of objects: our own, never a name somebody gave.

A key is `area/xx/uuid.ext`, for what is made from an original `derived/xx/uuid/part.ext` with the
original's uuid, so one glance tells what belongs together. `xx` are the first two hex digits of the
uuid and spread the keys. A key tells nothing about a person or a firm and may stand in logs.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID, uuid4

from storage.errors import InvalidKey

ObjectKey = NewType("ObjectKey", str)


class Area(StrEnum):
    """What an object is for; the first part of its key."""

    UPLOADS = "uploads"  # bytes as somebody sent them, kept unchanged
    DERIVED = "derived"  # made from an upload and can be made again: pages, split documents
    ISSUED = "issued"  # documents this system drew up: notices, notifications
    SEALS = "seals"  # signed heads of the event chains
    EXPORTS = "exports"  # lists somebody asked for, gone after a while


# The extension comes from the type that was found in the bytes, never from a file name.
EXTENSIONS: Final[dict[str, str]] = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "application/json": ".json",
    "text/csv": ".csv",
    "application/zip": ".zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}

_PART = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_KEY = re.compile(
    r"(?P<area>[a-z]+)/(?P<shard>[0-9a-f]{2})/(?P<uuid>[0-9a-f]{32})"
    r"(?:/[a-z0-9][a-z0-9-]{0,79})?(?:\.[a-z0-9]{1,5})?"
)


def new_key(area: Area, content_type: str, *, uuid: UUID | None = None) -> ObjectKey:
    """A fresh key in `area` for bytes of `content_type`; unknown types get `.bin`.

    `uuid` is for tests and for jobs that must arrive at the same key again.
    """
    name = (uuid or uuid4()).hex
    return ObjectKey(f"{area.value}/{name[:2]}/{name}{EXTENSIONS.get(content_type, '.bin')}")


def derived_key(original: ObjectKey, part: str, content_type: str) -> ObjectKey:
    """The one key of `part` (`page-0001`) made from `original`: a job run again writes it again.

    Raises InvalidKey when `part` is not lower-case letters, digits and hyphens.
    """
    if not _PART.fullmatch(part):
        raise InvalidKey("a part is named in lower-case letters, digits and hyphens")
    name = uuid_of(original).hex
    return ObjectKey(f"{Area.DERIVED.value}/{name[:2]}/{name}/{part}{EXTENSIONS.get(content_type, '.bin')}")


def parse_key(text: str) -> ObjectKey:
    """Take a string for a key, or raise InvalidKey: nothing else reaches the server."""
    match = _KEY.fullmatch(text)
    if match is None or match["area"] not in set(Area) or not match["uuid"].startswith(match["shard"]):
        raise InvalidKey("not an object key")
    return ObjectKey(text)


def area_of(key: ObjectKey) -> Area:
    """The area a key lies in. Raises InvalidKey for a string that is no key."""
    return Area(parse_key(key).split("/", 1)[0])


def uuid_of(key: ObjectKey) -> UUID:
    """The uuid in a key: that of the original, for what is derived from it."""
    match = _KEY.fullmatch(parse_key(key))
    assert match is not None
    return UUID(match["uuid"])
