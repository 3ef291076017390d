"""Public notices (公示), where they were posted, and objections (异议)."""

from __future__ import annotations

from typing import Any

from piccolo.columns import JSONB, Boolean, ForeignKey, Integer, Serial, Text, Varchar
from piccolo.columns.base import OnDelete
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from registry.applications.tables import Application
from registry.jurisdictions.tables import RegistryList
from registry.kernel.columns import calendar_day, instant, one_of, reference, sealed
from registry.notices.lifecycle import NoticeKind, ObjectionState
from registry.rounds.tables import Round


class Notice(Table, tablename="notice"):
    """A notice: a frozen snapshot with its hash (R15).

    ``kind`` is selection (拟入围, of a round, its providers are items) or yearly_review (the results of yearly reviews on
    a list, its providers stand in the snapshot alone).

    ``last_day`` is the last working day of the window; while ``provisional`` (R16) it is an estimate and
    ``passes_from`` is NULL: the notice cannot pass.
    """

    id = Serial(primary_key=True)
    list = reference(RegistryList)
    kind = Varchar(length=20, default="selection")
    round = reference(Round, null=True)
    supplements: ForeignKey[Any] = ForeignKey(
        references="self", on_delete=OnDelete.restrict, null=True, default=None
    )
    number = Varchar(length=40, unique=True)
    title = Varchar(length=200)
    published_on = calendar_day(index=True)
    published_at = instant()
    published_by = Integer(default=None)
    working_days = Integer(default=5)
    publication_day_counts = Boolean(default=False)
    calendar = Varchar(length=20)
    last_day = calendar_day()
    passes_from = calendar_day(null=True)
    provisional = Boolean(default=False)
    snapshot = JSONB()
    sha256 = Varchar(length=64)

    known_kind = one_of("kind", NoticeKind)
    selection_of_a_round = Check("(kind = 'selection') = (round IS NOT NULL)")
    passes_unless_provisional = Check("provisional = (passes_from IS NULL)")
    window_in_order = Check("published_on <= last_day AND (passes_from IS NULL OR passes_from > last_day)")


class NoticeWindow(Table, tablename="notice_window"):
    """A notice's window each time it was computed (R15, R16, R29); the last one holds, none is ever changed.

    ``days`` is JSON [[day, counts, why], ...]; ``calendar_versions`` is {"CN 2022": 0, ...}: the versions of the years
    that it was judged under. ``cause``: published, estimated (anew), settled (its schedule was loaded,
    or that of the next year, which may name days in its December), corrected.
    """

    id = Serial(primary_key=True)
    notice = reference(Notice)
    number = Integer(default=None)
    last_day = calendar_day()
    passes_from = calendar_day(null=True)
    days = JSONB()
    calendar_versions = JSONB()
    cause = Varchar(length=20)
    on_day = calendar_day()
    computed_at = instant()

    known_cause = one_of("cause", ("published", "estimated", "settled", "corrected"))
    notice_window_once = Unique([notice, number])


class NoticeItem(Table, tablename="notice_item"):
    """One provider on a notice."""

    id = Serial(primary_key=True)
    notice = reference(Notice)
    application = reference(Application)
    position = Integer(default=0)
    taken_off_on = calendar_day(null=True)
    taken_off_reason = Text(default="")

    notice_item_once = Unique([notice, application])


class NoticePosting(Table, tablename="notice_posting"):
    """Where and when a notice was posted (portal, official account: R15)."""

    id = Serial(primary_key=True)
    notice = reference(Notice)
    channel = Varchar(length=80)
    address = Varchar(length=400)
    posted_at = instant()
    recorded_by = Integer(default=None)


class Objection(Table, tablename="objection"):
    """An objection to one provider on a notice (R17). Who objects is sealed to the case officers.

    ``answer_until`` is the last day of the provider's time to answer, NULL while it is provisional (R16).
    """

    id = Serial(primary_key=True)
    item = reference(NoticeItem)
    receipt_number = Varchar(length=30, unique=True)
    receipt_secret_hash = Varchar(length=64)
    kind = Varchar(length=20)
    identity_sealed = sealed(null=False)
    facts_sealed = sealed(null=False)
    state = Varchar(length=20, default="open", index=True)
    filed_on = calendar_day()
    filed_at = instant()
    answer_until = calendar_day(null=True)
    answer_sealed = sealed()
    proposed_by = Integer(null=True, default=None)
    proposal = Varchar(length=20, null=True, default=None)
    ruled_by = Integer(null=True, default=None)
    ruled_on = calendar_day(null=True)
    ruling_reason = Text(default="")

    known_kind = one_of("kind", ("person", "organisation"))
    known_state = one_of("state", ObjectionState)
    two_people = Check("proposed_by IS NULL OR ruled_by IS NULL OR proposed_by <> ruled_by")
    known_proposal = Check("proposal IN ('uphold', 'dismiss')")
    ruled_by_somebody = Check(
        "state NOT IN ('upheld', 'dismissed') OR (proposed_by IS NOT NULL AND ruled_by IS NOT NULL)"
    )
