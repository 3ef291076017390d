"""Materials that a policy asks for each teacher: every teacher listed has their own (R6, R30)."""

from __future__ import annotations

from collections.abc import Iterator

from vetting.checks.case import Case, evidence, text
from vetting.checks.catalogue import Draft
from vetting.checks.completeness import satisfied_by
from vetting.checks.teachers import listed
from vetting.model import Document, Severity, Teacher
from vetting.text.normalise import compare_key, same_name

# Whom a document speaks of: a labour contract names the employer first.
_HOLDER_FIELDS = {"labour_contract": "employee"}


def teacher_materials(case: Case) -> Iterator[Draft]:
    """One finding for each teacher without a material that others have; where nobody has it, it is missing at all.

    A document whose holder was not read may be anybody's: with one of those, a person looks (R11).
    """
    for material in case.policy.per_teacher:
        documents = case.of(*satisfied_by(material))
        nameless = [d for d in documents if not d.readable or not (_name(d) or text(d, "id_number"))]
        for teacher in listed(case) if documents else ():
            if teacher.name.strip() and not any(_theirs(d, teacher) for d in documents):
                yield Draft(
                    f"teacher_material_missing:{material}",
                    {"teacher": teacher.name, "document": material},
                    tuple(evidence(d, _holder_field(d)) for d in nameless),
                    Severity.INFO if nameless else None,
                )


def _theirs(document: Document, teacher: Teacher) -> bool:
    number = compare_key(text(document, "id_number"))
    same_number = bool(number) and number == compare_key(teacher.id_number)
    return same_number or same_name(_name(document), teacher.name)


def _name(document: Document) -> str:
    return text(document, _holder_field(document))


def _holder_field(document: Document) -> str:
    return _HOLDER_FIELDS.get(document.type, "name")
