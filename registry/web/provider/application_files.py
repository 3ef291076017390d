"""The files of an application: one merged PDF, or parts by item; removing, and keeping after all."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath

from registry.applications import commands, queries
from registry.applications.completeness import MERGED, Section, file_errors
from registry.applications.queries import ApplicationView
from registry.checks import uploads
from registry.kernel.clock import today
from registry.kernel.errors import Conflict, Invalid, RuleRefusal, TooLarge
from registry.policies.model import Material
from registry.rounds import queries as rounds
from registry.rounds.rules import accepts
from registry.settings import get_settings
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.requests import Posted, Req, actor_of, page, read_form, redirect, words_of
from registry.web.files.spool import spooled
from registry.web.provider.sections import asked_sections


@get("/provider/applications/{application_id:int}/files", opt={"permission": "application.edit"})
async def files_page(request: Req, application_id: FromPath[int]) -> Response[str]:
    """What is there, what is missing, and where to put it."""
    found = await _open(request, application_id)
    return await _page(request, found, Form(), 200)


async def _open(request: Req, application_id: int) -> ApplicationView:
    found = await queries.own(actor_of(request), application_id)
    if Section.FILES not in asked_sections(found):
        raise Conflict("材料现在不能更改。请查看申报的最新状态")
    return found


async def _page(request: Req, found: ApplicationView, form: Form, status: int) -> Response[str]:
    words, as_of = words_of(request), await today()
    round_ = await rounds.get(found.round_id)
    files = await queries.current_files(found.id)
    kept = {file.item for file in files if not file.leaving}
    problems = {error.field for error in file_errors(kept, round_.rules)}
    correcting = found.state == "correction"
    paper = await queries.paper_of(found.id)
    refusal = None if correcting else accepts(round_.facts, paper.posted_on if paper else as_of)
    items = [
        _item(number, material, files, f"item_{number}" in problems)
        for number, material in round_.rules.materials
        if not correcting or number in found.correction_items
    ]
    return await page(
        request,
        "provider/files.html.j2",
        status_code=status,
        application=found,
        round=round_,
        form=form,
        merged=[file for file in files if file.item == MERGED],
        items=items,
        complete=not problems,
        correcting=correcting,
        refusal=words.gettext(refusal.message, **refusal.params) if refusal else "",
        merged_name=found.shown_name + "机构申报课后服务备选库材料.pdf",
        max_bytes=get_settings().max_upload_bytes,
    )


def _item(number: int, material: Material, files: list[queries.FileRow], lacking: bool) -> dict[str, Any]:
    own = [file for file in files if file.item == number]
    here = any(not file.leaving for file in own)
    return {
        "number": number,
        "name": material.name,
        "note": material.note or "",
        "files": own,
        # Not lacking without a file of its own: a merged PDF or another material's document serves.
        "state": "done" if here else "not_started" if lacking else "covered",
    }


@post(
    "/provider/applications/{application_id:int}/files/{item:int}",
    opt={"permission": "application.edit"},
    status_code=200,
)
async def upload(request: Req, application_id: FromPath[int], item: FromPath[int]) -> Response[str]:
    """Take the files of one item; those that are refused are named with the reason, the others stay."""
    found = await queries.own(actor_of(request), application_id)
    posted = await read_form(request)
    base = f"/provider/applications/{application_id}/files"
    given = posted.files.get(f"file_{item}", [])
    taken, status = await _take(request, found, item, posted, given)
    if posted.form.errors:
        return await _page(request, await _open(request, application_id), posted.form, status)
    words = words_of(request)
    flash = words.ngettext("已上传 %(n)s 个文件", "已上传 %(n)s 个文件", taken)
    return redirect(f"{base}#item-{item}", flash=flash)


async def _take(
    request: Req, found: ApplicationView, item: int, posted: Posted, given: list[UploadFile]
) -> tuple[int, int]:
    actor, words, form = actor_of(request), words_of(request), posted.form
    name, taken, status = f"file_{item}", 0, 422
    if not given:
        form.fail(name, N_("请先选择要上传的文件"))
    for file in given[:1] if item == MERGED else given:
        try:
            async with spooled(file) as path:
                await uploads.receive_for_application(actor, found.id, item, name=file.filename, path=path)
            taken += 1
        except (Invalid, TooLarge, RuleRefusal) as error:
            status = error.status
            wrong = getattr(error, "fields", ())
            reason = wrong[0] if wrong else error
            form.fail(
                name,
                N_("“%(file)s”没有收到：%(reason)s"),
                file=uploads.shown_name(file.filename),
                reason=words.gettext(reason.message, **reason.params),
            )
    return taken, status


@post(
    "/provider/applications/{application_id:int}/files/{file_id:int}/remove",
    opt={"permission": "application.edit"},
    status_code=200,
)
async def remove(request: Req, application_id: FromPath[int], file_id: FromPath[int]) -> Response[str]:
    """Take a file out; pressing twice is fine."""
    await read_form(request)
    await commands.remove_file(actor_of(request), application_id, file_id)
    return redirect(
        f"/provider/applications/{application_id}/files", flash=words_of(request).gettext(N_("文件已移除"))
    )


@post(
    "/provider/applications/{application_id:int}/files/{file_id:int}/restore",
    opt={"permission": "application.edit"},
    status_code=200,
)
async def restore(request: Req, application_id: FromPath[int], file_id: FromPath[int]) -> Response[str]:
    """Keep a handed-in file after all; pressing twice is fine."""
    await read_form(request)
    await commands.restore_file(actor_of(request), application_id, file_id)
    return redirect(
        f"/provider/applications/{application_id}/files", flash=words_of(request).gettext(N_("文件已保留"))
    )


HANDLERS = [files_page, upload, remove, restore]
