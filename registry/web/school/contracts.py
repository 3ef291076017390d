"""The school's contracts: the list, a new one, and the record with what is still missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from registry.contracts import drafting, judging, queries
from registry.contracts.choosing import choices
from registry.contracts.drafting import Terms
from registry.contracts.people import people_counts, read_people
from registry.contracts.records import Contract, is_school
from registry.contracts.rules import default_end, latest_end
from registry.jurisdictions.queries import get_list
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotFound, RuleRefusal
from registry.policies import Policy
from registry.schools import queries as schools
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_, Translator
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, actor_of, page, read_form, redirect, words_of
from registry.web.school.shown import (
    category_options,
    contract_timeline,
    day_or_empty,
    ground_word,
    refusals_of,
    refused,
    show_errors,
    terms_rows,
)
from registry.web.school.varying import following
from registry.whitelist import queries as whitelist

_STATES = (
    ("draft", N_("草拟")),
    ("offered", N_("待机构确认")),
    ("signed", N_("已签约")),
    ("flagged", N_("须终止")),
    ("over", N_("已结束")),
)
# Which field of the form a refusal is about, so that its sentence stands there too.
_FIELD_OF = {
    "term_not_allowed": "ends_on",
    "signed_after_start": "starts_on",
    "not_covered": "starts_on",
    "category_not_listed": "category",
}


@get("/school/contracts", opt={"permission": "contract.draft"})
async def contracts_page(request: Req) -> Response[str]:
    """All contracts of the school, the newest first; what waits for the school first in the counts of the bar."""
    actor, words, as_of = actor_of(request), words_of(request), await today()
    state = request.query_params.get("state", "")
    state = state if state in dict(_STATES) else ""
    found = await queries.list_contracts(
        school_ids=actor.school_ids, state=state, as_of=as_of, after=request.query_params.get("after")
    )
    return await page(
        request,
        "school/contracts.html.j2",
        form=Form([("state", state)]),
        states=[(code, words.gettext(word)) for code, word in _STATES],
        listing=Listing(
            "/school/contracts",
            [
                Column("number", N_("合同编号"), kind="code"),
                Column("provider", N_("机构")),
                Column("course", N_("课程")),
                Column("period", N_("服务期限"), kind="short"),
                Column("state", N_("状态"), kind="short"),
            ],
            query=[("state", state)] if state else [],
            next_cursor=found.after,
            filters=("state",),
            exports=(),
        ),
        rows=[{"contract": one, "state": one.shown_state(as_of)} for one in found.contracts],
    )


@get("/school/contracts/new", opt={"permission": "contract.draft"})
async def new_page(request: Req) -> Response[str]:
    """The terms of a new contract; the default end and the longest end are shown before anything is typed."""
    entry_id = _number(request.query_params.get("entry", ""))
    if entry_id is None:
        return redirect("/school/choose")
    as_of = await today()
    entry = await whitelist.get_entry(entry_id, as_of)
    policy = (await get_list(entry.list_id)).policy
    starts_on = day_or_empty(request.query_params.get("starts_on", "")) or _next_term(policy, as_of)
    courses = (await whitelist.courses_of([entry_id])).get(entry_id, ())
    values: dict[str, object] = {
        "starts_on": starts_on,
        "ends_on": default_end(starts_on, policy.contract.school_year_ends_on),
    }
    if _number(request.query_params.get("choice", "")) is not None:
        values["choice"] = request.query_params["choice"]
    if len(entry.categories) == 1:
        values["category"] = entry.categories[0]
    if len(courses) == 1:
        price = courses[0].price_cents
        values |= {"course_title": courses[0].title, "fee": None if price is None else f"{price / 100:.2f}"}
    return await _new(request, entry_id, filled(values), 200)


async def _new(
    request: Req, entry_id: int, form: Form, status: int, refusals: list[dict[str, str]] | None = None
) -> Response[str]:
    actor, words, as_of = actor_of(request), words_of(request), await today()
    entry = await whitelist.get_entry(entry_id, as_of)
    serving = {one.id for one in await schools.lists_serving(actor.school_ids)}
    if entry.list_id not in serving:
        raise NotFound("没有找到这家机构，或它所在的名单不适用于本校")
    policy = (await get_list(entry.list_id)).policy
    return await page(
        request,
        "school/contract_new.html.j2",
        status_code=status,
        form=form,
        refusals=refusals or [],
        entry=entry,
        schools=[(one.id, one.name) for one in await schools.by_ids(actor.school_ids)],
        categories=category_options(words, policy, entry.categories),
        courses=(await whitelist.courses_of([entry_id])).get(entry_id, ()),
        limits=limits_of(policy, day_or_empty(form.value("starts_on")) or _next_term(policy, as_of)),
    )


def _next_term(policy: Policy, as_of: date) -> date:
    """The first day of the next school year: what most contracts begin with."""
    return default_end(as_of, policy.contract.school_year_ends_on) + timedelta(days=1)


def limits_of(policy: Policy, starts_on: date) -> dict[str, Any]:
    """What the dates may be for a first day of service (R23)."""
    try:
        latest = latest_end(starts_on, policy.contract.max_years)
    except ValueError:
        return {}
    return {
        "starts_on": starts_on,
        "default_end": default_end(starts_on, policy.contract.school_year_ends_on),
        "latest_end": latest,
        "max_years": policy.contract.max_years,
    }


@get("/school/contracts/limits", opt={"permission": "contract.draft"})
async def limits(request: Req) -> Response[str]:
    """The default and the longest end for another first day: a fragment that replaces the one on the page."""
    entry_id = _number(request.query_params.get("entry", ""))
    if entry_id is None:
        raise NotFound("没有找到这家机构")
    as_of = await today()
    entry = await whitelist.get_entry(entry_id, as_of)
    policy = (await get_list(entry.list_id)).policy
    starts_on = day_or_empty(request.query_params.get("starts_on", ""))
    return await page(
        request,
        "school/limits.html.j2",
        limits=limits_of(policy, starts_on) if starts_on else {},
        entry=entry,
    )


@post("/school/contracts/new", opt={"permission": "contract.draft"}, status_code=200)
async def create(request: Req) -> Response[str]:
    """Draft the contract; what already stands against it is shown at its field with the rule."""
    actor, words = actor_of(request), words_of(request)
    form = (await read_form(request)).form
    entry_id = _number(form.value("entry"))
    if entry_id is None:
        raise NotFound("没有找到这家机构")
    ids = sorted(actor.school_ids)
    school = form.value("school") or (str(ids[0]) if len(ids) == 1 else "")
    if school not in {str(one) for one in ids}:
        form.fail("school", N_("请选择学校"))
    terms = await read_terms(form, entry_id)
    if form.errors or terms is None:
        return await _new(request, entry_id, form, 422)
    try:
        contract_id = await drafting.draft(
            actor, int(school), entry_id, terms, choice_id=_number(form.value("choice"))
        )
    except Invalid as error:
        show_errors(form, error)
        return await _new(request, entry_id, form, 422)
    except RuleRefusal as error:
        return await _new(request, entry_id, form, 422, place_refusals(words, form, error))
    return redirect(
        f"/school/contracts/{contract_id}", flash=words.gettext(N_("已起草，请按清单逐项完成后送机构确认"))
    )


async def read_terms(form: Form, entry_id: int) -> Terms | None:
    """The terms of a posted form, None where a field is wrong (its errors are noted)."""
    entry = await whitelist.get_entry(entry_id, await today())
    category = form.choice("category", N_("服务类别"), entry.categories)
    title = form.text("course_title", N_("课程名称"), max_length=120)
    starts_on = form.date("starts_on", N_("服务首日"))
    ends_on = form.date("ends_on", N_("终止日"))
    fee = form.amount("fee", N_("每课时收费"), required=False)
    if form.errors or starts_on is None or ends_on is None:
        return None
    return Terms(category, title, starts_on, ends_on, None if fee is None else int(fee * 100))


def place_refusals(words: Translator, form: Form, error: RuleRefusal) -> list[dict[str, str]]:
    """Put refusals that are about a field at that field; give all of them for the panel."""
    shown = refused(words, error)
    for one in shown:
        if one["code"] in _FIELD_OF:
            form.errors.add(_FIELD_OF[one["code"]], one["message"])
    return shown


@get("/school/contracts/{contract_id:int}", opt={"permission": "contract.draft"})
async def detail(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """A contract: where it stands, what is missing, what happened."""
    return await contract_page(request, contract_id)


async def contract_page(
    request: Req, contract_id: int, *, status: int = 200, refusals: list[dict[str, str]] | None = None
) -> Response[str]:
    """The record of a contract for its school, with refusals of an act if there are any."""
    actor, words, as_of = actor_of(request), words_of(request), await today()
    contract = await own(request, contract_id)
    policy = await judging.policy_in_force(contract)
    against = await judging.against_signing(contract, as_of) if contract.editable else ()
    recorded = await queries.preconditions_of(contract_id)
    people = await people_counts(contract_id, as_of, policy.contract.clearance_months)
    happened = await queries.happenings(contract_id)
    return await page(
        request,
        "school/contract.html.j2",
        status_code=status,
        contract=contract,
        shown=contract.shown_state(as_of),
        phase=contract.phase(as_of),
        today=as_of,
        refusals=refusals or [],
        against=refusals_of(words, [r for r in against if r.code.startswith(("entry_", "list_"))]),
        terms_against=refusals_of(words, [r for r in against if r.code in _FIELD_OF]),
        terms=terms_rows(words, contract),
        tasks=_tasks(
            words, contract, judging.required_preconditions(policy), recorded, people.named, people.uncleared
        ),
        preconditions=[
            {"name": words.gettext(name), "found": recorded.get(code)}
            for code, name in judging.required_preconditions(policy).items()
        ],
        people=await read_people(contract_id),
        choice=await choices.of_contract(contract_id),
        ground=ground_word(words, contract.termination_ground),
        declined=queries.declined_because(happened) if contract.state == "draft" else "",
        timeline=contract_timeline(words, happened),
        may_act=is_school(actor, contract),
        form=Form(),
        **await following(contract, words, as_of),
    )


async def own(request: Req, contract_id: int) -> Contract:
    """A contract of the actor's school. Raises NotFound."""
    contract = await queries.get_contract(actor_of(request), contract_id)
    if not is_school(actor_of(request), contract):
        raise NotFound("没有找到这份合同")
    return contract


