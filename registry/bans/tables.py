"""Bans (禁入): the fact, below the process (exits) that leads to it (R28)."""

from __future__ import annotations

from piccolo.columns import Integer, Serial, Text, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from registry.jurisdictions.tables import Bureau, Division, RegistryList
from registry.kernel.columns import blind, calendar_day, instant, reference, sealed
from registry.providers.tables import Provider


class Ban(Table, tablename="ban"):
    """A ban of a provider. In force from ``decided_on`` to ``last_day``, unless overturned.

    ``reach`` is the division in which it holds; code and legal representative are kept as they were. It comes from
    an exit case, or from the records a bureau brought along (``import_id``, with the ``document`` that states it).
    ``appealed_on``: the provider appealed against the case; ``appeal_refused_on``: the decision was maintained.
    """

    id = Serial(primary_key=True)
    provider = reference(Provider)
    bureau = reference(Bureau)
    list = reference(RegistryList)
    reach = reference(Division)
    case_id = Integer(unique=True, null=True, default=None)
    import_id = Integer(null=True, default=None, index=True)
    document = Varchar(length=200)
    name = Varchar(length=200)
    credit_code = Varchar(length=18, index=True)
    legal_representative = Varchar(length=80)
    legal_representative_id_sealed = sealed()
    legal_representative_id_index = blind()
    ground = Varchar(length=60)
    decided_on = calendar_day()
    last_day = calendar_day()
    policy_version = Varchar(length=64)
    appealed_on = calendar_day(null=True)
    appeal_refused_on = calendar_day(null=True)
    overturned_on = calendar_day(null=True)
    overturned_reason = Text(default="")
    created_at = instant()

    ends_after_decision = Check("last_day > decided_on")
    appealed_before_refused = Check("appeal_refused_on IS NULL OR appealed_on <= appeal_refused_on")
    comes_from_somewhere = Check("case_id IS NOT NULL OR import_id IS NOT NULL")
