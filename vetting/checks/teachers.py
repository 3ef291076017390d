"""Teachers: each one listed has a certificate that is in force, high enough, and their own (R6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vetting.checks.case import (
    HERITAGE,
    TEACHER_CERTIFICATES,
    Case,
    day_of,
    evidence,
    field,
    masked,
    sure,
    text,
)
from vetting.checks.catalogue import Draft
from vetting.model import Document, Severity, Teacher
from vetting.text.codes import is_resident_id
from vetting.text.normalise import compare_key, distance, same_name

_SUFFICIENT = ("国家", "一级", "二级")
_INSUFFICIENT = ("三级", "四级", "初级")


def teacher_certificates(case: Case) -> Iterator[Draft]:
    """Findings for each listed teacher: no certificate, none in force, a level too low, another ID number.

    One good certificate is enough. Without a form the roster handed in is the list.
    """
    for teacher in listed(case):
        yield from _teacher(case, teacher)


def listed(case: Case) -> list[Teacher]:
    """The teachers of the form, or of the roster where there is no form (R9)."""
    if case.form is not None:
        return list(case.form.teachers)
    found = []
    for roster in case.readable("teacher_roster"):
        rows = field(roster, "teachers")
        found += [_from_row(r) for r in (rows.value if rows else [])]
    return found


def _from_row(row: dict[str, Any]) -> Teacher:
    return Teacher(
        str(row["name"]),
        str(row["id_number"]),
        str(row["certificate_type"]),
        str(row["certificate_number"]),
        day_of(row["valid_until"]),
    )


def _teacher(case: Case, teacher: Teacher) -> Iterator[Draft]:
    if not teacher.name.strip():
        return
    own = [d for d in case.readable(*TEACHER_CERTIFICATES) if is_theirs(d, teacher)]
    if not own:
        heritage = [d for d in case.readable(HERITAGE) if is_theirs(d, teacher)]
        if heritage:
            yield Draft(
                "heritage_inheritor", {"teacher": teacher.name}, tuple(evidence(d, "name") for d in heritage)
            )
            yield from _other_number(teacher, heritage)
        else:
            yield Draft("teacher_certificate_missing", {"teacher": teacher.name}, _roster_row(case, teacher))
        return
    problems = [list(_problems(case, teacher, d)) for d in own]
    if all(problems):
        yield from min(problems, key=len)
    yield from _other_number(teacher, own)


def is_theirs(document: Document, teacher: Teacher) -> bool:
    """By name; or by ID or certificate number where the name was misread by a character."""
    name = text(document, "name")
    if same_name(name, teacher.name):
        return True
    same_number = _same(text(document, "id_number"), teacher.id_number) or _same(
        text(document, "certificate_number"), teacher.certificate_number
    )
    if not same_number:
        return False
    return not name or not sure(field(document, "name")) or distance(name, teacher.name) <= 1


def _same(one: str, other: str) -> bool:
    return bool(one) and compare_key(one) == compare_key(other)


def _problems(case: Case, teacher: Teacher, document: Document) -> Iterator[Draft]:
    until = field(document, "valid_until")
    day = day_of(until.value) if until else None
    if until is None or (day and day < case.as_of and not sure(until)):
        yield _unread(document, "valid_until")
    elif day and day < case.as_of:
        params = {
            "teacher": teacher.name,
            "document": document.type,
            "valid_until": day.isoformat(),
            "as_of": case.as_of.isoformat(),
        }
        yield Draft("teacher_certificate_expired", params, (evidence(document, "valid_until"),))
    if document.type == "sports_instructor_certificate":
        yield from _level(teacher, document)


def _level(teacher: Teacher, document: Document) -> Iterator[Draft]:
    level = compare_key(text(document, "level"))
    if any(word in level for word in _SUFFICIENT):
        return
    if any(word in level for word in _INSUFFICIENT) and sure(field(document, "level")):
        params = {"teacher": teacher.name, "level": text(document, "level")}
        yield Draft("teacher_certificate_level_insufficient", params, (evidence(document, "level"),))
    else:
        yield _unread(document, "level")


def _unread(document: Document, name: str) -> Draft:
    """For a person (R11), a step below the warning that it stands for."""
    return Draft(
        f"unreadable_field:{document.type}.{name}",
        {"document": document.type, "field": name, "printed": text(document, name)},
        (evidence(document, name),),
        Severity.INFO,
    )


def _other_number(teacher: Teacher, own: list[Document]) -> Iterator[Draft]:
    """The certificate carries another ID number than the form; a number read for sure, not a slip of OCR."""
    typed = compare_key(teacher.id_number).upper()
    if not typed:
        return
    for document in own:
        printed = compare_key(text(document, "id_number")).upper()
        if not printed or printed == typed:
            continue
        if sure(field(document, "id_number")) and is_resident_id(printed):
            params = {
                "teacher": teacher.name,
                "document": document.type,
                "typed": masked(typed),
                "printed": masked(printed),
            }
            yield Draft("teacher_id_mismatch", params, (evidence(document, "id_number"),))
            return


def _roster_row(case: Case, teacher: Teacher) -> tuple[Any, ...]:
    rosters = case.readable("teacher_roster")
    return tuple(evidence(r, "teachers") for r in rosters if _on_roster(r, teacher))


def _on_roster(roster: Document, teacher: Teacher) -> bool:
    rows = field(roster, "teachers")
    return any(same_name(str(r.get("name", "")), teacher.name) for r in (rows.value if rows else []))
