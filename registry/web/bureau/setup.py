"""Setting up: the bureau's lists and the schools they serve (R31), and the way to calendars, imports and rules."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from registry.jurisdictions import commands, queries
from registry.jurisdictions.queries import BureauView, ListView
from registry.kernel.actor import OFFICIALS, Role
from registry.kernel.errors import Invalid, NotFound, RegistryError
from registry.schools import commands as school_commands
from registry.schools import queries as schools
from registry.schools.commands import SchoolFacts
from registry.web.bureau.asking import attempt, number_in, panel_of, query_of, said, text_in
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, actor_of, page, read_form, redirect, words_of

PATH = "/bureau/setup"


@get(PATH, opt={"permission": "bureau.read"})
async def setup_page(request: Req) -> Response[str]:
    """The bureaux of the reader with their lists, and what else is set up."""
    actor = actor_of(request)
    ids = actor.bureau_ids(*OFFICIALS)
    return await page(
        request,
        "bureau/setup.html.j2",
        bureaux=await queries.bureaux(ids),
        lists=await queries.lists_of_bureaux(ids),
        may_manage=bool(actor.bureau_ids(Role.BUREAU_ADMIN)),
    )


async def _administered(request: Req) -> list[BureauView]:
    return await queries.bureaux(actor_of(request).bureau_ids(Role.BUREAU_ADMIN))


async def _edit_list(
    request: Req, found: ListView | None, form: Form, error: RegistryError | None
) -> Response[str]:
    return await page(
        request,
        "bureau/setup_list.html.j2",
        status_code=200 if error is None else error.status,
        found=found,
        bureaux=[(str(one.id), one.name) for one in await _administered(request)],
        schools=await schools.schools_of(found.id) if found else [],
        may_manage=found is None or actor_of(request).has(Role.BUREAU_ADMIN, bureau_id=found.bureau_id),
        form=form,
        refusal=panel_of(error, words_of(request)),
    )


@get(f"{PATH}/lists/new", opt={"permission": "bureau.manage"})
async def new_list_page(request: Req) -> Response[str]:
    """A new list."""
    return await _edit_list(request, None, filled({"public": "1"}), None)


@post(f"{PATH}/lists/new", opt={"permission": "bureau.manage"}, status_code=200)
async def new_list(request: Req) -> Response[str]:
    """Set up a list: ``bureau``, ``name``, ``short_name``, ``public``."""
    form = (await read_form(request)).form
    bureau_id = await _chosen_bureau(request, form)
    name, short_name, public = _list_fields(form)
    if form.errors:
        return await _edit_list(request, None, form, Invalid())
    made: list[int] = []

    async def act() -> None:
        made.append(
            await commands.create_list(
                actor_of(request), bureau_id, name=name, short_name=short_name, public=public
            )
        )

    error = await attempt(form, act())
    if error is not None:
        return await _edit_list(request, None, form, error)
    return redirect(f"{PATH}/lists/{made[0]}", flash=said(request, N_("备选库已设立，请指定它适用的学校。")))


def _list_fields(form: Form) -> tuple[str, str, bool]:
    return (
        form.text("name", N_("备选库名称"), max_length=160),
        form.text("short_name", N_("简称"), max_length=60, required=False),
        form.ticked("public"),
    )


async def _chosen_bureau(request: Req, form: Form) -> int:
    administered = await _administered(request)
    if len(administered) == 1:
        return administered[0].id
    chosen = form.choice("bureau", N_("教育局"), [str(one.id) for one in administered])
    return int(chosen) if chosen else 0


async def _own_list(request: Req, list_id: int) -> ListView:
    found = await queries.get_list(list_id)
    if found.bureau_id not in actor_of(request).bureau_ids(*OFFICIALS):
        raise NotFound("没有找到这个备选库")
    return found


@get(f"{PATH}/lists/{{list_id:int}}", opt={"permission": "bureau.read"})
async def list_page(request: Req, list_id: FromPath[int]) -> Response[str]:
    """One list and the schools it serves."""
    found = await _own_list(request, list_id)
    form = filled({"name": found.name, "short_name": found.short_name, "public": "1" if found.public else ""})
    return await _edit_list(request, found, form, None)


@post(f"{PATH}/lists/{{list_id:int}}", opt={"permission": "bureau.manage"}, status_code=200)
async def change_list(request: Req, list_id: FromPath[int]) -> Response[str]:
    """Rename a list, or show it to the public or not."""
    form = (await read_form(request)).form
    found = await _own_list(request, list_id)
    name, short_name, public = _list_fields(form)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(
            form,
            commands.update_list(actor_of(request), list_id, name=name, short_name=short_name, public=public),
        )
    if error is not None:
        return await _edit_list(request, found, form, error)
    return redirect(f"{PATH}/lists/{list_id}", flash=said(request, N_("已保存。")))


@post(f"{PATH}/lists/{{list_id:int}}/schools", opt={"permission": "bureau.manage"}, status_code=200)
async def serve(request: Req, list_id: FromPath[int]) -> Response[str]:
    """Have the list serve a school: ``school`` is its code or name."""
    posted = (await read_form(request)).form
    found = await _own_list(request, list_id)
    # The page holds two forms; the other one shows what is stored.
    form = Form(
        [
            ("name", found.name),
            ("short_name", found.short_name),
            ("public", "1" if found.public else ""),
            ("school", posted.value("school")),
        ],
        words_of(request).gettext,
    )
    written = form.text("school", N_("学校"), max_length=120)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(form, school_commands.serve(actor_of(request), list_id, written))
    if error is not None:
        return await _edit_list(request, found, form, error)
    return redirect(f"{PATH}/lists/{list_id}#schools", flash=said(request, N_("已加入适用学校。")))


@post(
    f"{PATH}/lists/{{list_id:int}}/schools/{{school_id:int}}/remove",
    opt={"permission": "bureau.manage"},
    status_code=200,
)
async def serve_no_more(request: Req, list_id: FromPath[int], school_id: FromPath[int]) -> Response[str]:
    """Have the list serve a school no more."""
    await read_form(request)
    await _own_list(request, list_id)
    await school_commands.serve_no_more(actor_of(request), list_id, school_id)
    flash = N_("已移出适用学校。正在履行的合同不受影响，不能再签新合同。")
    return redirect(f"{PATH}/lists/{list_id}#schools", flash=said(request, flash))


@get(f"{PATH}/schools", opt={"permission": "bureau.read"})
async def schools_page(request: Req) -> Response[str]:
    """The schools that the reader's bureaux run."""
    actor, q = actor_of(request), text_in(request, "q", 120)
    found, more = await schools.of_bureaux(
        actor.bureau_ids(*OFFICIALS), q=q, after=number_in(request, "after") or 0
    )
    listing = Listing(
        f"{PATH}/schools",
        [
            Column("name", N_("学校")),
            Column("division", N_("行政区划"), kind="short"),
            Column("township", N_("乡镇学校"), kind="short"),
            Column("lists", N_("适用的备选库")),
        ],
        query=query_of(request),
        next_cursor=str(more) if more else None,
        filters=("q",),
        exports=(),
    )
    return await page(
        request,
        "bureau/setup_schools.html.j2",
        listing=listing,
        rows=found,
        form=filled({"q": q}),
        may_manage=bool(actor.bureau_ids(Role.BUREAU_ADMIN)),
    )


