"""Entering schools and saying which lists serve them (R31)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from asyncpg.exceptions import UniqueViolationError

from registry.bans.rules import covers
from registry.jurisdictions.queries import bureau_place, get_list
from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import FieldError, Forbidden, Invalid, NotFound
from registry.schools.tables import School


@dataclass(frozen=True, slots=True)
class SchoolFacts:
    """What is recorded of a school. ``code`` is its 标识码, empty for none; ``division`` a code."""

    name: str
    code: str
    division: str
    township: bool
    address: str = ""


async def create(actor: Actor, bureau_id: int, facts: SchoolFacts) -> int:
    """Enter a school that the bureau runs; returns its id. Raises NotFound, Forbidden, Invalid at the fields."""
    _require(actor, bureau_id)
    await _check(bureau_id, facts)
    try:
        async with transaction():
            made = School(bureau=bureau_id, **_columns(facts))
            await made.save()
            await _record(actor, "school", int(made.id), "create", bureau_id)
    except UniqueViolationError as error:
        raise _code_taken() from error
    return int(made.id)


async def update(actor: Actor, school_id: int, facts: SchoolFacts) -> None:
    """Change a school of the actor's bureau. Raises as ``create``."""
    found = await row("SELECT bureau FROM school WHERE id = {}", school_id)
    if found is None:
        raise NotFound("没有找到这所学校")
    _require(actor, found["bureau"])
    await _check(found["bureau"], facts)
    try:
        async with transaction():
            await School.update(_columns(facts)).where(School.id == school_id)
            await _record(actor, "school", school_id, "update", found["bureau"])
    except UniqueViolationError as error:
        raise _code_taken() from error


async def serve(actor: Actor, list_id: int, written: str) -> int:
    """Have a list serve a school, named by its code or its name; returns the school's id (R31).

    The school lies in the region of the list's bureau. Serving it already is fine. Raises Invalid at ``school``.
    """
    on_list = await get_list(list_id)
    _require(actor, on_list.bureau_id)
    found = await rows(
        "SELECT id, division FROM school WHERE code = {} OR name = {} ORDER BY id LIMIT 3",
        written.strip(),
        written.strip(),
    )
    inside = [one for one in found if covers(on_list.bureau_division, one["division"])]
    if len(inside) != 1:
        raise Invalid(fields=[FieldError("school", "辖区内没有这所学校，或有同名的，请填写学校标识码")])
    school_id = int(inside[0]["id"])
    async with transaction():
        made = await rows(
            "INSERT INTO list_school (list, school) VALUES ({}, {}) ON CONFLICT DO NOTHING RETURNING id",
            list_id,
            school_id,
        )
        if made:
            await _record(actor, "registry_list", list_id, "serve", on_list.bureau_id, school=school_id)
    return school_id


async def serve_no_more(actor: Actor, list_id: int, school_id: int) -> None:
    """Have a list serve a school no more: contracts that run go on, new ones are refused (R22, R31)."""
    on_list = await get_list(list_id)
    _require(actor, on_list.bureau_id)
    async with transaction():
        gone = await rows(
            "DELETE FROM list_school WHERE list = {} AND school = {} RETURNING id", list_id, school_id
        )
        if gone:
            await _record(
                actor, "registry_list", list_id, "serve_no_more", on_list.bureau_id, school=school_id
            )


def _columns(facts: SchoolFacts) -> dict[Any, Any]:
    return {
        "name": facts.name.strip(),
        "code": facts.code.strip() or None,
        "division": facts.division,
        "township": facts.township,
        "address": facts.address.strip(),
    }


async def _check(bureau_id: int, facts: SchoolFacts) -> None:
    errors: list[FieldError] = []
    if not facts.name.strip() or len(facts.name.strip()) > 120:
        errors.append(FieldError("name", "请填写学校名称，最多 120 个字"))
    code = facts.code.strip()
    if code and (len(code) > 20 or not (code.isascii() and code.isalnum())):
        errors.append(FieldError("code", "学校标识码只能是数字和字母，最多 20 位"))
    known = await row("SELECT 1 AS one FROM division WHERE code = {}", facts.division)
    if known is None or not covers(await bureau_place(bureau_id), facts.division):
        errors.append(FieldError("division", "没有这个行政区划，或不在本教育局辖区内"))
    if len(facts.address.strip()) > 200:
        errors.append(FieldError("address", "地址最多 200 个字"))
    if errors:
        raise Invalid(fields=errors)


def _code_taken() -> Invalid:
    return Invalid(fields=[FieldError("code", "这个标识码已有学校使用")])


def _require(actor: Actor, bureau_id: int) -> None:
    if bureau_id not in actor.bureau_ids():
        raise NotFound("没有找到这所学校")
    if not actor.has(Role.BUREAU_ADMIN, bureau_id=bureau_id):
        raise Forbidden("只有本教育局的管理员可以设置备选库和学校")


async def _record(
    actor: Actor, subject: str, subject_id: int, action: str, bureau_id: int, **data: int
) -> None:
    await events.record(
        actor,
        subject=subject,
        subject_id=subject_id,
        action=action,
        chains=(events.bureau_chain(bureau_id),),
        data=data,
    )
