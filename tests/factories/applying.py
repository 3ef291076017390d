"""Somebody who applies: a provider registered by its command, a complete form, small files. All fictional."""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from pathlib import Path

import pikepdf

from registry.applications import commands, queries
from registry.applications.form import ApplicationForm, Contact, Course, Declarations, Teacher
from registry.documents import commands as documents
from registry.documents.commands import PutFile
from registry.kernel.actor import Actor, Membership, Role
from registry.providers import commands as providers
from registry.providers.facts import Contact as ProviderContact
from registry.providers.facts import ProviderFacts
from tests.factories.listed import account, credit_code, resident_id, set_day
from tests.factories.reviewing import Desk, make_desk

OPEN_DAY = date(2022, 6, 20)
DEADLINE = date(2022, 6, 22)
_serial = count(100)


def some_facts(number: int, *, boss: int | None = None, name: str = "") -> ProviderFacts:
    """Right facts of a fictional provider; ``boss`` picks the legal representative's number."""
    return ProviderFacts(
        name=name or f"南宁虚构{number}号艺术培训有限公司",
        credit_code=credit_code(number),
        kind="business_licence",
        legal_representative="卢晓岚",
        legal_representative_id=resident_id(number if boss is None else boss),
        registered_address="南宁市虚构区想象路 1 号",
        contact=ProviderContact("岑子墨", "19900001234", "a@example.com"),
    )


@dataclass
class Applicant:
    """An account with the provider it registered, at a desk whose round is open."""

    desk: Desk
    actor: Actor
    provider_id: int
    facts: ProviderFacts

    async def start(self) -> int:
        """A draft in the desk's round."""
        return await commands.start(self.actor, self.desk.round_id)

    async def filled(self) -> int:
        """A draft with a complete form and one merged PDF."""
        application_id = await self.start()
        await self.fill(application_id)
        await commands.add_file(self.actor, application_id, 0, await some_file())
        return application_id

    async def fill(self, application_id: int) -> None:
        """Save a complete form."""
        _, version = await queries.working_form(application_id)
        await commands.save_form(self.actor, application_id, whole_form(self.facts), version)

    async def submitted(self) -> int:
        """An application that was handed in."""
        application_id = await self.filled()
        await commands.submit(self.actor, application_id)
        return application_id


async def make_applicant(desk: Desk | None = None, *, boss: int | None = None) -> Applicant:
    """An applicant on 20 June 2022, two days before the deadline; makes a desk of its own unless given one."""
    if desk is None:
        desk = await make_desk(day=OPEN_DAY)
    await set_day(OPEN_DAY)
    number = next(_serial)
    facts = some_facts(number, boss=boss)
    someone = await account(f"机构{number}")
    provider_id = await providers.register(someone, facts)
    member = replace(someone, memberships=(Membership(Role.PROVIDER, provider_id=provider_id),))
    return Applicant(desk, member, provider_id, facts)


def whole_form(facts: ProviderFacts) -> ApplicationForm:
    """A form to which nothing is missing."""
    base = ApplicationForm.of_provider(facts)
    return base.model_copy(
        update={
            "contact": Contact(name="岑子墨", phone="19900001234", email="a@example.com"),
            "categories": ("arts",),
            "business_scope": "文化艺术培训；组织文化艺术交流活动",
            "courses": (
                Course(
                    title="少儿书法", category="arts", grades="三至六年级", class_size=30, price_cents=4000
                ),
            ),
            "teachers": (
                Teacher(
                    name="蒙佳宁",
                    id_number=resident_id(900),
                    certificate_type="教师资格证书",
                    certificate_number="20144500132002800",
                ),
            ),
            "annual_inspections": {"2020": "合格", "2021": "合格"},
            "declarations": Declarations(
                truthful=True, good_credit=True, no_violations=True, not_blacklisted=True
            ),
        }
    )


async def some_file(name: str = "材料.pdf", content: str = "") -> PutFile:
    """A stored file that is not recorded yet; the same ``content`` gives the same bytes."""
    with tempfile.NamedTemporaryFile() as spooled:
        spooled.write(f"%PDF-1.7 {content or next(_serial)}".encode())
        spooled.flush()
        return await documents.put(Path(spooled.name), name=name, media_type="application/pdf", pages=2)


def pdf_bytes(pages: int = 2) -> bytes:
    """A small valid PDF of empty A4 pages."""
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(595, 842))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def png_bytes() -> bytes:
    """A small valid PNG."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (300, 400), "white").save(out, format="PNG")
    return out.getvalue()