async def _edit_school(
    request: Req, school_id: int | None, form: Form, error: RegistryError | None
) -> Response[str]:
    return await page(
        request,
        "bureau/setup_school.html.j2",
        status_code=200 if error is None else error.status,
        school_id=school_id,
        bureaux=[(str(one.id), one.name) for one in await _administered(request)],
        form=form,
        refusal=panel_of(error, words_of(request)),
    )


def _facts(form: Form) -> SchoolFacts:
    return SchoolFacts(
        name=form.text("name", N_("学校名称"), max_length=120),
        code=form.text("code", N_("学校标识码"), max_length=20, required=False),
        division=form.text("division", N_("行政区划代码"), max_length=12),
        township=form.ticked("township"),
        address=form.text("address", N_("地址"), max_length=200, required=False),
    )


@get(f"{PATH}/schools/new", opt={"permission": "bureau.manage"})
async def new_school_page(request: Req) -> Response[str]:
    """A new school."""
    own = await _administered(request)
    return await _edit_school(request, None, filled({"division": own[0].division if own else ""}), None)


@post(f"{PATH}/schools/new", opt={"permission": "bureau.manage"}, status_code=200)
async def new_school(request: Req) -> Response[str]:
    """Enter a school."""
    form = (await read_form(request)).form
    bureau_id = await _chosen_bureau(request, form)
    facts = _facts(form)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(form, school_commands.create(actor_of(request), bureau_id, facts))
    if error is not None:
        return await _edit_school(request, None, form, error)
    return redirect(f"{PATH}/schools", flash=said(request, N_("学校已登记。")))


@get(f"{PATH}/schools/{{school_id:int}}", opt={"permission": "bureau.manage"})
async def school_page(request: Req, school_id: FromPath[int]) -> Response[str]:
    """One school, to be changed."""
    found = await schools.one_row(school_id)
    if not actor_of(request).has(Role.BUREAU_ADMIN, bureau_id=found.bureau_id):
        raise NotFound("没有找到这所学校")
    values: dict[str, Any] = {
        "name": found.name, "code": found.code or "", "division": found.division, "address": found.address,
        "township": "1" if found.township else "",
    }  # fmt: skip
    return await _edit_school(request, school_id, filled(values), None)


@post(f"{PATH}/schools/{{school_id:int}}", opt={"permission": "bureau.manage"}, status_code=200)
async def change_school(request: Req, school_id: FromPath[int]) -> Response[str]:
    """Change a school."""
    form = (await read_form(request)).form
    facts = _facts(form)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(form, school_commands.update(actor_of(request), school_id, facts))
    if error is not None:
        return await _edit_school(request, school_id, form, error)
    return redirect(f"{PATH}/schools", flash=said(request, N_("已保存。")))


HANDLERS = [
    setup_page, new_list_page, new_list, list_page, change_list, serve, serve_no_more, schools_page, new_school_page,
    new_school, school_page, change_school,
]  # fmt: skip
