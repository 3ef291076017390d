"""Applying: account, provider, form, merged PDF, submission."""

from __future__ import annotations

from registry.applications.form import ApplicationForm
from registry.entrypoints.demo.applications import Sample, form_of, kind_of
from registry.entrypoints.demo.journey.browser import Page, Person, Unexpected

PDF = "application/pdf"


def open_account(person: Person, login: str, password: str) -> Page:
    """Open an account on the page for it; one is signed in afterwards."""
    fields = {"login": login, "display_name": person.name, "password": password, "password_again": password}
    return person.press(person.open("/register"), "/register", fields)


def register(person: Person, form: ApplicationForm) -> Page:
    """Register the provider with the facts of its form."""
    return person.press(person.open("/provider/register"), "/provider/register", _basics(form))


def _basics(form: ApplicationForm) -> dict[str, str]:
    return {
        "name": form.name,
        "credit_code": form.credit_code,
        "kind": form.kind,
        "registered_address": form.registered_address,
        "legal_representative": form.legal_representative,
        "legal_representative_id": form.legal_representative_id,
        "contact_name": form.contact.name,
        "contact_phone": form.contact.phone,
        "contact_email": form.contact.email,
    }


def start(person: Person, round_id: int) -> str:
    """Begin an application in a round; returns its address."""
    page = person.press(person.open("/provider"), "/provider/applications", where={"round": str(round_id)})
    if "/provider/applications/" not in page.path:
        raise Unexpected(f"starting an application led to {page.path}")
    return page.path


def fill_in(person: Person, address: str, sample: Sample) -> ApplicationForm:
    """Fill in every part of the form from a sample; returns what was typed."""
    form = form_of(sample.form, kind_of(sample.form["credit_code"]))
    basics = {k: [v] for k, v in _basics(form).items()}
    basics |= {"categories": list(form.categories), "business_scope": [form.business_scope]}
    _section(person, address, "basics", basics)
    courses: dict[str, list[str]] = {}
    for n, course in enumerate(form.courses):
        courses |= {
            f"courses-{n}-title": [course.title],
            f"courses-{n}-category": [course.category],
            f"courses-{n}-grades": [course.grades],
            f"courses-{n}-class_size": [str(course.class_size)],
            f"courses-{n}-price": [f"{(course.price_cents or 0) / 100:.2f}"],
        }
    _section(person, address, "courses", courses)
    teachers: dict[str, list[str]] = {}
    for n, teacher in enumerate(form.teachers):
        teachers |= {
            f"teachers-{n}-name": [teacher.name],
            f"teachers-{n}-id_number": [teacher.id_number],
            f"teachers-{n}-course": [teacher.course],
            f"teachers-{n}-certificate_type": [teacher.certificate_type],
            f"teachers-{n}-certificate_number": [teacher.certificate_number],
            f"teachers-{n}-valid_until": [teacher.valid_until.isoformat() if teacher.valid_until else ""],
        }
    _section(person, address, "teachers", teachers)
    commitment = {f"inspection_{year}": [result] for year, result in form.annual_inspections.items()}
    for name in ("truthful", "good_credit", "no_violations", "not_blacklisted"):
        commitment[f"declaration_{name}"] = ["1"]
    _section(person, address, "commitment", commitment)
    return form


def _section(person: Person, address: str, name: str, fields: dict[str, list[str]]) -> None:
    page = person.open(f"{address}/form/{name}")
    person.press(page, f"/form/{name}", fields)


def upload(person: Person, address: str, sample: Sample, *, expect: int | None = 200) -> Page:
    """Upload the merged PDF of a sample."""
    page = person.open(f"{address}/files")
    return person.press(page, "/files/0", files={"file_0": (sample.pdf_name, sample.pdf, PDF)}, expect=expect)


def submit(person: Person, address: str, *, expect: int | None = 200) -> Page:
    """Check the answers and submit."""
    return person.press(person.open(f"{address}/check"), "/submit", expect=expect)
