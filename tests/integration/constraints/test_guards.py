"""What can never be true is impossible in the database: tried in SQL, with the role of the application."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import psycopg
import pytest

from registry.contracts import signing
from registry.exits import deciding
from registry.exits.reporting import Report, report
from registry.kernel.db import rows
from registry.policies.vocabulary import Ground
from registry.whitelist.commands import suspend
from registry.whitelist.lifecycle import Cause
from tests.conftest import TestDatabase
from tests.factories.listed import START, District, Firm, make_district, make_round

Sql = Callable[..., None]
_REFUSED = (
    psycopg.errors.CheckViolation,
    psycopg.errors.ExclusionViolation,
    psycopg.errors.UniqueViolation,
    psycopg.errors.RestrictViolation,
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.ForeignKeyViolation,
)


@pytest.fixture
def refused(database: TestDatabase) -> Sql:
    """Runs a statement as the application's role and asserts that the database refuses it, and why."""

    def run(why: str, statement: str, *values: Any) -> None:
        with psycopg.connect(database.url, autocommit=True) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("registry_app",)
            with pytest.raises(_REFUSED) as caught:
                connection.execute(statement.encode(), values)
        assert why in str(caught.value), str(caught.value)

    return run


async def _offered() -> tuple[District, Firm, int, int]:
    district = await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    return district, firm, entry, await district.offered(entry)


_SIGN = (
    "UPDATE contract SET state = 'signed', signed_on = '2022-07-05', provider_confirmed_by = 1,"
    """ policy = '{"contract": {"max_years": 2}}', ends_on = coalesce(%s, ends_on) WHERE id = %s"""
)


async def test_contracts(refused: Sql) -> None:
    district, firm, entry, contract = await _offered()
    refused("R23", _SIGN, date(2024, 9, 1), contract)
    await signing.sign(firm.actor, contract)
    refused("R23", "UPDATE contract SET ends_on = '2024-09-01' WHERE id = %s", contract)
    refused("signed_by_both", "UPDATE contract SET scan = NULL WHERE id = %s", contract)
    refused("in_order", "UPDATE contract SET signed_on = '2022-09-02' WHERE id = %s", contract)
    other = await district.offered(entry)
    await suspend(district.approver, entry, cause=Cause.BUREAU, reason="核查")
    refused("R22", _SIGN, None, other)


async def test_a_contract_may_last_to_the_day_before(database: TestDatabase) -> None:
    _, _, _, contract = await _offered()
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(_SIGN.encode(), (date(2024, 8, 31), contract))


_LIST = (
    "INSERT INTO entry (list, provider, application, certificate_number, name, categories, state, listed_on, ends_on,"
    " search_text, search_terms, pinyin_key, created_at) VALUES (%s, %s, %s, %s, '机构', ARRAY['arts'], 'listed', %s,"
    " (%s::date + 729), '', ARRAY[]::varchar[], '', now())"
)


async def test_listings(refused: Sql, database: TestDatabase) -> None:
    district = await make_district()
    firm = await district.firm()
    early = await district.on_notice(firm, passes_from=date(2022, 7, 6))
    refused("R15", _LIST, district.list_id, firm.id, early, "A-1", START, START)
    second = await district.firm(representative=2)
    alone = await district.on_notice(second)
    database.execute("UPDATE application SET decided_by = NULL, state = 'in_review' WHERE id = %s", alone)
    refused("R13", _LIST, district.list_id, second.id, alone, "A-2", START, START)
    refused("two_people", "UPDATE application SET decided_by = recommended_by WHERE id = %s", alone)
    third = await district.firm(representative=3)
    objected = await district.on_notice(third)
    database.execute(
        "INSERT INTO objection (item, receipt_number, receipt_secret_hash, kind, identity_sealed, facts_sealed, state,"
        " filed_on, filed_at, ruling_reason) SELECT id, 'YY1', '', 'person', '', '', 'open', '2022-07-01', now(), ''"
        " FROM notice_item WHERE application = %s",
        objected,
    )
    refused("R17", _LIST, district.list_id, third.id, objected, "A-3", START, START)


async def test_one_entry_at_a_time_and_no_objection_afterwards(refused: Sql) -> None:
    district = await make_district()
    firm = await district.firm()
    await district.listed(firm)
    application = (await rows("SELECT application FROM entry"))[0]["application"]
    refused("entry_no_overlap", _LIST, district.list_id, firm.id, None, "B-1", START, START)
    refused(
        "entry_of_application",
        _LIST,
        district.list_id,
        firm.id,
        application,
        "B-2",
        date(2024, 7, 5),
        date(2024, 7, 5),
    )
    refused(
        "R17",
        "INSERT INTO objection (item, receipt_number, receipt_secret_hash, kind, identity_sealed, facts_sealed, state,"
        " filed_on, filed_at, ruling_reason) SELECT id, 'YY2', '', 'person', '', '', 'open', '2022-07-05', now(), ''"
        " FROM notice_item WHERE application = %s",
        application,
    )


async def test_bans_and_cases(refused: Sql, database: TestDatabase) -> None:
    district, firm, entry, _ = await _offered()
    case = await report(
        district.school, entry, Report(Ground.SUBCONTRACTED, "转包", school_id=district.school_id)
    )
    refused("exit_case_one_open", "INSERT INTO exit_case SELECT (jsonb_populate_record(x, jsonb_build_object('id', 999,"
            " 'number', 'T-2'))).* FROM exit_case x WHERE id = %s", case)  # fmt: skip
    await deciding.answer(firm.actor, case, "说明")
    await deciding.propose(district.reviewer, case, "uphold", Ground.SUBCONTRACTED, "属实")
    refused("two_people", "UPDATE exit_case SET decided_by = proposed_by WHERE id = %s", case)
    refused("decided_by_somebody", "UPDATE exit_case SET state = 'upheld' WHERE id = %s", case)
    await deciding.decide(district.approver, case, "uphold", "属实")
    again = await make_round(district.list_id, "nanning-2022")
    draft = await district.on_notice(firm, round_id=again)
    database.execute("UPDATE application SET state = 'draft' WHERE id = %s", draft)
    refused(
        "R28", "UPDATE application SET state = 'submitted', submitted_on = '2022-07-05' WHERE id = %s", draft
    )
    refused(
        "application_one_live",
        "INSERT INTO application SELECT (jsonb_populate_record(x, jsonb_build_object('id', 999, 'receipt_number', 'R-2'))).*"
        " FROM application x WHERE id = %s",
        draft,
    )


async def test_events_notices_and_acts_of_review_stay(refused: Sql) -> None:
    district = await make_district()
    firm = await district.firm()
    await district.listed(firm)
    for statement in (
        "UPDATE event SET reason = 'anders'",
        "DELETE FROM event",
        "TRUNCATE event",
        "DELETE FROM review_act",
        "UPDATE review_act SET reason = 'x'",
        "DELETE FROM chain_seal",
    ):
        refused("", statement)
    refused("R15", "UPDATE notice SET last_day = last_day + 1")
    refused("R15", "UPDATE notice SET snapshot = '{\"a\": 1}'")
    refused("", "ALTER TABLE event DISABLE TRIGGER ALL")
    refused("", "DROP TABLE entry")
    refused("", "DELETE FROM provider WHERE id = %s", firm.id)
