"""Seals over the chains of events (R33)."""

from __future__ import annotations

from piccolo.columns import JSONB, Serial, Varchar
from piccolo.table import Table

from registry.kernel.columns import instant


class ChainSeal(Table, tablename="chain_seal"):
    """All chain heads at one instant, signed (Ed25519) and stored in a locked object."""

    id = Serial(primary_key=True)
    sealed_at = instant()
    heads = JSONB()
    signature = Varchar(length=200)
    public_key = Varchar(length=100)
    object_key = Varchar(length=200)
