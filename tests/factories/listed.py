"""A small district of the registry in the database: a bureau with its list, schools, officials and providers.

Rows of the rooms below the whitelist are written directly; the whitelist, contracts and exits act by their
commands. Everything is fictional.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from piccolo.table import Table

from registry.accounts.tables import Account, MembershipRow
from registry.applications.form import ApplicationForm, Course
from registry.applications.tables import Application
from registry.contracts import drafting, signing
from registry.contracts.drafting import Terms
from registry.contracts.people import Person
from registry.documents.tables import StoredFile
from registry.exits import overturning
from registry.jurisdictions.tables import Bureau, RegistryList
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import rows
from registry.kernel.sealed import blind_index, seal
from registry.kernel.tables import DemoClock
from registry.notices.tables import Notice, NoticeItem
from registry.policies import freeze, load
from registry.providers.rules import check_credit_code
from registry.providers.tables import Provider
from registry.rounds.tables import Round
from registry.schools.tables import ListSchool, School
from registry.whitelist.listing import list_application

NOW = datetime(2022, 7, 1, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
START = date(2022, 7, 5)
CYCLE_END = date(2024, 7, 4)
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_serial = count(1)


def credit_code(number: int) -> str:
    """A fictional credit code with a right check character."""
    body = f"52450100MJX{number:06d}"
    return next(body + c for c in _ALPHABET if check_credit_code(body + c).ok)


def resident_id(number: int) -> str:
    """A fictional resident ID number with a right check character; the same for no two numbers below 10,000."""
    body = f"450103{1990 + number // 1000 % 10}0101{number % 1000:03d}"
    total = sum(
        int(c) * w for c, w in zip(body, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), strict=True)
    )
    return body + "10X98765432"[total % 11]


async def _save(made: Table) -> int:
    await made.save()
    return int(made.id)  # type: ignore[attr-defined]


async def set_day(day: date) -> None:
    """Move the demo's day."""
    await rows("DELETE FROM demo_clock")
    await DemoClock.insert(DemoClock(id=1, day=day))


async def account(name: str, *memberships: Membership) -> Actor:
    """An account with memberships, as an actor."""
    account_id = await _save(
        Account(login=f"{name}-{next(_serial)}", display_name=name, password="x", created_at=NOW)
    )
    for m in memberships:
        await _save(
            MembershipRow(
                account=account_id,
                role=m.role.value,
                bureau=m.bureau_id,
                provider=m.provider_id,
                school=m.school_id,
            )
        )
    return Actor(account_id, name, memberships)


@dataclass
class Firm:
    """A provider with its account."""

    id: int
    actor: Actor
    code: str
    representative_index: str


@dataclass
class District:
    """The bureau with its list, its officials, one school of the city and one in a township."""

    bureau_id: int
    list_id: int
    round_id: int
    division: str
    school_id: int
    township_id: int
    reviewer: Actor
    approver: Actor
    second_approver: Actor
    school: Actor
    township: Actor

    async def firm(self, name: str = "南宁市青秀区晨曦艺术培训中心", *, representative: int = 1) -> Firm:
        """A registered provider."""
        number = next(_serial)
        code = credit_code(number)
        index = blind_index(resident_id(representative), "person_id")
        provider_id = await _save(
            Provider(
                name=name,
                name_key=name,
                credit_code=code,
                kind="private_nonenterprise_certificate",
                legal_representative="卢晓岚",
                legal_representative_id_sealed=seal(
                    resident_id(representative), "provider.legal_representative_id"
                ),
                legal_representative_id_index=index,
                registered_address="南宁市青秀区虚构路 1 号",
                created_at=NOW,
            )
        )
        actor = await account("机构", Membership(Role.PROVIDER, provider_id=provider_id))
        return Firm(provider_id, actor, code, index)

    async def on_notice(
        self,
        firm: Firm,
        *,
        passes_from: date | None = START,
        categories: tuple[str, ...] = ("arts",),
        brand: str = "",
        round_id: int | None = None,
        list_id: int | None = None,
    ) -> int:
        """The firm's application on a notice that passes on a day (None: provisional); returns its id."""
        number = next(_serial)
        form = ApplicationForm(
            name="申报",
            brand=brand,
            courses=(
                Course(
                    title="少儿书法", category="arts", grades="三至六年级", class_size=30, price_cents=4000
                ),
            ),
        )
        provider_name = (await rows("SELECT name FROM provider WHERE id = {}", firm.id))[0]["name"]
        application = await _save(
            Application(
                round=round_id or self.round_id,
                provider=firm.id,
                state="on_notice",
                receipt_number=f"R{number}",
                form_sealed=form.sealed(),
                name=provider_name,
                categories=list(categories),
                created_at=NOW,
                recommended_by=self.reviewer.account_id,
                recommendation="shortlist",
                decided_by=self.approver.account_id,
            )
        )
        last_day = (passes_from or START) - timedelta(days=1)
        notice = await _save(
            Notice(
                list=list_id or self.list_id,
                round=round_id or self.round_id,
                number=f"GS-{number}",
                title="公示",
                published_on=last_day - timedelta(days=7),
                published_at=NOW,
                published_by=self.approver.account_id,
                calendar="CN-GX",
                last_day=last_day,
                passes_from=passes_from,
                provisional=passes_from is None,
                snapshot=json.dumps(
                    {
                        "providers": [
                            {
                                "application": application,
                                "name": provider_name,
                                "credit_code": firm.code,
                                "categories": list(categories),
                            }
                        ]
                    }
                ),
                sha256="0" * 64,
            )
        )
        await _save(NoticeItem(notice=notice, application=application, position=1))
        return application

    async def listed(
        self,
        firm: Firm,
        *,
        categories: tuple[str, ...] = ("arts",),
        round_id: int | None = None,
        list_id: int | None = None,
    ) -> int:
        """An entry of the firm, confirmed today; returns its id."""
        application = await self.on_notice(firm, categories=categories, round_id=round_id, list_id=list_id)
        return await list_application(self.approver, application, "公示期满无异议")

    async def offered(
        self,
        entry_id: int,
        *,
        school: Actor | None = None,
        starts_on: date = date(2022, 9, 1),
        ends_on: date = date(2023, 8, 31),
    ) -> int:
        """A contract that lacks only the provider's signature; returns its id."""
        actor = school or self.school
        (school_id,) = actor.school_ids
        contract_id = await drafting.draft(
            actor, school_id, entry_id, Terms("arts", "少儿书法", starts_on, ends_on, 4000)
        )
        for kind in ("parents_consulted", "plan_published", "liability_insurance"):
            await drafting.record_precondition(actor, contract_id, kind, START, "已完成")
        await drafting.name_people(actor, contract_id, [cleared_person()])
        await drafting.attach_scan(actor, contract_id, await scan(contract_id))
        await signing.offer(actor, contract_id)
        return contract_id

    async def signed(self, firm: Firm, entry_id: int, **terms: object) -> int:
        """A signed contract; returns its id."""
        contract_id = await self.offered(entry_id, **terms)  # type: ignore[arg-type]
        await signing.sign(firm.actor, contract_id)
        return contract_id

    async def overturned(self, case_id: int, reason: str) -> bool:
        """An upheld case set aside by two people who had no part in it; returns whether the entry came back."""
        await overturning.propose(self.reviewer, case_id, reason)
        return await overturning.overturn(self.second_approver, case_id, reason)


