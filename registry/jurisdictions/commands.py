"""Setting up divisions, bureaux and the lists they keep (R30, R31)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from asyncpg.exceptions import UniqueViolationError

from registry.jurisdictions.tables import Bureau, RegistryList
from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import FieldError, Forbidden, Invalid, NotFound
from registry.policies import PolicyError, load

_CODE = re.compile(r"[0-9]{6}(?:[0-9]{3}(?:[0-9]{3})?)?")


def parent_of(code: str) -> str | None:
    """The code of the division above (GB/T 2260): village to township to county to prefecture to province; None there."""
    if len(code) > 6:
        return code[:9] if len(code) > 9 else code[:6]
    if code.endswith("0000"):
        return None
    return f"{code[:2]}0000" if code.endswith("00") else f"{code[:4]}00"


def above(code: str) -> list[str]:
    """The codes of all divisions that a division could lie in, the nearest first."""
    found: list[str] = []
    parent = parent_of(code)
    while parent is not None:
        found.append(parent)
        parent = parent_of(parent)
    return found


async def add_divisions(actor: Actor, divisions: Sequence[tuple[str, str]]) -> int:
    """Enter divisions by code (6, 9 or 12 digits) and name; returns how many were new. Known ones take the name.

    Each hangs below the nearest one that is known, in whatever order they come: municipalities have no prefectures. Raises Forbidden for anybody but an
    operator, Invalid for a code or name that is none.
    """
    _require_operator(actor)
    errors = [
        FieldError("code", "区划代码为 6、9 或 12 位数字")
        for code, name in divisions
        if not _CODE.fullmatch(code)
    ] + [
        FieldError("name", "请填写区划名称，最多 80 个字")
        for _, name in divisions
        if not name.strip() or len(name.strip()) > 80
    ]
    if errors:
        raise Invalid(fields=errors[:2])
    async with transaction():
        made = await rows(
            "INSERT INTO division (code, name) SELECT * FROM unnest({}::varchar[], {}::varchar[])"
            " ON CONFLICT (code) DO UPDATE SET name = excluded.name RETURNING (xmax = 0) AS fresh",
            [code for code, _ in divisions],
            [name.strip() for _, name in divisions],
        )
        await _link({code[:2] for code, _ in divisions})
    return sum(bool(one["fresh"]) for one in made)


async def _link(provinces: set[str]) -> None:
    """Hang every division of some provinces (two digits) below its nearest known ancestor."""
    found = await rows(
        "SELECT code, parent FROM division WHERE left(code, 2) = ANY({}) ORDER BY code FOR UPDATE",
        sorted(provinces),
    )
    known = {one["code"] for one in found}
    moved: list[tuple[str, str]] = []
    for one in found:
        above = parent_of(one["code"])
        while above is not None and above not in known:
            above = parent_of(above)
        if above is not None and above != one["parent"]:
            moved.append((one["code"], above))
    await rows(
        "UPDATE division d SET parent = p.parent FROM unnest({}::varchar[], {}::varchar[]) AS p (code, parent)"
        " WHERE d.code = p.code",
        [code for code, _ in moved],
        [above for _, above in moved],
    )


async def create_bureau(
    actor: Actor, *, name: str, short_name: str, division: str, policy_name: str, contact: str
) -> int:
    """Set up a bureau; returns its id. Raises Forbidden for anybody but an operator, Invalid at the fields."""
    _require_operator(actor)
    await _check_bureau(name, short_name, division, policy_name, contact)
    async with transaction():
        same = await row("SELECT 1 AS one FROM bureau WHERE name = {}", name.strip())
        if same is not None:
            raise Invalid(fields=[FieldError("name", "已有同名的教育局")])
        made = Bureau(
            name=name.strip(), short_name=short_name.strip() or name.strip()[:40], division=division,
            policy_name=policy_name, contact=contact.strip(),
        )  # fmt: skip
        await made.save()
        await _record(
            actor,
            "bureau",
            int(made.id),
            "create",
            int(made.id),
            {"division": division, "policy": policy_name},
        )
    return int(made.id)


async def update_bureau(
    actor: Actor, bureau_id: int, *, name: str, short_name: str, policy_name: str, contact: str
) -> None:
    """Change a bureau. Rounds that are published keep the policy they froze (R30). Raises as ``create_bureau``."""
    _require_operator(actor)
    async with transaction():
        before = await row("SELECT * FROM bureau WHERE id = {} FOR UPDATE", bureau_id)
        if before is None:
            raise NotFound("没有找到这个教育局")
        await _check_bureau(name, short_name, before["division"], policy_name, contact)
        await Bureau.update(
            {
                Bureau.name: name.strip(),
                Bureau.short_name: short_name.strip() or name.strip()[:40],
                Bureau.policy_name: policy_name,
                Bureau.contact: contact.strip(),
            }
        ).where(Bureau.id == bureau_id)
        data = {"policy": policy_name, "policy_before": before["policy_name"]}
        await _record(actor, "bureau", bureau_id, "update", bureau_id, data)


async def create_list(actor: Actor, bureau_id: int, *, name: str, short_name: str, public: bool) -> int:
    """Set up a list of a bureau; returns its id. Raises Forbidden, Invalid at the fields."""
    _require_admin(actor, bureau_id)
    _check_list(name, short_name)
    try:
        async with transaction():
            made = RegistryList(
                bureau=bureau_id, name=name.strip(), short_name=short_name.strip(), public=public
            )
            await made.save()
            await _record(actor, "registry_list", int(made.id), "create", bureau_id, {"public": public})
    except UniqueViolationError as error:
        raise Invalid(fields=[FieldError("name", "本教育局已有同名的备选库")]) from error
    return int(made.id)


async def update_list(actor: Actor, list_id: int, *, name: str, short_name: str, public: bool) -> None:
    """Rename a list, or show it to the public or not. Raises NotFound, Forbidden, Invalid at the fields."""
    found = await row("SELECT bureau FROM registry_list WHERE id = {}", list_id)
    if found is None:
        raise NotFound("没有找到这个备选库")
    _require_admin(actor, found["bureau"])
    _check_list(name, short_name)
    try:
        async with transaction():
            await RegistryList.update(
                {
                    RegistryList.name: name.strip(),
                    RegistryList.short_name: short_name.strip(),
                    RegistryList.public: public,
                }
            ).where(RegistryList.id == list_id)
            await _record(actor, "registry_list", list_id, "update", found["bureau"], {"public": public})
    except UniqueViolationError as error:
        raise Invalid(fields=[FieldError("name", "本教育局已有同名的备选库")]) from error


async def _record(
    actor: Actor, subject: str, subject_id: int, action: str, bureau_id: int, data: dict[str, object]
) -> None:
    await events.record(
        actor,
        subject=subject,
        subject_id=subject_id,
        action=action,
        chains=(events.bureau_chain(bureau_id),),
        data=data,
    )


async def _check_bureau(name: str, short_name: str, division: str, policy_name: str, contact: str) -> None:
    errors: list[FieldError] = []
    if not name.strip() or len(name.strip()) > 120:
        errors.append(FieldError("name", "请填写教育局全称，最多 120 个字"))
    if len(short_name.strip()) > 40:
        errors.append(FieldError("short_name", "简称最多 40 个字"))
    if await row("SELECT 1 AS one FROM division WHERE code = {}", division) is None:
        errors.append(FieldError("division", "没有这个区划，请先在区划中添加"))
    try:
        load(policy_name)
    except PolicyError:
        errors.append(FieldError("policy_name", "请选择一套规则"))
    if len(contact.strip()) > 200:
        errors.append(FieldError("contact", "联系方式最多 200 个字"))
    if errors:
        raise Invalid(fields=errors)


def _check_list(name: str, short_name: str) -> None:
    errors: list[FieldError] = []
    if not name.strip() or len(name.strip()) > 160:
        errors.append(FieldError("name", "请填写备选库名称，最多 160 个字"))
    if len(short_name.strip()) > 60:
        errors.append(FieldError("short_name", "简称最多 60 个字"))
    if errors:
        raise Invalid(fields=errors)


def _require_operator(actor: Actor) -> None:
    if Role.OPERATOR not in actor.roles and not actor.system:
        raise Forbidden("只有系统运维人员可以设立教育局和区划")


def _require_admin(actor: Actor, bureau_id: int) -> None:
    if bureau_id not in actor.bureau_ids():
        raise NotFound("没有找到这个教育局")
    if not actor.has(Role.BUREAU_ADMIN, bureau_id=bureau_id):
        raise Forbidden("只有本教育局的管理员可以设置备选库和学校")
