"""Applications of the demo: the sample documents handed in as providers do, by the same commands."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from registry.accounts.commands import add_membership, open_account
from registry.applications import commands as applications
from registry.applications.form import ApplicationForm, Contact, Course, Declarations, Teacher
from registry.documents.commands import put
from registry.entrypoints.demo.accounts import PASSWORD
from registry.kernel.actor import Actor, Membership, Role
from registry.providers.commands import register

_COURSES = {
    "sports": ("羽毛球与体能", "一至六年级", 24, 4000),
    "arts": ("艺术素养", "一至六年级", 20, 3800),
    "comprehensive_practice": ("劳动与创意实践", "三至六年级", 20, 3600),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample application: what was typed, and its merged PDF."""

    slug: str
    form: dict[str, Any]
    pdf_name: str
    pdf: bytes


def sample(slug: str) -> Sample:
    """A sample application that comes with the demo."""
    with as_file(files("registry.entrypoints.demo").joinpath("data", slug)) as folder:
        found = json.loads((folder / "application.json").read_text())
        return Sample(slug, found["form"], found["merged_pdf"], (folder / found["merged_pdf"]).read_bytes())


def form_of(given: dict[str, Any], kind: str) -> ApplicationForm:
    """The application form with what a sample says, one course a category, and all declarations."""
    courses = []
    for category in given["categories"]:
        title, grades, size, cents = _COURSES[category]
        courses.append(
            Course(title=title, category=category, grades=grades, class_size=size, price_cents=cents)
        )
    return ApplicationForm(
        name=given["name"],
        credit_code=given["credit_code"],
        kind=kind,
        registered_address=given["registered_address"],
        legal_representative=given["legal_representative"],
        legal_representative_id=given["legal_representative_id"],
        contact=Contact(**given["contact"]),
        categories=tuple(given["categories"]),
        business_scope=given["business_scope"],
        courses=tuple(courses),
        teachers=tuple(
            Teacher(
                name=t["name"],
                id_number=t["id_number"],
                course=courses[0].title,
                certificate_type=t["certificate_type"],
                certificate_number=t["certificate_number"] or "",
                valid_until=date.fromisoformat(t["valid_until"]) if t["valid_until"] else None,
            )
            for t in given["teachers"]
        ),
        annual_inspections=dict(given["annual_inspections"]),
        declarations=Declarations(truthful=True, good_credit=True, no_violations=True, not_blacklisted=True),
    )


def kind_of(credit_code: str) -> str:
    """The kind of registration that a credit code's first two characters mean."""
    return {"52": "private_nonenterprise_certificate", "51": "social_organization_certificate"}.get(
        credit_code[:2], "business_licence"
    )


async def join(login: str, name: str, slug: str, account_id: int | None = None) -> Actor:
    """Register a sample's provider for an account (opened here unless it exists); returns its actor."""
    given = sample(slug)
    if account_id is None:
        account_id = await open_account(login, name, PASSWORD)
    actor = Actor(account_id, name)
    provider_id = await register(actor, form_of(given.form, kind_of(given.form["credit_code"])).facts)
    membership = Membership(Role.PROVIDER, provider_id=provider_id)
    await add_membership(account_id, membership)
    return Actor(account_id, name, (membership,))


async def member_of(provider_id: int, login: str, name: str) -> Actor:
    """A new account that belongs to a provider of the registry."""
    membership = Membership(Role.PROVIDER, provider_id=provider_id)
    account_id = await open_account(login, name, PASSWORD, (membership,))
    return Actor(account_id, name, (membership,))


async def draft(actor: Actor, round_id: int, slug: str) -> int:
    """A draft with a complete form and no file yet; returns the application's id."""
    given = sample(slug)
    application_id = await applications.start(actor, round_id)
    form = form_of(given.form, kind_of(given.form["credit_code"]))
    await applications.save_form(actor, application_id, form, 0)
    return application_id


async def hand_in(actor: Actor, round_id: int, slug: str) -> int:
    """A complete application with its merged PDF, submitted; returns its id."""
    given = sample(slug)
    application_id = await draft(actor, round_id, slug)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "merged.pdf"
        path.write_bytes(given.pdf)
        file = await put(path, name=given.pdf_name, media_type="application/pdf")
    await applications.add_file(actor, application_id, 0, file)
    await applications.submit(actor, application_id)
    return application_id
