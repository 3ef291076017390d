"""Reports on a provider (R26, R27), and the checklist after a removal."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from registry.contracts import queries as contracts
from registry.exits import handover, queries
from registry.exits.reporting import MAX_FACTS, Report, report, reserve_report_id
from registry.jurisdictions.queries import get_list
from registry.kernel.clock import today
from registry.kernel.errors import Conflict, Invalid, NotFound, RuleRefusal
from registry.policies.vocabulary import Ground
from registry.schools import queries as schools
from registry.settings import get_settings
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, actor_of, page, read_form, redirect, words_of
from registry.web.school.acting import settle
from registry.web.school.shown import ground_options, show_errors
from registry.web.school.uploading import take
from registry.whitelist import queries as whitelist


@get("/school/reports", opt={"permission": "exit.report"})
async def reports_page(request: Req) -> Response[str]:
    """What the school reported and where each case stands."""
    words = words_of(request)
    found = await queries.reports_of_schools(actor_of(request).school_ids)
    return await page(
        request,
        "school/reports.html.j2",
        listing=Listing(
            "/school/reports",
            [
                Column("entry", N_("机构")),
                Column("ground", N_("情形")),
                Column("case", N_("案件"), kind="code"),
                Column("reported", N_("报告日期"), kind="date"),
                Column("state", N_("案件状态"), kind="short"),
            ],
            exports=(),
        ),
        rows=[{"report": one, "ground": words.gettext(one.ground.zh)} for one in found],
    )


@get("/school/reports/new", opt={"permission": "exit.report"})
async def new_page(request: Req) -> Response[str]:
    """The form of a report; first the provider, where none is named."""
    asked = request.query_params.get("entry", "")
    return await _new(request, _number(asked), Form(), 200)


async def _new(request: Req, entry_id: int | None, form: Form, status: int) -> Response[str]:
    actor, as_of = actor_of(request), await today()
    entry = await whitelist.get_entry(entry_id, as_of) if entry_id is not None else None
    policy = (await get_list(entry.list_id)).policy if entry is not None else None
    return await page(
        request,
        "school/report_new.html.j2",
        status_code=status,
        form=form,
        entry=entry,
        entries=[] if entry is not None else await _known_entries(actor.school_ids),
        schools=[(one.id, one.name) for one in await schools.by_ids(actor.school_ids)],
        grounds=ground_options(words_of(request), policy.exit_grounds) if policy else [],
        answer_days=policy.exit.answer_days if policy else 0,
        max_bytes=get_settings().max_upload_bytes,
    )


async def _known_entries(school_ids: frozenset[int]) -> list[whitelist.EntryView]:
    """The entries under which the school has contracts that were signed."""
    as_of = await today()
    found = await contracts.list_contracts(school_ids=school_ids, as_of=as_of, limit=200)
    ids = dict.fromkeys(one.entry_id for one in found.contracts if one.state in {"signed", "terminated"})
    return [await whitelist.get_entry(entry_id, as_of) for entry_id in list(ids)[:50]]


@post("/school/reports/new", opt={"permission": "exit.report"}, status_code=200)
async def create(request: Req) -> Response[str]:
    """Hand the report in; it opens a case or joins the open one."""
    actor, words = actor_of(request), words_of(request)
    posted = await read_form(request)
    form = posted.form
    entry_id = _number(form.value("entry"))
    if entry_id is None:
        raise NotFound("没有找到这家机构")
    school = form.choice("school", N_("学校"), [str(one) for one in sorted(actor.school_ids)])
    ground = form.choice("ground", N_("情形"), [one.value for one in Ground])
    facts = form.text("facts", N_("事实"), min_length=10, max_length=MAX_FACTS, multiline=True)
    if form.errors:
        return await _new(request, entry_id, form, 422)
    report_id = await reserve_report_id()
    evidence = await take(request, posted, "evidence", owner="exit_report", owner_id=report_id)
    if form.errors:
        return await _new(request, entry_id, form, 422)
    made = Report(
        ground=next(one for one in Ground if one.value == ground),
        facts=facts,
        school_id=int(school),
        evidence=evidence,
        id=report_id,
    )
    try:
        await report(actor, entry_id, made)
    except Invalid as error:
        show_errors(form, error)
        return await _new(request, entry_id, form, 422)
    except (RuleRefusal, Conflict) as error:
        form.fail("", error.message, **error.params)
        return await _new(request, entry_id, form, error.status)
    return redirect("/school/reports", flash=words.gettext(N_("报告已提交教育局")))


@get("/school/contracts/{contract_id:int}/handover", opt={"permission": "contract.draft"})
async def handover_page(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """The checklist after a removal."""
    contract, steps = await handover.steps_of(actor_of(request), contract_id)
    return await page(request, "school/handover.html.j2", contract=contract, steps=steps)


@post("/school/contracts/{contract_id:int}/handover", opt={"permission": "contract.draft"}, status_code=200)
async def tick(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """Mark a step as done, or as not done after all."""
    form = (await read_form(request)).form
    step = _number(form.value("step"))
    if step is None:
        raise NotFound("没有找到这一步")
    act = handover.tick(actor_of(request), contract_id, step, done=form.ticked("done"))
    return await settle(request, act, f"/school/contracts/{contract_id}/handover", N_("已记录"))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


HANDLERS = [reports_page, new_page, create, handover_page, tick]
