"""Importing a list: upload, look at what it would do, map its columns, confirm; a second person where much hangs on it."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromPath

from registry.jurisdictions.queries import bureau_names
from registry.kernel.actor import Role
from registry.kernel.errors import Invalid, NotFound, RegistryError
from registry.kernel.import_file import mapping_of
from registry.screening import imports, queries
from registry.screening.imports.commands import content_of
from registry.screening.imports.reading import FIELDS
from registry.screening.queries import ImportView
from registry.screening.tables import LIST_KINDS
from registry.web.bureau.asking import attempt, choice_in, number_in, panel_of, said
from registry.web.bureau.decision_acts import confirmed
from registry.web.bureau.import_forms import bureau_of, columns_of, keep, media_type_of
from registry.web.bureau.lists import PATH, kind_options
from registry.web.bureau.words import LIST_NAMES
from registry.web.components.exports import attachment
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, day_of, page, read_form, redirect, words_of
from registry.whitelist import list_imports

ONE = f"{PATH}/imports/{{import_id:int}}"
CHANGES: Final[tuple[queries.Change, ...]] = ("added", "changed", "gone")
ERRORS_SHOWN = 100
ROWS_SHOWN = 8

COLUMN_NAMES: dict[str, str] = {
    "list_id": "编号",
    "subject_type": "主体类型",
    "name": "名称",
    "former_names": "曾用名",
    "credit_code": "统一社会信用代码",
    "legal_representative": "法定代表人",
    "legal_representative_id": "法定代表人证件号码",
    "region_code": "行政区划代码",
    "in_force_from": "列入日期",
    "in_force_until": "届满日期",
    "lifted_on": "移出日期",
    "grounds": "列入事由",
    "authority": "列入机关",
}


@get(f"{PATH}/import", opt={"permission": "screening.import"})
async def upload_page(request: Req) -> Response[str]:
    """Which list, which file."""
    kind = choice_in(request, "kind", LIST_KINDS)
    bureau = number_in(request, "bureau")
    return await _upload(request, filled({"list_kind": kind, "bureau": bureau}), None)


async def _upload(request: Req, form: Form, error: RegistryError | None) -> Response[str]:
    bureaux = await bureau_names(actor_of(request).bureau_ids(Role.BUREAU_ADMIN))
    return await page(
        request,
        "bureau/lists_upload.html.j2",
        status_code=200 if error is None else error.status,
        form=form,
        bureaux=[(str(number), name) for number, name in bureaux.items()],
        kinds=kind_options(words_of(request)),
        max_bytes=imports.MAX_BYTES,
    )


@post(f"{PATH}/import", opt={"permission": "screening.import"}, status_code=200)
async def upload(request: Req) -> Response[str]:
    """Keep a file to look at: ``bureau``, ``list_kind``, ``file``."""
    posted = await read_form(request)
    form, actor = posted.form, actor_of(request)
    bureau_id = bureau_of(form, actor)
    kind = form.choice("list_kind", N_("名单类别"), LIST_KINDS)
    sent = posted.files.get("file", [])
    if not sent:
        form.fail("file", N_("请选择名单文件（.xlsx 或 .csv）"))
    if form.errors:
        return await _upload(request, form, Invalid())
    made: list[int] = []
    upload_one = partial(imports.upload, actor, bureau_id, kind)
    error = await attempt(form, keep(sent[0], imports.MAX_BYTES, upload_one, made))
    if error is not None:
        return await _upload(request, form, error)
    return redirect(f"{PATH}/imports/{made[0]}")


@get(ONE, opt={"permission": "bureau.read"})
async def import_page(request: Req, import_id: FromPath[int]) -> Response[str]:
    """A file of a list: what it would do, or what it did."""
    return await _show(request, import_id, Form(), None)


async def _show(request: Req, import_id: int, form: Form, error: RegistryError | None) -> Response[str]:
    found = await queries.get_import(actor_of(request), import_id)
    if found.state == "draft":
        return await _preview(request, found, form, error)
    actor = actor_of(request)
    fullest = next((name for name in CHANGES if getattr(found, name)), CHANGES[0])
    change = choice_in(request, "change", CHANGES) or fullest
    rows, more = (
        await queries.rows_of_import(found.id, change, after=number_in(request, "after") or 0)
        if found.state == "applied"
        else ([], None)
    )
    second = bool(actor.bureau_ids(Role.BUREAU_ADMIN, Role.APPROVER) & {found.bureau_id})
    return await page(
        request,
        "bureau/lists_one.html.j2",
        status_code=200 if error is None else error.status,
        found=found,
        change=change,
        rows=rows,
        more=more,
        as_of=day_of(request),
        second=second and found.state == "waiting",
        own=actor.account_id == found.uploaded_by_id,
        may_fetch=actor.has(Role.BUREAU_ADMIN, bureau_id=found.bureau_id) and found.state != "discarded",
        officer=bool(actor.bureau_ids(Role.REVIEWER, Role.APPROVER, Role.BUREAU_ADMIN)),
        list_names=LIST_NAMES,
        column_names=COLUMN_NAMES,
        form=form,
        refusal=panel_of(error, words_of(request)),
    )


async def _preview(request: Req, found: ImportView, form: Form, error: RegistryError | None) -> Response[str]:
    words = words_of(request)
    mapping = mapping_of(found.mapping)
    seen = await imports.preview(found.bureau_id, found.kind, await content_of(found.id), mapping)
    columns = [(str(number), heading or words.gettext(N_("第 %(n)s 列"), n=number + 1))
               for number, heading in enumerate(seen.file.columns)]  # fmt: skip
    places = mapping or {
        field: seen.file.columns.index(heading) for field, heading in seen.file.mapping.items()
    }
    actor = actor_of(request)
    suspends = await list_imports.would_suspend(actor, found.id) if not seen.file.errors else []
    return await page(
        request,
        "bureau/lists_preview.html.j2",
        status_code=200 if error is None else error.status,
        found=found,
        seen=seen,
        rows=[one.listing for one in seen.file.rows[:ROWS_SHOWN]],
        errors=seen.file.errors[:ERRORS_SHOWN],
        fields=[(field, words.gettext(COLUMN_NAMES[field])) for field in FIELDS],
        columns=columns,
        places=filled({f"column-{field}": str(place) for field, place in places.items()}),
        column_names=COLUMN_NAMES,
        suspends=suspends,
        threshold=await list_imports.threshold(found.bureau_id),
        as_of=day_of(request),
        list_names=LIST_NAMES,
        form=form,
        refusal=panel_of(error, words),
    )


@post(f"{ONE}/columns", opt={"permission": "screening.import"}, status_code=200)
async def columns(request: Req, import_id: FromPath[int]) -> Response[str]:
    """Say which column holds what: ``column-FIELD`` is a column's number, empty for none."""
    form = (await read_form(request)).form
    error = await attempt(form, imports.remap(actor_of(request), import_id, columns_of(form, FIELDS)))
    if error is not None:
        return await _show(request, import_id, form, error)
    return redirect(f"{PATH}/imports/{import_id}", flash=said(request, N_("已按新的列对应关系重新读取。")))


