"""Existing records of a bureau: templates, upload, a look at what a file would do, import by one person or two."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from registry.jurisdictions.queries import bureau_names
from registry.kernel.actor import Role
from registry.kernel.errors import Invalid, NotFound, RegistryError
from registry.onboarding import commands, queries
from registry.onboarding.kinds import KIND_NAMES, KINDS
from registry.onboarding.queries import ImportView
from registry.onboarding.reading import MAX_BYTES
from registry.onboarding.templates import template as make_template
from registry.web.bureau.asking import attempt, choice_in, number_in, panel_of, query_of, said
from registry.web.bureau.decision_acts import confirmed
from registry.web.bureau.import_forms import bureau_of, columns_of, keep, media_type_of
from registry.web.components.exports import XLSX, attachment
from registry.web.components.formats import mask_id
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, actor_of, page, read_form, redirect, words_of

PATH = "/bureau/imports"
ONE = f"{PATH}/{{import_id:int}}"
ERRORS_SHOWN = 200
ROWS_SHOWN = 10

HINTS: dict[str, str] = {
    "schools": N_("学校名称、标识码、所在区划，以及哪些备选库适用于它。先导入学校，再导入合同。"),
    "providers": N_("机构的登记信息。机构自己登记过的，以机构登记的为准。"),
    "entries": N_("现有备选库中的在册机构及其在册期。须由另一人确认。"),
    "bans": N_("此前作出的退出和禁入决定。须由另一人确认。"),
    "contracts": N_("正在履行的纸质合同。学校和机构须已在系统中。须由另一人确认。"),
}


@get(PATH, opt={"permission": "bureau.read"})
async def imports_page(request: Req) -> Response[str]:
    """What can be brought along, with templates, and what was."""
    actor = actor_of(request)
    rows, more = await queries.history(actor.bureau_ids(), before=number_in(request, "after"))
    listing = Listing(
        PATH,
        [
            Column("kind", N_("资料")),
            Column("state", N_("状态"), kind="short"),
            Column("on", N_("日期"), kind="date"),
            Column("by", N_("经办人"), kind="short"),
            Column("counts", N_("结果"), kind="short"),
        ],
        query=query_of(request),
        next_cursor=str(more) if more else None,
        exports=(),
    )
    return await page(
        request,
        "bureau/imports.html.j2",
        kinds=[(code, name, HINTS[code]) for code, name in KIND_NAMES.items()],
        listing=listing,
        rows=rows,
        kind_names=KIND_NAMES,
        may_import=bool(actor.bureau_ids(Role.BUREAU_ADMIN)),
    )


@get(f"{PATH}/templates/{{name:str}}", opt={"permission": "bureau.read"})
async def template(name: FromPath[str]) -> Response[bytes]:
    """The template of a kind: ``schools.xlsx``."""
    code, _, file_format = name.partition(".")
    if code not in KINDS or file_format not in {"xlsx", "csv"}:
        raise NotFound("没有找到这个模板")
    called, content = await asyncio.to_thread(make_template, code, file_format)
    return attachment(content, called, XLSX if file_format == "xlsx" else "text/csv; charset=utf-8")


@get(f"{PATH}/new", opt={"permission": "records.import"})
async def upload_page(request: Req) -> Response[str]:
    """Which kind, which file, on what paper it rests."""
    return await _upload(request, filled({"kind": choice_in(request, "kind", KINDS)}), None)


async def _upload(request: Req, form: Form, error: RegistryError | None) -> Response[str]:
    words = words_of(request)
    bureaux = await bureau_names(actor_of(request).bureau_ids(Role.BUREAU_ADMIN))
    return await page(
        request,
        "bureau/imports_upload.html.j2",
        status_code=200 if error is None else error.status,
        form=form,
        bureaux=[(str(number), name) for number, name in bureaux.items()],
        kinds=[(code, words.gettext(name), words.gettext(HINTS[code])) for code, name in KIND_NAMES.items()],
        max_bytes=MAX_BYTES,
    )


@post(f"{PATH}/new", opt={"permission": "records.import"}, status_code=200)
async def upload(request: Req) -> Response[str]:
    """Keep a file to look at: ``bureau``, ``kind``, ``basis``, ``file``."""
    posted = await read_form(request)
    form, actor = posted.form, actor_of(request)
    bureau_id = bureau_of(form, actor)
    kind = form.choice("kind", N_("资料种类"), KINDS)
    weighty = bool(kind) and KINDS[kind].two_people
    basis = form.text("basis", N_("依据文件"), max_length=200, required=weighty)
    sent = posted.files.get("file", [])
    if not sent:
        form.fail("file", N_("请选择文件（.xlsx 或 .csv）"))
    if form.errors:
        return await _upload(request, form, Invalid())
    made: list[int] = []
    upload_one = partial(commands.upload, actor, bureau_id, kind, basis=basis)
    error = await attempt(form, keep(sent[0], MAX_BYTES, upload_one, made))
    if error is not None:
        return await _upload(request, form, error)
    return redirect(f"{PATH}/{made[0]}")


@get(ONE, opt={"permission": "bureau.read"})
async def import_page(request: Req, import_id: FromPath[int]) -> Response[str]:
    """A file of existing records: what it would do, or what it did."""
    return await _show(request, import_id, Form(), None)


async def _show(request: Req, import_id: int, form: Form, error: RegistryError | None) -> Response[str]:
    actor, words = actor_of(request), words_of(request)
    found = await queries.get(actor, import_id)
    admin = actor.has(Role.BUREAU_ADMIN, bureau_id=found.bureau_id)
    second = found.state == "waiting" and (admin or actor.has(Role.APPROVER, bureau_id=found.bureau_id))
    # Who imports or confirms sees the lines; for the others their number is enough (R34).
    shown = await _preview(request, found) if (found.state == "draft" and admin) or second else None
    return await page(
        request,
        "bureau/imports_one.html.j2",
        status_code=200 if error is None else error.status,
        found=found,
        kind=KINDS[found.kind],
        kind_name=words.gettext(KIND_NAMES[found.kind]),
        preview=shown,
        admin=admin,
        second=second,
        own=actor.account_id in {found.uploaded_by_id, found.proposed_by_id},
        form=form,
        basis_form=form if form.value("basis") or error is not None else filled({"basis": found.basis}),
        refusal=panel_of(error, words),
    )


async def _preview(request: Req, found: ImportView) -> dict[str, Any]:
    words = words_of(request)
    seen = await queries.preview(found)
    kind, sheet = KINDS[found.kind], seen.sheet
    titles = {column.field: words.gettext(column.title) for column in kind.columns}
    first = sheet.lines[:ROWS_SHOWN]
    shown = [c for c in kind.columns if any(line.values.get(c.field) for line in first)]
    return {
        "seen": seen,
        "errors": [
            {
                "line": one.line,
                "title": titles.get(one.field, ""),
                "text": words.gettext(one.message, **one.params),
            }
            for one in seen.errors[:ERRORS_SHOWN]
        ],
        "fields": [(column.field, titles[column.field], column.required) for column in kind.columns],
        "columns": [
            (str(at), heading or words.gettext(N_("第 %(n)s 列"), n=at + 1))
            for at, heading in enumerate(sheet.headings)
        ],
        "places": filled({f"column-{field}": str(at) for field, at in sheet.mapping.items()}),
        "heads": [titles[column.field] for column in shown],
        "rows": [
            (line.number, [_cell(line.values.get(c.field, ""), personal=c.personal) for c in shown])
            for line in first
        ],
    }


def _cell(text: str, *, personal: bool) -> str:
    return mask_id(text) if personal and text else text


@post(f"{ONE}/columns", opt={"permission": "records.import"}, status_code=200)
async def columns(request: Req, import_id: FromPath[int]) -> Response[str]:
    """Say which column holds what: ``column-FIELD`` is a column's number, empty for none."""
    form = (await read_form(request)).form
    found = await queries.get(actor_of(request), import_id)
    mapping = columns_of(form, KINDS[found.kind].known)
    error = await attempt(form, commands.remap(actor_of(request), import_id, mapping))
    if error is not None:
        return await _show(request, import_id, form, error)
    return redirect(f"{PATH}/{import_id}", flash=said(request, N_("已按新的列对应关系重新读取。")))


