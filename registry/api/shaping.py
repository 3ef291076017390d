"""What the rooms' queries say, as the interface answers it."""

from __future__ import annotations

from datetime import date

from registry.api.shapes import (
    Ban,
    Course,
    Entry,
    EntryRecord,
    HistoryEvent,
    Notice,
    NoticeDay,
    NoticeProvider,
    NoticeRecord,
    Posting,
    PublicList,
    Removal,
    School,
    Service,
    Snapshot,
    Status,
)
from registry.bans.queries import BanView
from registry.contracts.served import Served
from registry.jurisdictions.queries import ListView
from registry.notices.queries import ItemView, NoticeDetail, NoticeRow
from registry.policies.vocabulary import Ground
from registry.schools.finding import SchoolPlace
from registry.whitelist.queries import EntryDetail, EntryView
from registry.whitelist.snapshots import SnapshotView

_GROUNDS = {ground.value: ground.zh for ground in Ground}


def entry_of(view: EntryView) -> Entry:
    """An entry as it is answered."""
    status = Status(view.kind.value, view.status.since, view.active, view.status.causes)
    return Entry(
        view.id, f"/whitelist/{view.id}", view.certificate_number, view.name, view.brand,
        view.credit_code, view.list_id,
        view.list_name, view.bureau_name, view.region, view.categories, view.subjects,
        yuan(view.lowest_price_cents), status, view.listed_on, view.ends_on,
    )  # fmt: skip


def entry_record_of(detail: EntryDetail, as_of: date) -> EntryRecord:
    """An entry with its record as it is answered."""
    ground = detail.removal_ground
    return EntryRecord(
        as_of=as_of,
        entry=entry_of(detail.entry),
        courses=tuple(
            Course(c.title, c.category, c.grades, c.class_size, yuan(c.price_cents)) for c in detail.courses
        ),
        history=tuple(HistoryEvent(h.day, h.what, h.detail, h.overturned_on) for h in detail.history),
        registration_kind=detail.registration_kind,
        registered_address=detail.registered_address,
        registered_until=detail.registered_until,
        removal=Removal(ground, _GROUNDS.get(ground, ground), detail.overturned_later) if ground else None,
    )


def yuan(cents: int | None) -> str | None:
    """An amount as a decimal ("35.00")."""
    return None if cents is None else f"{cents // 100}.{cents % 100:02d}"


def notice_of(row: NoticeRow, as_of: date) -> Notice:
    """A notice as it is answered."""
    return Notice(
        row.id, f"/notices/{row.id}", row.kind, row.number, row.title, row.list_name, row.bureau_name, row.published_on,
        row.last_day, row.passes_from, row.provisional, row.phase(as_of).value, row.supplements,
        row.providers - row.taken_off,
    )  # fmt: skip


_TOLD_STATES = frozenset({"on_notice", "listed", "rejected", "withdrawn", "passed", "failed"})


def _provider_of(item: ItemView) -> NoticeProvider:
    state = "taken_off" if item.taken_off_on else item.state if item.state in _TOLD_STATES else "pending"
    return NoticeProvider(
        item.id, item.name, item.credit_code, item.categories, state, item.taken_off_on, item.open_objections
    )


def notice_record_of(detail: NoticeDetail, as_of: date) -> NoticeRecord:
    """A notice with its record as it is answered."""
    return NoticeRecord(
        as_of=as_of,
        notice=notice_of(detail.row, as_of),
        working_days=detail.working_days,
        publication_day_counts=detail.publication_day_counts,
        sha256=detail.sha256,
        snapshot_url=f"/notices/{detail.row.id}/snapshot.json",
        supplemented_by=tuple(notice_id for notice_id, _ in detail.supplemented_by),
        providers=tuple(_provider_of(item) for item in detail.items),
        days=tuple(NoticeDay(day.day, day.counts, day.reason) for day in detail.days),
        postings=tuple(Posting(p.channel, p.address, p.posted_at) for p in detail.postings),
    )


def ban_of(view: BanView, as_of: date) -> Ban:
    """A ban as it is answered."""
    state = view.state(as_of)
    return Ban(
        view.id, f"/exits/{view.id}", view.name, view.credit_code, view.ground, _GROUNDS.get(view.ground, view.ground),
        view.bureau_name, view.decided_on, view.last_day, view.may_apply_from, view.reach, view.reach_name, state,
        view.overturned_on if state == "overturned" else None, view.appeal(as_of),
    )  # fmt: skip


def school_of(place: SchoolPlace) -> School:
    """A school as it is answered."""
    return School(
        place.id, f"/schools/{place.id}", place.name, place.bureau_name, place.division, place.division_name
    )


def service_of(view: Served, as_of: date) -> Service:
    """A contract as it is answered."""
    return Service(
        view.entry_id, view.entry_name, view.category, view.course_title, view.starts_on, view.ends_on,
        view.terminated_on, yuan(view.fee_cents), view.phase(as_of).value,
    )  # fmt: skip


def snapshot_of(view: SnapshotView) -> Snapshot:
    """A snapshot as it is answered."""
    return Snapshot(
        view.id, f"/data/snapshots/{view.id}", view.list_id, view.list_name, view.day, view.made_at, view.entries,
        view.size, view.sha256, view.signature, view.public_key,
    )  # fmt: skip


def list_of(view: ListView) -> PublicList:
    """A list as it is answered."""
    return PublicList(
        view.id, view.name, view.bureau_name, view.bureau_division, f"/whitelist?list={view.id}"
    )