@post(f"{ONE}/apply", opt={"permission": "screening.import"}, status_code=200)
async def apply(request: Req, import_id: FromPath[int]) -> Response[str]:
    """Import the draft: ``password``."""
    form = (await read_form(request)).form
    error = await confirmed(request, form)
    done: list[str] = []
    if error is None:
        error = await attempt(form, _carry_out(request, import_id, done))
    if error is not None:
        return await _show(request, import_id, form, error)
    flash = (
        N_("名单已导入，受影响的机构正在重新核查。")
        if done[0] == "applied"
        else N_("已提请第二人确认，确认前名单不生效。")
    )
    return redirect(f"{PATH}/imports/{import_id}", flash=said(request, flash))


async def _carry_out(request: Req, import_id: int, done: list[str]) -> None:
    done.append(await list_imports.carry_out(actor_of(request), import_id))


@post(f"{ONE}/discard", opt={"permission": "screening.import"}, status_code=200)
async def discard(request: Req, import_id: FromPath[int]) -> Response[str]:
    """Drop the draft."""
    form = (await read_form(request)).form
    error = await attempt(form, imports.discard(actor_of(request), import_id))
    if error is not None:
        return await _show(request, import_id, form, error)
    return redirect(PATH, flash=said(request, N_("已放弃这份文件，名单没有变动。")))


@post(f"{ONE}/confirm", opt={"permission": "screening.confirm"}, status_code=200)
async def confirm(request: Req, import_id: FromPath[int]) -> Response[str]:
    """The second person imports it: ``password``."""
    form = (await read_form(request)).form
    error = await confirmed(request, form)
    if error is None:
        error = await attempt(form, imports.confirm(actor_of(request), import_id))
    if error is not None:
        return await _show(request, import_id, form, error)
    return redirect(
        f"{PATH}/imports/{import_id}", flash=said(request, N_("名单已导入，受影响的机构正在重新核查。"))
    )


@post(f"{ONE}/refuse", opt={"permission": "screening.confirm"}, status_code=200)
async def refuse(request: Req, import_id: FromPath[int]) -> Response[str]:
    """Call off what waits: ``reason``."""
    form = (await read_form(request)).form
    reason = form.text("reason", N_("理由"), max_length=500, multiline=True)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(form, imports.refuse(actor_of(request), import_id, reason))
    if error is not None:
        return await _show(request, import_id, form, error)
    return redirect(f"{PATH}/imports/{import_id}", flash=said(request, N_("已决定不导入，名单没有变动。")))


@post(f"{ONE}/source", opt={"permission": "screening.import"}, status_code=200)
async def source(request: Req, import_id: FromPath[int]) -> Response[Any]:
    """The file as it was uploaded; each look is recorded (R34)."""
    await read_form(request)
    name, content = await imports.fetch_source(actor_of(request), import_id)
    if not content:
        raise NotFound("没有找到这份名单")
    return attachment(content, name, media_type_of(content))


HANDLERS = [upload_page, upload, import_page, columns, apply, discard, confirm, refuse, source]
