"""The people who will enter a school (R32): names and numbers sealed, clearances as facts with their day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from registry.kernel.db import row, rows
from registry.kernel.errors import FieldError
from registry.kernel.sealed import seal, unseal
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
        """Certificate, health and criminal-record query are all there."""
        return bool(self.certificate.strip()) and None not in (self.health_checked_on, self.record_queried_on)


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


async def write_people(contract_id: int, people: Sequence[Person]) -> None:
    """Replace the people of a contract, inside the caller's transaction."""
    await rows("DELETE FROM contract_person WHERE contract = {}", contract_id)
    for person in people:
        await rows(
            "INSERT INTO contract_person (contract, name_sealed, id_number_sealed, certificate, health_checked_on,"
            " record_queried_on) VALUES ({}, {}, {}, {}, {}, {})",
            contract_id,
            seal(person.name.strip(), "contract_person.name"),
            seal(check_resident_id(person.id_number).value, "contract_person.id_number"),
            person.certificate.strip(),
            person.health_checked_on,
            person.record_queried_on,
        )


async def read_people(contract_id: int) -> list[Person]:
    """The people of a contract, opened: for the school and the provider themselves; pages mask the numbers."""
    found = await rows("SELECT * FROM contract_person WHERE contract = {} ORDER BY id", contract_id)
    return [
        Person(
            name=unseal(one["name_sealed"], "contract_person.name"),
            id_number=unseal(one["id_number_sealed"], "contract_person.id_number"),
            certificate=one["certificate"],
            health_checked_on=one["health_checked_on"],
            record_queried_on=one["record_queried_on"],
        )
        for one in found
    ]


async def people_counts(contract_id: int) -> tuple[int, int]:
    """How many people a contract names, and how many of them are not cleared."""
    found = await row(
        "SELECT count(*) AS named, count(*) FILTER (WHERE certificate = '' OR health_checked_on IS NULL"
        " OR record_queried_on IS NULL) AS uncleared FROM contract_person WHERE contract = {}",
        contract_id,
    )
    assert found is not None
    return int(found["named"]), int(found["uncleared"])
