"""Files of lists and of existing records in each of their states, and the commands that move them (R3, R13, R20)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

from registry.kernel.actor import Role
from registry.kernel.clock import real_now
from registry.kernel.db import rows
from registry.onboarding import commands as onboarding
from registry.onboarding.lifecycle import DATA_IMPORT
from registry.screening import imports
from registry.screening.lifecycle import IMPORT, ImportState
from registry.whitelist import list_imports
from tests.factories.listed import credit_code, make_district
from tests.factories.lists import list_file
from tests.factories.records import BASIS, as_csv, entry, firm, table_of
from tests.factories.reviewing import MONDAY, Desk, make_desk
from tests.integration.lifecycles.cases import Case, Prepare, Walk
from tests.integration.lifecycles.listed import PROPOSER
from tests.integration.lifecycles.rounds import everybody
from tests.integration.races.meeting import copy

PEOPLE = tuple(role for role in Role if role is not Role.SYSTEM)
_LISTED = [credit_code(760_000 + number) for number in range(4)]


async def _in_each_state(table: str, draft: int, discarded: int) -> dict[str, int]:
    """Copies of a draft; whoever uploaded, proposed and confirmed is somebody else."""
    done = {"imported_on": MONDAY, "imported_at": real_now(), "confirmed_by": PROPOSER + 1}
    by = {"list_import": "imported_by", "data_import": "proposed_by"}[table]
    values: dict[str, dict[str, Any]] = {
        "applied": {by: PROPOSER, **done},
        "waiting": {by: PROPOSER},
        "refused": {by: PROPOSER},
    }
    records = {
        state.value: await copy(
            table, draft, state=state.value, uploaded_by=PROPOSER, **values.get(state.value, {})
        )
        for state in ImportState
        if state.value != "discarded"
    }
    return records | {"discarded": discarded}


def _shared_cases(
    table: str, room: ModuleType, mapping: dict[str, int], ready: Prepare | None = None
) -> tuple[Case, ...]:
    """What is done alike with files of either kind."""

    async def old(record: int) -> None:
        await rows(
            f"UPDATE {table} SET uploaded_at = {{}} WHERE id = {{}}", real_now() - timedelta(days=8), record
        )

    return (
        Case("map", ("map",), lambda a, i: room.remap(a, i, mapping)),
        Case("confirm", ("confirm",), room.confirm, ready),
        Case("refuse", ("refuse",), lambda a, i: room.refuse(a, i, "来源不明")),
        Case("discard", ("discard",), room.discard, roles=PEOPLE),
        Case("discard what is forgotten", ("discard",), lambda a, i: room.discard_forgotten(), old, quiet=True,
             roles=(Role.SYSTEM,)),
    )  # fmt: skip


async def list_import_walk() -> Walk:
    """Files of a list that names four providers; where all four are listed, a second person must confirm (R20)."""
    desk = await make_desk()
    lines = [
        {"编号": str(n), "名称": f"虚构{n}号公司", "统一社会信用代码": code} for n, code in enumerate(_LISTED)
    ]

    async def upload() -> int:
        return await imports.upload(
            desk.admin, desk.bureau_id, "serious_violation", "名单.csv", list_file(*lines)
        )

    draft, discarded = await upload(), await upload()
    await imports.discard(desk.admin, discarded)
    model = await _listed_provider()

    async def all_listed(_: int) -> None:
        provider, of_model = model
        for number, code in enumerate(_LISTED):
            owner = await copy("provider", provider, credit_code=code)
            await copy(
                "entry",
                of_model,
                provider=owner,
                list=desk.list_id,
                certificate_number=f"L{number}",
                application=None,
            )

    cases = (
        Case("import", ("import",), list_imports.carry_out),
        Case("propose", ("propose",), list_imports.carry_out, all_listed),
        *_shared_cases("list_import", imports, {"name": 1}),
    )
    records = await _in_each_state("list_import", draft, discarded)
    return Walk(IMPORT, "list_import", records, await everybody(desk), cases)


async def _listed_provider() -> tuple[int, int]:
    district = await make_district()
    of = await district.firm()
    return of.id, await district.listed(of)


async def data_import_walk() -> Walk:
    """Files of providers, which one person imports, and of entries, which two do (R13)."""
    desk = await make_desk()
    alone = await _uploaded(desk, "providers", firm(761))
    by_two = await _uploaded(desk, "entries", entry(762))
    discarded = await _uploaded(desk, "providers", firm(763))
    await onboarding.discard(desk.admin, discarded)

    async def of_two(record: int) -> None:
        await rows(
            "UPDATE data_import d SET kind = m.kind, source_sealed = m.source_sealed, source_sha256 = m.source_sha256"
            " FROM data_import m WHERE m.id = {} AND d.id = {} AND d.source_sealed IS NOT NULL",
            by_two,
            record,
        )

    mapping = {"name": 0, "credit_code": 1, "legal_representative": 2, "legal_representative_id": 3}
    run: Callable[..., Awaitable[Any]] = onboarding.carry_out
    cases = (
        Case("import", ("import",), run),
        Case("propose", ("propose",), run, of_two),
        *_shared_cases("data_import", onboarding, mapping, of_two),
    )
    records = await _in_each_state("data_import", alone, discarded)
    return Walk(DATA_IMPORT, "data_import", records, await everybody(desk), cases)


async def _uploaded(desk: Desk, kind: str, line: dict[str, Any]) -> int:
    content = as_csv(table_of(kind, [line]))
    return await onboarding.upload(desk.admin, desk.bureau_id, kind, "资料.csv", content, basis=BASIS)
