"""Tables of the kernel: events with their chains, and the demo's day."""

from __future__ import annotations

from piccolo.columns import JSONB, BigInt, BigSerial, Integer, Text, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from registry.kernel.columns import calendar_day, instant


class Event(Table, tablename="event"):
    """One act (R33): who, when, on what, from which state to which, why. Never changed or removed.

    ``data`` holds references and plain facts, never personal data. ``chain`` is ``bureau:ID`` or
    ``provider:ID``; ``hash`` covers the row and ``previous``.
    """

    id = BigSerial(primary_key=True)
    chain = Varchar(length=40)
    number = BigInt(default=None)
    subject = Varchar(length=40)
    subject_id = BigInt(default=None)
    action = Varchar(length=60)
    from_state = Varchar(length=40, null=True, default=None)
    to_state = Varchar(length=40, null=True, default=None)
    account_id = Integer(null=True, default=None)
    actor = Varchar(length=80)
    reason = Text(default="")
    data = JSONB(default="{}")
    on_day = calendar_day()
    recorded_at = instant()
    previous = Varchar(length=64)
    hash = Varchar(length=64)

    event_one_place_in_chain = Unique([chain, number])


class ChainHead(Table, tablename="chain_head"):
    """The last link of each chain; its row is locked last in every transaction."""

    chain = Varchar(length=40, primary_key=True)
    number = BigInt(default=0)
    hash = Varchar(length=64)


class DemoClock(Table, tablename="demo_clock"):
    """The demo's day: at most one row, none in production."""

    id = Integer(primary_key=True, default=1)
    day = calendar_day()

    only_one = Check("id = 1")


class SweepState(Table, tablename="sweep_state"):
    """The last day whose daily sweep is done: at most one row. After a stop it is caught up day by day."""

    id = Integer(primary_key=True, default=1)
    swept_until = calendar_day()

    sweep_only_one = Check("id = 1")
