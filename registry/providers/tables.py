"""Providers (第三方机构) and their former names."""

from __future__ import annotations

from piccolo.columns import Serial, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table

from registry.kernel.columns import blind, calendar_day, instant, reference, sealed


class Provider(Table, tablename="provider"):
    """An organisation that applies or has applied.

    ``name_key`` is the normalised name (vetting's rules), ``credit_code`` the normalised code.
    """

    id = Serial(primary_key=True)
    name = Varchar(length=200)
    name_key = Varchar(length=200, index=True)
    credit_code = Varchar(length=18, unique=True)
    kind = Varchar(length=40)
    legal_representative = Varchar(length=80)
    legal_representative_id_sealed = sealed()
    legal_representative_id_index = blind()
    registered_address = Varchar(length=300)
    contact_sealed = sealed()
    phone_index = blind()
    registered_until = calendar_day(null=True, index=True)
    created_at = instant()


class FormerName(Table, tablename="former_name"):
    """A name the provider had before (曾用名)."""

    id = Serial(primary_key=True)
    provider = reference(Provider)
    name = Varchar(length=200)
    name_key = Varchar(length=200, index=True)

    former_name_once = Unique([provider, name_key])
