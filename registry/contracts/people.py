"""The people who will enter a school (R32): names and numbers sealed, clearances as facts with their day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from registry.kernel.db import row, rows
from registry.kernel.errors import FieldError
from registry.kernel.sealed import blind_index, seal, unseal
from registry.kernel.years import add_months
from registry.providers.rules import check_resident_id

MAX_PEOPLE = 200


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who will enter the school. ``certificate`` says which one was seen; the days are of the checks."""

    name: str
    id_number: str
    certificate: str
    health_checked_on: date | None
    record_queried_on: date | None

    @property
    def cleared(self) -> bool:
        """Certificate, health and criminal-record query are all there; they may have lapsed."""
        return bool(self.certificate.strip()) and None not in (self.health_checked_on, self.record_queried_on)

    def lapses_on(self, months: int) -> date | None:
        """The first day on which a clearance is too old; None where one is missing."""
        if self.health_checked_on is None or self.record_queried_on is None:
            return None
        return add_months(min(self.health_checked_on, self.record_queried_on), months)

    def cleared_on(self, as_of: date, months: int) -> bool:
        """Whether the person may enter the school on a day (R32)."""
        lapses_on = self.lapses_on(months)
        return self.cleared and lapses_on is not None and as_of < lapses_on


@dataclass(frozen=True, slots=True)
class PeopleCounts:
    """How many people a contract names, how many of them are not cleared on the day, and how many do not stand on the
    provider's roster: waiting, refused, left since, or with a certificate that has lapsed."""

    named: int
    uncleared: int
    off_roster: int


def check_people(people: Sequence[Person], as_of: date) -> list[FieldError]:
    """What is wrong with a list of people, at ``people-N-field``; clearances may still be missing (R4, R32)."""
    errors: list[FieldError] = []
    seen: set[str] = set()
    for number, person in enumerate(people):
        at = f"people-{number}-"
        if not person.name.strip():
            errors.append(FieldError(at + "name", "请填写姓名"))
        answer = check_resident_id(person.id_number, as_of=as_of)
        if not answer.ok:
            errors.append(FieldError(at + "id_number", "身份证号码有误，请对照证件逐位核对"))
        elif answer.value in seen:
            errors.append(FieldError(at + "id_number", "这个身份证号码已在名单中，请勿重复填写"))
        seen.add(answer.value)
        for field in ("health_checked_on", "record_queried_on"):
            day: date | None = getattr(person, field)
            if day is not None and day > as_of:
                errors.append(FieldError(at + field, "日期不能晚于今天"))
    if len(people) > MAX_PEOPLE:
        errors.append(FieldError("people", "入校服务人员最多 %(max)s 名", {"max": str(MAX_PEOPLE)}))
    return errors


def person_index(id_number: str) -> str:
    """The blind index of a normalised ID number: the same person on rosters and in contracts."""
    return blind_index(id_number, "person_id")


async def write_people(contract_id: int, people: Sequence[Person]) -> None:
    """Replace the people of a contract that is not signed yet, inside the caller's transaction."""
    await rows("DELETE FROM contract_person WHERE contract = {}", contract_id)
    for person in people:
        await add_person(contract_id, person, None)


async def add_person(contract_id: int, person: Person, joined_on: date | None) -> None:
    """Name one more person, inside the caller's transaction; ``joined_on`` for a contract that is signed."""
    number = check_resident_id(person.id_number).value
    await rows(
        "INSERT INTO contract_person (contract, name_sealed, id_number_sealed, id_index, certificate,"
        " health_checked_on, record_queried_on, joined_on) VALUES ({}, {}, {}, {}, {}, {}::date, {}::date, {}::date)",
        contract_id,
        seal(person.name.strip(), "contract_person.name"),
        seal(number, "contract_person.id_number"),
        person_index(number),
        person.certificate.strip(),
        person.health_checked_on,
        person.record_queried_on,
        joined_on,
    )


async def read_people(contract_id: int) -> list[Person]:
    """The people of a contract, opened: for the school and the provider themselves; pages mask the numbers.

    Those who were taken off it are left out.
    """
    return list((await people_by_id(contract_id)).values())


async def people_by_id(contract_id: int) -> dict[int, Person]:
    """``read_people`` by the id of each."""
    found = await rows(
        "SELECT * FROM contract_person WHERE contract = {} AND left_on IS NULL ORDER BY id", contract_id
    )
    return {
        int(one["id"]): Person(
            name=unseal(one["name_sealed"], "contract_person.name"),
            id_number=unseal(one["id_number_sealed"], "contract_person.id_number"),
            certificate=one["certificate"],
            health_checked_on=one["health_checked_on"],
            record_queried_on=one["record_queried_on"],
        )
        for one in found
    }


# Somebody whom the bureau knows on the provider's roster under this entry, and has not admitted, or whose certificate has
# lapsed there on a day (R10).
_OFF_ROSTER = (
    "EXISTS (SELECT 1 FROM roster_person r JOIN contract k ON k.entry = r.entry"
    " WHERE k.id = c.contract AND r.id_index = c.id_index)"
    " AND NOT EXISTS (SELECT 1 FROM roster_person r JOIN contract k ON k.entry = r.entry"
    " WHERE k.id = c.contract AND r.id_index = c.id_index AND r.state = 'active'"
    " AND (r.valid_until IS NULL OR r.valid_until >= {}::date))"
)


async def people_counts(contract_id: int, as_of: date, months: int) -> PeopleCounts:
    """What signing depends on (R24, R32): clearances older than ``months`` have lapsed on ``as_of``."""
    found = await row(
        "SELECT count(*) AS named, count(*) FILTER (WHERE certificate = '' OR health_checked_on IS NULL"  # noqa: S608 -- a constant
        " OR record_queried_on IS NULL OR least(health_checked_on, record_queried_on)"
        " + make_interval(months => {}::int) <= {}::date) AS uncleared,"
        f" count(*) FILTER (WHERE {_OFF_ROSTER}) AS off_roster"
        " FROM contract_person c WHERE contract = {} AND left_on IS NULL",
        months,
        as_of,
        as_of,
        contract_id,
    )
    assert found is not None
    return PeopleCounts(**found)
