"""What an operator of the system sets up: divisions and the bureaux on them (R31)."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from registry.jurisdictions import commands, queries
from registry.kernel.errors import Invalid, NotFound, RegistryError
from registry.policies import load, names
from registry.web.bureau.asking import attempt, number_in, panel_of, said, text_in
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, page, read_form, redirect, words_of

PATH = "/operator"
_OPERATE = {"permission": "system.operate"}


def _policies() -> list[tuple[str, str]]:
    return [(name, f"{load(name).title}（{name}）") for name in names()]


@get(f"{PATH}/bureaux", opt=_OPERATE)
async def bureaux_page(request: Req) -> Response[str]:
    """Every bureau."""
    found = await queries.bureaux(after=number_in(request, "after") or 0, limit=51)
    return await page(
        request,
        "bureau/operator_bureaux.html.j2",
        bureaux=found[:50],
        more=found[49].id if len(found) > 50 else None,
        titles=dict(_policies()),
    )


async def _edit(
    request: Req, bureau_id: int | None, form: Form, error: RegistryError | None
) -> Response[str]:
    return await page(
        request,
        "bureau/operator_bureau.html.j2",
        status_code=200 if error is None else error.status,
        bureau_id=bureau_id,
        policies=_policies(),
        form=form,
        refusal=panel_of(error, words_of(request)),
    )


def _fields(form: Form) -> dict[str, str]:
    return {
        "name": form.text("name", N_("教育局全称"), max_length=120),
        "short_name": form.text("short_name", N_("简称"), max_length=40, required=False),
        "policy_name": form.choice("policy_name", N_("适用规则"), names()),
        "contact": form.text("contact", N_("联系方式"), max_length=200, required=False),
    }


@get(f"{PATH}/bureaux/new", opt=_OPERATE)
async def new_page(request: Req) -> Response[str]:
    """A new bureau."""
    return await _edit(request, None, filled({"division": text_in(request, "division", 12)}), None)


@post(f"{PATH}/bureaux/new", opt=_OPERATE, status_code=200)
async def new(request: Req) -> Response[str]:
    """Set up a bureau."""
    form = (await read_form(request)).form
    fields, division = _fields(form), form.text("division", N_("行政区划代码"), max_length=12)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(form, commands.create_bureau(actor_of(request), division=division, **fields))
    if error is not None:
        return await _edit(request, None, form, error)
    return redirect(f"{PATH}/bureaux", flash=said(request, N_("教育局已设立。")))


@get(f"{PATH}/bureaux/{{bureau_id:int}}", opt=_OPERATE)
async def one_page(request: Req, bureau_id: FromPath[int]) -> Response[str]:
    """One bureau, to be changed."""
    found = await queries.bureaux([bureau_id])
    if not found:
        raise NotFound("没有找到这个教育局")
    one = found[0]
    values = {
        "name": one.name, "short_name": one.short_name, "policy_name": one.policy_name, "contact": one.contact,
        "division": one.division,
    }  # fmt: skip
    return await _edit(request, bureau_id, filled(values), None)


@post(f"{PATH}/bureaux/{{bureau_id:int}}", opt=_OPERATE, status_code=200)
async def change(request: Req, bureau_id: FromPath[int]) -> Response[str]:
    """Change a bureau; rounds that are published keep their policy (R30)."""
    form = (await read_form(request)).form
    fields = _fields(form)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(form, commands.update_bureau(actor_of(request), bureau_id, **fields))
    if error is not None:
        return await _edit(request, bureau_id, form, error)
    return redirect(f"{PATH}/bureaux", flash=said(request, N_("已保存。")))


@get(f"{PATH}/divisions", opt=_OPERATE)
async def divisions_page(request: Req) -> Response[str]:
    """The tree of divisions, level by level."""
    return await _tree(request, text_in(request, "under", 12), Form(), None)


async def _tree(request: Req, under: str, form: Form, error: RegistryError | None) -> Response[str]:
    return await page(
        request,
        "bureau/operator_divisions.html.j2",
        status_code=200 if error is None else error.status,
        under=under,
        path=await queries.division_path(under) if under else [],
        divisions=await queries.divisions(under or None),
        form=form,
        refusal=panel_of(error, words_of(request)),
    )


@post(f"{PATH}/divisions", opt=_OPERATE, status_code=200)
async def add_division(request: Req) -> Response[str]:
    """Add or rename one: ``code``, ``name``."""
    form = (await read_form(request)).form
    code = form.text("code", N_("行政区划代码"), max_length=12)
    name = form.text("name", N_("名称"), max_length=80)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(form, commands.add_divisions(actor_of(request), [(code, name)]))
    if error is not None:
        return await _tree(request, "", form, error)
    above = (await queries.division_path(code))[:-1]
    return redirect(
        f"{PATH}/divisions?under={above[-1][0] if above else ''}", flash=said(request, N_("已保存。"))
    )


HANDLERS = [bureaux_page, new_page, new, one_page, change, divisions_page, add_division]