def cleared_person(number: int = 7) -> Person:
    """Somebody with every clearance."""
    return Person("梁文博", resident_id(number), "教师资格证", START, START)


async def scan(owner_id: int, owner: str = "contract") -> int:
    """The record of an uploaded file; its object is not needed here."""
    return await _save(
        StoredFile(
            owner=owner,
            owner_id=owner_id,
            given_name="合同.pdf",
            media_type="application/pdf",
            size=10,
            pages=1,
            sha256="0" * 64,
            object_key=f"uploads/{next(_serial)}",
            uploaded_at=NOW,
        )
    )


async def make_round(list_id: int, policy_name: str, *, cycle_ends_on: date = CYCLE_END) -> int:
    """A published round of a list."""
    policy = freeze(load(policy_name))
    return await _save(
        Round(
            list=list_id,
            title="2022 年遴选",
            state="published",
            opens_on=date(2022, 6, 1),
            deadline=date(2022, 6, 10),
            cycle_ends_on=cycle_ends_on,
            inspection_years=[2020, 2021],
            categories=["sports", "arts"],
            policy_name=policy_name,
            policy_version=policy["version"],
            policy=json.dumps(policy, ensure_ascii=False),
            created_at=NOW,
        )
    )


async def make_district(
    *, division: str = "450100", policy_name: str = "nanning-2022", name: str = "南宁市教育局"
) -> District:
    """A district on the day its first notice has passed."""
    await set_day(START)
    for code, place in ((division, "南宁市"), ("450000", "广西壮族自治区"), ("450103", "青秀区")):
        await rows("INSERT INTO division (code, name) VALUES ({}, {}) ON CONFLICT DO NOTHING", code, place)
    bureau = await _save(
        Bureau(name=name, short_name=name, division=division, policy_name=policy_name, contact="0771-0000000")
    )
    list_id = await _save(RegistryList(bureau=bureau, name=f"{name}直属学校备选库", short_name="直属库"))
    school = await _save(School(name="虚构小学", bureau=bureau, division=division, address="虚构路 2 号"))
    township = await _save(
        School(name="虚构乡中心小学", bureau=bureau, division=division, township=True, address="")
    )
    for school_id in (school, township):
        await _save(ListSchool(list=list_id, school=school_id))

    def official(role: Role) -> Membership:
        return Membership(role, bureau_id=bureau)

    return District(
        bureau_id=bureau,
        list_id=list_id,
        round_id=await make_round(list_id, policy_name),
        division=division,
        school_id=school,
        township_id=township,
        reviewer=await account("初审", official(Role.REVIEWER)),
        approver=await account("复审", official(Role.APPROVER)),
        second_approver=await account("复审二", official(Role.APPROVER)),
        school=await account("学校", Membership(Role.SCHOOL, school_id=school)),
        township=await account("乡镇学校", Membership(Role.SCHOOL, school_id=township)),
    )
