"""Schools and the lists that serve them (R31)."""

from __future__ import annotations

from piccolo.columns import Boolean, Serial, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table

from registry.jurisdictions.tables import Bureau, Division, RegistryList
from registry.kernel.columns import reference


class School(Table, tablename="school"):
    """A school. ``bureau`` runs it; ``township`` schools need the parents' committee or two thirds (R24)."""

    id = Serial(primary_key=True)
    name = Varchar(length=120, index=True)
    code = Varchar(length=20, null=True, default=None, unique=True)
    bureau = reference(Bureau)
    division = reference(Division)
    township = Boolean(default=False)
    address = Varchar(length=200)


class ListSchool(Table, tablename="list_school"):
    """A list serves a school."""

    id = Serial(primary_key=True)
    list = reference(RegistryList)
    school = reference(School)

    list_school_once = Unique([list, school])  # noqa: A003 -- the column, not the builtin