def _tasks(
    words: Translator,
    contract: Contract,
    required: Mapping[str, str],
    recorded: Mapping[str, Any],
    named: int,
    uncleared: int,
) -> list[dict[str, Any]]:
    base = f"/school/contracts/{contract.id}"
    drafted = contract.state == "draft"
    tasks: list[dict[str, Any]] = [
        {"title": words.gettext(N_("合同条款")), "url": f"{base}/terms" if drafted else "", "state": "done"}
    ]
    for code, name in required.items():
        found = recorded.get(code)
        missing = []
        if found is None:
            missing.append(words.gettext(N_("由学校完成后登记日期和证明材料")))
        tasks.append(
            {
                "title": words.gettext(name),
                "url": f"{base}/preconditions/{code}",
                "state": "done" if found else "not_started",
                "missing": missing,
            }
        )
    tasks.append(_people_task(words, f"{base}/people" if drafted else "", named, uncleared))
    tasks.append(
        {
            "title": words.gettext(N_("盖章合同扫描件")),
            "url": f"{base}/scan",
            "state": "done" if contract.scan else "not_started",
            "hint": "" if contract.scan else words.gettext(N_("双方盖章后上传，学校或机构任一方均可")),
        }
    )
    return tasks


def _people_task(words: Translator, url: str, named: int, uncleared: int) -> dict[str, Any]:
    missing = []
    if named == 0:
        missing.append(words.gettext(N_("尚未填报；可由学校填写，或送机构后由机构填报")))
    if uncleared:
        missing.append(
            words.ngettext(
                "%(n)s 人缺少资格、健康或违法犯罪记录查询",
                "%(n)s 人缺少资格、健康或违法犯罪记录查询",
                uncleared,
            )
        )
    state = "not_started" if named == 0 else "incomplete" if uncleared else "done"
    return {"title": words.gettext(N_("入校服务人员")), "url": url, "state": state, "missing": missing}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


HANDLERS = [contracts_page, new_page, limits, create, detail]
