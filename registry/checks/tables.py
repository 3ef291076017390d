"""Vetting runs and their findings."""

from __future__ import annotations

from piccolo.columns import Integer, Serial, Text, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from registry.applications.tables import Application
from registry.documents.tables import StoredFile
from registry.jurisdictions.tables import RegistryList
from registry.kernel.columns import calendar_day, instant, one_of, reference, sealed
from registry.providers.tables import Provider

RUN_STATES = ("queued", "running", "done", "failed")


class VettingRun(Table, tablename="vetting_run"):
    """One reading of an application by the vetting engine (R9).

    ``result_sealed`` holds documents, fields and pages as JSON. A failed run is "not vetted", never clean.
    """

    id = Serial(primary_key=True)
    application = reference(Application)
    state = Varchar(length=12, default="queued")
    cause = Varchar(length=40)
    engine = Varchar(length=120)
    as_of = calendar_day()
    pages_total = Integer(default=0)
    pages_done = Integer(default=0)
    queued_at = instant()
    started_at = instant(null=True)
    finished_at = instant(null=True)
    failure = Text(default="")
    result_sealed = sealed()

    known_state = one_of("state", RUN_STATES)


class FindingRow(Table, tablename="finding"):
    """One finding of a run. ``body_sealed`` is JSON {message, params, evidence}: it may quote documents."""

    id = Serial(primary_key=True)
    run = reference(VettingRun)
    application = reference(Application)
    position = Integer(default=0)
    code = Varchar(length=120)
    severity = Varchar(length=10)
    rule = Varchar(length=20)
    body_sealed = sealed()
    overruled_by = Integer(null=True, default=None)
    overruled_on = calendar_day(null=True)
    overruled_reason = Text(default="")

    known_severity = one_of("severity", ("block", "warn", "info"))
    overruled_with_reason = Check("overruled_by IS NULL OR length(overruled_reason) > 0")


class DocumentCheck(Table, tablename="document_check"):
    """One reading of a single document that was handed in after the listing, such as a renewed licence (R12).

    It is compared with what the registry knows of the provider, under the policy of ``list``. ``result_sealed`` holds
    what was read and found as JSON.
    """

    id = Serial(primary_key=True)
    file = reference(StoredFile)
    provider = reference(Provider)
    list = reference(RegistryList)
    state = Varchar(length=12, default="queued")
    engine = Varchar(length=120, default="")
    as_of = calendar_day()
    queued_at = instant()
    finished_at = instant(null=True)
    failure = Text(default="")
    result_sealed = sealed()

    known_state = one_of("state", RUN_STATES)


class PageReadingCache(Table, tablename="page_reading_cache"):
    """Readings of one file by one engine version, so that only what changed is read again."""

    id = Serial(primary_key=True)
    file_sha256 = Varchar(length=64)
    engine = Varchar(length=120)
    readings_sealed = sealed()
    created_at = instant()

    page_reading_cache_once = Unique([file_sha256, engine])
