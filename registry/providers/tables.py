"""Providers (第三方机构) and their former names."""

from __future__ import annotations

from piccolo.columns import BigInt, Serial, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table

from registry.kernel.columns import blind, calendar_day, instant, one_of, reference, sealed

REGISTRATION_DOCUMENTS = ("licence", "permit")
REGISTRATION_SOURCES = ("application", "renewal", "officer")


class Provider(Table, tablename="provider"):
    """An organisation that applies or has applied.

    ``name_key`` is the normalised name (vetting's rules), ``credit_code`` the normalised code.
    ``registered_until`` is the earliest last day of the vetted documents of its registration, None for 长期;
    ``validity_learned_on`` the day on which that was learned, None where it was so from the beginning (an import).
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
    validity_learned_on = calendar_day(null=True, index=True)
    created_at = instant()


class FormerName(Table, tablename="former_name"):
    """A name the provider had before (曾用名)."""

    id = Serial(primary_key=True)
    provider = reference(Provider)
    name = Varchar(length=200)
    name_key = Varchar(length=200, index=True)

    former_name_once = Unique([provider, name_key])


class RegistrationDocument(Table, tablename="registration_document"):
    """Until when a document of a registration is valid, as vetted (R10, R20): a row each time it is learned.

    ``kind`` is the licence (营业执照 or its kin) or the permit (办学许可证); ``valid_until`` is None for 长期.
    ``source`` and ``source_id`` say from which application or renewal it was taken, or which account entered it.
    """

    id = Serial(primary_key=True)
    provider = reference(Provider)
    kind = Varchar(length=20)
    valid_until = calendar_day(null=True)
    learned_on = calendar_day()
    source = Varchar(length=20)
    source_id = BigInt(default=None)

    known_kind = one_of("kind", REGISTRATION_DOCUMENTS)
    known_source = one_of("source", REGISTRATION_SOURCES)
