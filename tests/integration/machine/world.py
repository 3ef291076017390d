"""Two bureaux with their lists, schools and providers in one database that is emptied and used again."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from typing import Any, TypeVar

import psycopg

from registry.applications import commands as applications
from registry.applications.tables import ApplicationFile
from registry.checks import commands as checks
from registry.contracts import drafting, signing
from registry.documents.tables import StoredFile
from registry.kernel import db
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.clock import real_now
from registry.kernel.db import rows
from registry.kernel.errors import RegistryError
from registry.providers.facts import ProviderFacts
from registry.rounds import commands as rounds
from registry.rounds.commands import RoundDraft
from tests.conftest import TestDatabase
from tests.factories.applying import some_facts, whole_form
from tests.factories.listed import District, Firm, account, cleared_person, make_district, scan, set_day
from tests.integration.machine.invariants import Witness
from vetting.model import Finding, Severity, VettingResult

Result = TypeVar("Result")
FIRST_DAY = date(2022, 7, 5)
LAST_DAY = date(2025, 11, 30)
_number = count(1)


@dataclass
class Bureau:
    """A bureau with its people; every role is held by two."""

    district: District
    reviewers: tuple[Actor, ...]
    approvers: tuple[Actor, ...]
    admin: Actor

    @property
    def officials(self) -> tuple[Actor, ...]:
        """All who may be asked to act, rightly or not."""
        return (*self.reviewers, *self.approvers, self.admin)


@dataclass
class Applicant:
    """A provider with its account and facts."""

    firm: Firm
    facts: ProviderFacts


class World:
    """One registry, driven by commands on one event loop; counts what was done and what was refused."""

    def __init__(self, database: TestDatabase) -> None:
        self.loop = asyncio.new_event_loop()
        self._open = AsyncExitStack()
        self.loop.run_until_complete(self._open.enter_async_context(db.pooled()))
        self.witness = Witness(database.admin_url)
        self._admin = psycopg.connect(database.admin_url, autocommit=True)
        self._empty = self._statement_that_empties()
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.journal: list[str] = []
        self.steps = 0
        self.day = FIRST_DAY

    def _statement_that_empties(self) -> bytes:
        found = self._admin.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        tables = [name for (name,) in found]
        filled = {
            name
            for name in tables
            if self._admin.execute(f'SELECT 1 FROM "{name}" LIMIT 1'.encode()).fetchone() is not None
        }
        return ("TRUNCATE " + ", ".join(f'"{name}"' for name in tables if name not in filled)).encode()

    def close(self) -> None:
        """Stop everything."""
        self.loop.run_until_complete(self._open.aclose())
        self.loop.close()
        self.witness.close()
        self._admin.close()

    def run(self, act: Awaitable[Result]) -> Result:
        """Wait for something on the world's loop."""

        async def wait() -> Result:
            return await act

        return self.loop.run_until_complete(wait())

    def act(self, name: str, act: Awaitable[Any]) -> Any:
        """Try an act: None where a rule or the record's state refuses it, which is no fault."""
        try:
            result = self.run(act)
        except RegistryError as error:
            self.refused[name] += 1
            self.journal.append(f"{self.day} {name} refused: {error.rule or ''} {error}"[:110])
            return None
        except Exception as error:
            self.journal.append(f"{self.day} {name} BROKE: {error!r}")
            raise
        self.done[name] += 1
        self.journal.append(f"{self.day} {name} {result}"[:110])
        return result

    # --- beginning anew -------------------------------------------------------------------------------------

    def begin(self, policies: tuple[str, str]) -> None:
        """Empty the tables; two bureaux under two policies, four providers, one open round each."""
        # The triggers that forbid it are set aside: this is not the application.
        self._admin.execute("SET session_replication_role = replica")
        self._admin.execute(self._empty)
        self._admin.execute("SET session_replication_role = origin")
        self.witness.forget()
        self.journal.clear()
        self.run(self._set_up(policies))

    async def _set_up(self, policies: tuple[str, str]) -> None:
        self.day = FIRST_DAY
        self.bureaux = [
            await self._bureau("450100", policies[0], "南宁市教育局"),
            await self._bureau("450103", policies[1], "青秀区教育局"),
        ]
        self.applicants: list[Applicant] = []
        for number in range(4):
            # The last two have the same legal representative (R28).
            firm = await self.bureaux[0].district.firm(f"机构{number}", representative=min(number, 2) + 1)
            facts = replace(
                some_facts(number + 1, boss=min(number, 2) + 1, name=f"南宁虚构{number}号艺术培训有限公司"),
                credit_code=firm.code,
            )
            self.applicants.append(Applicant(firm, facts))
        for bureau in self.bureaux:
            await rounds.publish(
                bureau.admin, await rounds.create(bureau.admin, self.round_draft(bureau, 0, 12))
            )

    async def _bureau(self, division: str, policy: str, name: str) -> Bureau:
        district = await make_district(division=division, policy_name=policy, name=name)

        async def at(who: str, *roles: Role) -> Actor:
            return await account(who, *(Membership(role, bureau_id=district.bureau_id) for role in roles))

        # The factory's round is written without events; it is not part of this world.
        await rows("DELETE FROM round WHERE list = {}", district.list_id)
        return Bureau(
            district,
            reviewers=(district.reviewer, await at("初审二", Role.REVIEWER), await at("两任", Role.REVIEWER, Role.APPROVER)),
            approvers=(district.approver, district.second_approver, await at("复审三", Role.APPROVER)),
            admin=await at("管理", Role.BUREAU_ADMIN),
        )  # fmt: skip

    def round_draft(self, bureau: Bureau, opens_in: int, length: int) -> RoundDraft:
        """A round of a bureau's list that opens in some days."""
        opens = self.day + timedelta(days=opens_in)
        return RoundDraft(
            list_id=bureau.district.list_id,
            title=f"第 {next(_number)} 批遴选",
            opens_on=opens,
            deadline=opens + timedelta(days=length),
        )

    # --- time -----------------------------------------------------------------------------------------------

    def move_to(self, day: date) -> None:
        """The clock goes on, never back and never past the last loaded schedule."""
        self.run(self.go_to(day))

    async def go_to(self, day: date) -> None:
        """As ``move_to``, inside an act."""
        self.day = max(self.day, min(day, LAST_DAY))
        await set_day(self.day)

    # --- finding --------------------------------------------------------------------------------------------

    def one(self, sql: str, *values: Any) -> dict[str, Any]:
        """The only row of a query."""
        (found,) = self.run(rows(sql, *values))
        return found

    def bureau_of(self, bureau_id: int) -> Bureau:
        """The bureau with an id."""
        return next(b for b in self.bureaux if b.district.bureau_id == bureau_id)

    def bureau_of_application(self, application_id: int) -> Bureau:
        """The bureau that an application was made to."""
        found = self.one(
            "SELECT l.bureau FROM application a JOIN round r ON r.id = a.round JOIN registry_list l ON l.id = r.list"
            " WHERE a.id = {}",
            application_id,
        )
        return self.bureau_of(found["bureau"])

    def bureau_of_entry(self, entry_id: int) -> Bureau:
        """The bureau on whose list an entry is."""
        found = self.one(
            "SELECT l.bureau FROM entry e JOIN registry_list l ON l.id = e.list WHERE e.id = {}", entry_id
        )
        return self.bureau_of(found["bureau"])

    def applicant(self, provider_id: int) -> Applicant:
        """The applicant with a provider's id."""
        return next(one for one in self.applicants if one.firm.id == provider_id)

    def applicant_of(self, application_id: int) -> Applicant:
        """Whose application it is."""
        return self.applicant(
            self.one("SELECT provider FROM application WHERE id = {}", application_id)["provider"]
        )

    # --- acts of several commands ---------------------------------------------------------------------------

    async def start(self, applicant: Applicant, round_id: int) -> int:
        """A draft that lacks nothing; its file is recorded as stored and locked already."""
        application_id = await applications.start(applicant.firm.actor, round_id)
        form = whole_form(applicant.facts)
        years = {str(year): "合格" for year in range(2019, 2026)}
        found = await rows("SELECT form_version FROM application WHERE id = {}", application_id)
        if found[0]["form_version"] == 0:
            await applications.save_form(
                applicant.firm.actor, application_id, form.model_copy(update={"annual_inspections": years}), 0
            )
            await add_locked_file(application_id)
        return application_id

    async def vet(self, application_id: int, blocking: bool) -> None:
        """The short way through vetting: a run that reads nothing, with one finding or none."""
        run_id = await checks.begin(application_id, "machine")
        if run_id is None:
            return
        finding = Finding("licence_expired", Severity.BLOCK, "R10", "已到期")
        await checks.finish(
            run_id, VettingResult((), (finding,) if blocking else (), (), engine="machine"), ()
        )

    async def fail_vetting(self, application_id: int) -> None:
        """A run that could not be done."""
        run_id = await checks.begin(application_id, "machine")
        if run_id is not None:
            await checks.fail(run_id, "程序出错")

    async def prepare_contract(
        self, school: Actor, entry_id: int, starts_on: date, ends_on: date, category: str = "arts"
    ) -> int:
        """A contract with everything the school can do, offered."""
        (school_id,) = school.school_ids
        terms = drafting.Terms(category, "少儿书法", starts_on, ends_on, 4000)
        contract_id = await drafting.draft(school, school_id, entry_id, terms)
        for kind in ("parents_consulted", "plan_published", "liability_insurance"):
            consent = drafting.Consent(True) if kind == "parents_consulted" else None
            await drafting.record_precondition(school, contract_id, kind, self.day, "已完成", consent=consent)
        await drafting.name_people(school, contract_id, [cleared_person()])
        await drafting.attach_scan(school, contract_id, await scan(contract_id))
        await signing.offer(school, contract_id)
        return contract_id


async def add_locked_file(application_id: int) -> None:
    """A merged PDF that the store holds and has locked; no test of this kind reads it."""
    stored = StoredFile(
        owner="application", owner_id=application_id, given_name="材料.pdf", media_type="application/pdf", size=10,
        pages=1, sha256=f"{next(_number):064x}", object_key=f"machine/{next(_number)}", state="locked",
        uploaded_at=real_now(),
    )  # fmt: skip
    await stored.save()
    await ApplicationFile(
        application=application_id, file=int(stored.id), item=0, created_at=real_now()
    ).save()
