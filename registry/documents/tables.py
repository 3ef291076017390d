"""Stored files: the record of every object in the store."""

from __future__ import annotations

from piccolo.columns import JSONB, BigInt, Integer, Serial, Varchar
from piccolo.table import Table

from registry.kernel.columns import instant, one_of

FILE_STATES = ("stored", "locked", "deleted")


class StoredFile(Table, tablename="stored_file"):
    """One uploaded file, kept byte for byte (R7).

    ``given_name`` is what the uploader called it (shown escaped, never used as a path); ``owner`` and
    ``owner_id`` say to what it belongs (``application`` 12, ``contract`` 3, ``objection`` 7 ...). ``notes``
    is what intake saw (``[{"code": "javascript", "detail": ""}]``).
    """

    id = Serial(primary_key=True)
    owner = Varchar(length=40)
    owner_id = BigInt(default=None)
    given_name = Varchar(length=400)
    media_type = Varchar(length=60)
    size = BigInt(default=None)
    pages = Integer(null=True, default=None)
    sha256 = Varchar(length=64, index=True)
    object_key = Varchar(length=200, unique=True)
    object_version = Varchar(length=200, null=True, default=None)
    display_key = Varchar(length=200, null=True, default=None)
    notes = JSONB(default="[]")
    state = Varchar(length=12, default="stored")
    uploaded_by = Integer(null=True, default=None)
    uploaded_at = instant()
    retain_until = instant(null=True)

    known_state = one_of("state", FILE_STATES)
