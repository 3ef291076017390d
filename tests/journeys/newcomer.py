"""A provider of a test's own, with a draft in the demo's open round: nobody else's data is touched."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from stdnum.cn import uscc

from registry.entrypoints.demo.applications import Sample, form_of, sample
from registry.entrypoints.demo.journey import applying
from registry.entrypoints.demo.journey.browser import Person
from tests.journeys.system import System


@dataclass(frozen=True)
class Newcomer:
    """Somebody signed in for a new provider, the address of its draft, and what its form would hold."""

    person: Person
    login: str
    password: str
    address: str
    sample: Sample


def newcomer(system: System) -> Newcomer:
    """Open an account, register a provider, begin an application. The day must be within the open round."""
    tag = secrets.token_hex(4)
    body = f"91450103MA{''.join(secrets.choice('ABCDEFGHJKLMNPQR') for _ in range(7))}"
    given = sample("d01-qingmeng")
    form = given.form | {
        "name": f"南宁市新苗{tag}体育培训有限公司",
        "credit_code": body + uscc.calc_check_digit(body),
        "legal_representative_id": "450191198808099995",
    }
    mine = replace(given, form=form)
    person, login, password = system.anybody(), f"newcomer-{tag}", f"{tag}-password"
    applying.open_account(person, login, password)
    applying.register(person, form_of(form, "business_licence"))
    round_id = system.one("SELECT id FROM round WHERE title LIKE '2022年引进%%'")
    return Newcomer(person, login, password, applying.start(person, round_id), mine)
