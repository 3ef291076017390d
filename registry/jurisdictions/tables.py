"""Divisions, bureaux and the lists they keep (R31)."""

from __future__ import annotations

from piccolo.columns import Boolean, Serial, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table

from registry.kernel.columns import reference


class Division(Table, tablename="division"):
    """A place in the tree of administrative divisions (GB/T 2260 codes, townships with nine digits)."""

    code = Varchar(length=12, primary_key=True)
    name = Varchar(length=80)
    parent = Varchar(length=12, null=True, default=None, index=True)


class Bureau(Table, tablename="bureau"):
    """An education bureau. ``policy_name`` names the policy its new rounds freeze."""

    id = Serial(primary_key=True)
    name = Varchar(length=120)
    short_name = Varchar(length=40)
    division = reference(Division)
    policy_name = Varchar(length=60)
    contact = Varchar(length=200)


class RegistryList(Table, tablename="registry_list"):
    """A list (备选库, 白名单) that a bureau keeps for the schools it serves."""

    id = Serial(primary_key=True)
    bureau = reference(Bureau)
    name = Varchar(length=160)
    short_name = Varchar(length=60)
    public = Boolean(default=True)

    registry_list_one_name_a_bureau = Unique([bureau, name])