@post(f"{ONE}/apply", opt={"permission": "records.import"}, status_code=200)
async def apply(request: Req, import_id: FromPath[int]) -> Response[str]:
    """Import the draft, or leave it to a second person: ``password``, ``basis`` where it is asked for."""
    form = (await read_form(request)).form
    actor = actor_of(request)
    found = await queries.get(actor, import_id)
    basis = form.text("basis", N_("依据文件"), max_length=200, required=KINDS[found.kind].two_people)
    error = await confirmed(request, form)
    if error is None and basis and basis != found.basis:
        error = await attempt(form, commands.set_basis(actor, import_id, basis))
    done: list[str] = []
    if error is None:
        error = await attempt(form, _carry_out(request, import_id, done))
    if error is not None:
        return await _show(request, import_id, form, error)
    flash = N_("资料已导入。") if done[0] == "applied" else N_("已提请第二人确认，确认前资料不生效。")
    return redirect(f"{PATH}/{import_id}", flash=said(request, flash))


async def _carry_out(request: Req, import_id: int, done: list[str]) -> None:
    done.append(await commands.carry_out(actor_of(request), import_id))


@post(f"{ONE}/confirm", opt={"permission": "records.confirm"}, status_code=200)
async def confirm(request: Req, import_id: FromPath[int]) -> Response[str]:
    """The second person imports it: ``password``."""
    form = (await read_form(request)).form
    error = await confirmed(request, form)
    if error is None:
        error = await attempt(form, commands.confirm(actor_of(request), import_id))
    if error is not None:
        return await _show(request, import_id, form, error)
    return redirect(f"{PATH}/{import_id}", flash=said(request, N_("资料已导入。")))


@post(f"{ONE}/refuse", opt={"permission": "records.confirm"}, status_code=200)
async def refuse(request: Req, import_id: FromPath[int]) -> Response[str]:
    """Call off what waits: ``reason``."""
    form = (await read_form(request)).form
    reason = form.text("reason", N_("理由"), max_length=500, multiline=True)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(form, commands.refuse(actor_of(request), import_id, reason))
    if error is not None:
        return await _show(request, import_id, form, error)
    return redirect(f"{PATH}/{import_id}", flash=said(request, N_("已决定不导入，没有变动。")))


@post(f"{ONE}/discard", opt={"permission": "records.import"}, status_code=200)
async def discard(request: Req, import_id: FromPath[int]) -> Response[str]:
    """Drop the draft."""
    form = (await read_form(request)).form
    error = await attempt(form, commands.discard(actor_of(request), import_id))
    if error is not None:
        return await _show(request, import_id, form, error)
    return redirect(PATH, flash=said(request, N_("已放弃这份文件，没有变动。")))


@post(f"{ONE}/source", opt={"permission": "records.import"}, status_code=200)
async def source(request: Req, import_id: FromPath[int]) -> Response[Any]:
    """The file as it was uploaded; each look is recorded (R34)."""
    await read_form(request)
    name, content = await commands.fetch_source(actor_of(request), import_id)
    return attachment(content, name, media_type_of(content))


HANDLERS = [
    imports_page, template, upload_page, upload, import_page, columns, apply, confirm, refuse, discard, source,
]  # fmt: skip
