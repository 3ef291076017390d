"""What the interface answers. Dates are ISO days in Asia/Shanghai; a nullable field is always there.

Nothing personal is in it: no people, no contacts, no objectors (R34).
"""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct


class Status(Struct, frozen=True):
    """What an entry is on the day asked about (R19). ``kind``: not_yet, listed, suspended, lapsed, expired,
    withdrawn, removed; only ``listed`` may sign."""

    kind: str
    since: date
    may_sign: bool
    causes: tuple[str, ...]


class Entry(Struct, frozen=True):
    """An entry of the whitelist. ``brand`` is what parents know it by, "" where that is its name; ``region`` is
    the bureau's division (GB/T 2260); ``subjects`` are told from courses."""

    id: int
    url: str
    certificate_number: str
    name: str
    brand: str
    credit_code: str
    list_id: int
    list_name: str
    bureau: str
    region: str
    categories: tuple[str, ...]
    subjects: tuple[str, ...]
    lowest_price_yuan: str | None
    status: Status
    listed_on: date
    ends_on: date


class EntryList(Struct, frozen=True):
    """Entries by name; ``next`` continues the list as ``after``, null at its end."""

    as_of: date
    items: tuple[Entry, ...]
    next: str | None


class Course(Struct, frozen=True):
    """A course as approved; ``price_yuan`` per lesson as a decimal ("35.00")."""

    title: str
    category: str
    grades: str
    class_size: int | None
    price_yuan: str | None


class HistoryEvent(Struct, frozen=True):
    """``what``: listed, suspended, reinstated, reviewed, withdrawn, removed, restored, expired; ``detail`` its code."""

    day: date
    what: str
    detail: str
    overturned_on: date | None


class Removal(Struct, frozen=True):
    """The removal that holds on the day asked about. ``overturned_on`` says when it was set aside later."""

    ground: str
    ground_name: str
    overturned_on: date | None


class EntryRecord(Struct, frozen=True):
    """An entry with what it is listed for and what happened to it up to the day asked about (R21).

    Address and last day of the registration are those registered now.
    """

    as_of: date
    entry: Entry
    courses: tuple[Course, ...]
    history: tuple[HistoryEvent, ...]
    registration_kind: str
    registered_address: str
    registered_until: date | None
    removal: Removal | None


class Notice(Struct, frozen=True):
    """A public notice. ``last_day`` is an estimate while ``provisional`` (R16). ``phase``: upcoming, open, passed.

    ``kind``: selection (who is about to be listed) or yearly_review (results of those who are).
    """

    id: int
    url: str
    kind: str
    number: str
    title: str
    list_name: str
    bureau: str
    published_on: date
    last_day: date
    passes_from: date | None
    provisional: bool
    phase: str
    supplements: int | None
    providers: int


class NoticeList(Struct, frozen=True):
    """Notices, the open ones first, then the latest; ``next`` continues the list as ``after``."""

    as_of: date
    items: tuple[Notice, ...]
    next: str | None


class NoticeProvider(Struct, frozen=True):
    """A provider as published. ``state``: on_notice, listed, rejected, withdrawn, taken_off, pending; in a notice of
    yearly reviews the outcome, passed or failed."""

    id: int
    name: str
    credit_code: str
    categories: tuple[str, ...]
    state: str
    taken_off_on: date | None
    open_objections: int


class NoticeDay(Struct, frozen=True):
    """A day of the window as published, and whether it counts as a working day."""

    day: date
    counts: bool
    reason: str


class Posting(Struct, frozen=True):
    """Where and when the notice was posted."""

    channel: str
    address: str
    posted_at: datetime


class NoticeRecord(Struct, frozen=True):
    """A notice with its providers, its days and where it was posted. ``sha256`` is of the published snapshot."""

    as_of: date
    notice: Notice
    working_days: int
    publication_day_counts: bool
    sha256: str
    snapshot_url: str
    supplemented_by: tuple[int, ...]
    providers: tuple[NoticeProvider, ...]
    days: tuple[NoticeDay, ...]
    postings: tuple[Posting, ...]


class Ban(Struct, frozen=True):
    """A ban (R28). ``state``: in_force, over, overturned. ``reach`` is a division code (GB/T 2260).

    ``appeal``: none, lodged (being handled), maintained, overturned.
    """

    id: int
    url: str
    name: str
    credit_code: str
    ground: str
    ground_name: str
    authority: str
    decided_on: date
    last_day: date
    may_apply_from: date
    reach: str
    reach_name: str
    state: str
    overturned_on: date | None
    appeal: str


class BanList(Struct, frozen=True):
    """Bans, the latest decision first; ``next`` continues the list as ``after``."""

    as_of: date
    items: tuple[Ban, ...]
    next: str | None


class School(Struct, frozen=True):
    """A school. ``division`` is its place (GB/T 2260)."""

    id: int
    url: str
    name: str
    bureau: str
    division: str
    division_name: str


class SchoolList(Struct, frozen=True):
    """Schools by name; ``next`` continues the list as ``after``, null at its end."""

    items: tuple[School, ...]
    next: str | None


class Service(Struct, frozen=True):
    """A signed contract at a school. ``phase``: upcoming, running, ended, terminated (before its time, on
    ``ended_on``)."""

    entry_id: int
    provider: str
    category: str
    course: str
    starts_on: date
    ends_on: date
    ended_on: date | None
    price_yuan: str | None
    phase: str


class SchoolRecord(Struct, frozen=True):
    """A school with the contracts that run, will, or ran within a year."""

    as_of: date
    school: School
    services: tuple[Service, ...]


class Snapshot(Struct, frozen=True):
    """A signed snapshot of a list. The file at ``url`` has this ``sha256``; ``registry verify snapshot`` checks it."""

    id: int
    url: str
    list_id: int
    list_name: str
    day: date
    made_at: datetime
    entries: int
    size: int
    sha256: str
    signature: str
    public_key: str


class SnapshotList(Struct, frozen=True):
    """Snapshots, the latest day first; ``next`` continues the list as ``after``."""

    items: tuple[Snapshot, ...]
    next: str | None


class SigningKey(Struct, frozen=True):
    """The key that snapshots are signed with: base64 of its 32 bytes; ``fingerprint`` is what people compare."""

    algorithm: str
    public_key: str
    fingerprint: str
    pem_url: str


class Verification(Struct, frozen=True):
    """What a certificate number stands for on a day. ``entry`` is null where the number is not known."""

    as_of: date
    certificate_number: str
    known: bool
    entry: Entry | None


class PublicList(Struct, frozen=True):
    """A list whose entries anyone may see."""

    id: int
    name: str
    bureau: str
    region: str
    url: str


class ListList(Struct, frozen=True):
    """All public lists, by name."""

    items: tuple[PublicList, ...]


class FieldProblem(Struct, frozen=True):
    """What is wrong with one parameter."""

    field: str
    message: str


class Problem(Struct, frozen=True, omit_defaults=True):
    """A problem (RFC 9457). ``title`` is for people, ``code`` for programs."""

    type: str
    title: str
    status: int
    code: str
    fields: tuple[FieldProblem, ...] = ()
    retry_after: int = 0
