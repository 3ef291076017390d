"""What a school prepares before it offers a contract: terms, preconditions, people, the scan (R23, R24, R32)."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from registry.contracts import drafting, judging, queries
from registry.contracts.drafting import Consent
from registry.contracts.people import MAX_PEOPLE
from registry.contracts.records import Contract
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotFound, RuleRefusal
from registry.settings import get_settings
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, page, read_form, redirect, words_of
from registry.web.school.acting import settle
from registry.web.school.contracts import limits_of, own, place_refusals, read_terms
from registry.web.school.roster import people_form, place_people_errors, read_posted_people
from registry.web.school.shown import category_options, show_errors
from registry.web.school.uploading import take
from registry.whitelist import queries as whitelist

_DRAFT = {"permission": "contract.draft"}
_ID = "/school/contracts/{contract_id:int}"


def _record(contract_id: int) -> str:
    return f"/school/contracts/{contract_id}"


@get(f"{_ID}/terms", opt=_DRAFT)
async def terms_page(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """The terms of a draft, to change them."""
    contract = await own(request, contract_id)
    if contract.state != "draft":
        return redirect(_record(contract_id))
    fee = contract.fee_cents
    form = filled(
        {
            "category": contract.category,
            "course_title": contract.course_title,
            "starts_on": contract.starts_on,
            "ends_on": contract.ends_on,
            "fee": None if fee is None else f"{fee / 100:.2f}",
        }
    )
    return await _terms(request, contract, form, 200)


async def _terms(
    request: Req, contract: Contract, form: Form, status: int, refusals: list[dict[str, str]] | None = None
) -> Response[str]:
    words, as_of = words_of(request), await today()
    entry = await whitelist.get_entry(contract.entry_id, as_of)
    policy = await judging.policy_in_force(contract)
    return await page(
        request,
        "school/contract_terms.html.j2",
        status_code=status,
        form=form,
        refusals=refusals or [],
        contract=contract,
        entry=entry,
        categories=category_options(words, policy, entry.categories),
        courses=(await whitelist.courses_of([entry.id])).get(entry.id, ()),
        limits=limits_of(policy, contract.starts_on),
    )


@post(f"{_ID}/terms", opt=_DRAFT, status_code=200)
async def change_terms(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """Change the terms of a draft."""
    contract = await own(request, contract_id)
    form = (await read_form(request)).form
    terms = await read_terms(form, contract.entry_id)
    if terms is None:
        return await _terms(request, contract, form, 422)
    try:
        return await settle(
            request,
            drafting.change_terms(actor_of(request), contract_id, terms),
            _record(contract_id),
            N_("条款已保存"),
        )
    except Invalid as error:
        show_errors(form, error)
        return await _terms(request, contract, form, 422)
    except RuleRefusal as error:
        return await _terms(request, contract, form, 422, place_refusals(words_of(request), form, error))


@get(f"{_ID}/preconditions/{{kind:str}}", opt=_DRAFT)
async def precondition_page(request: Req, contract_id: FromPath[int], kind: FromPath[str]) -> Response[str]:
    """One precondition: its day and what shows it."""
    contract = await own(request, contract_id)
    found = (await queries.preconditions_of(contract_id)).get(kind)
    form = filled(
        {
            "met_on": found.met_on if found else None,
            "note": found.note if found else "",
            "committee": contract.committee_applied,
            "asked": contract.parents_asked,
            "signed": contract.parents_signed,
        }
    )
    return await _precondition(request, contract, kind, form, 200)


async def _precondition(
    request: Req, contract: Contract, kind: str, form: Form, status: int
) -> Response[str]:
    policy = await judging.policy_in_force(contract)
    required = judging.required_preconditions(policy)
    if kind not in required:
        raise NotFound("本地规则没有这项签约前置条件")
    found = (await queries.preconditions_of(contract.id)).get(kind)
    return await page(
        request,
        "school/precondition.html.j2",
        status_code=status,
        form=form,
        contract=contract,
        kind=kind,
        name=required[kind],
        file=found.file if found else None,
        township=contract.township and kind == "parents_consulted",
        share=str(policy.contract.township_parents_fraction),
        max_bytes=get_settings().max_upload_bytes,
    )


@post(f"{_ID}/preconditions/{{kind:str}}", opt=_DRAFT, status_code=200)
async def record_precondition(request: Req, contract_id: FromPath[int], kind: FromPath[str]) -> Response[str]:
    """Record a precondition, with a file if one is given."""
    contract = await own(request, contract_id)
    posted = await read_form(request)
    form = posted.form
    met_on = form.date("met_on", N_("完成日期"))
    note = form.text("note", N_("完成情况"), required=False, max_length=1000, multiline=True)
    consent = None
    if contract.township and kind == "parents_consulted":
        consent = Consent(
            form.ticked("committee"),
            form.integer("asked", N_("征求意见的家长人数"), required=False, minimum=0, maximum=100_000),
            form.integer("signed", N_("签字同意的家长人数"), required=False, minimum=0, maximum=100_000),
        )
    if form.errors or met_on is None:
        return await _precondition(request, contract, kind, form, 422)
    try:
        file_id = await take(request, posted, "file", owner="contract", owner_id=contract_id)
        if form.errors:
            return await _precondition(request, contract, kind, form, 422)
        act = drafting.record_precondition(
            actor_of(request), contract_id, kind, met_on, note, file_id=file_id, consent=consent
        )
        return await settle(request, act, _record(contract_id), N_("已登记"))
    except Invalid as error:
        show_errors(form, error)
        return await _precondition(request, contract, kind, form, 422)


@get(f"{_ID}/people", opt=_DRAFT)
async def people_page(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """The people who will enter the school."""
    contract = await own(request, contract_id)
    if contract.state != "draft":
        return redirect(_record(contract_id))
    return await _people(request, contract, await people_form(contract_id), 200)


async def _people(request: Req, contract: Contract, form: Form, status: int) -> Response[str]:
    return await page(
        request,
        "school/people.html.j2",
        status_code=status,
        form=form,
        contract=contract,
        numbers=form.row_numbers("people", at_least=1),
        maximum=MAX_PEOPLE,
        base=_record(contract.id),
        by_provider=False,
    )


@post(f"{_ID}/people", opt=_DRAFT, status_code=200)
async def name_people(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """Replace the people of a draft."""
    contract = await own(request, contract_id)
    form = (await read_form(request)).form
    if form.wants_rows:
        form.change_rows()
        return await _people(request, contract, form, 200)
    people = read_posted_people(form)
    if form.errors:
        return await _people(request, contract, form, 422)
    try:
        act = drafting.name_people(actor_of(request), contract_id, people)
        return await settle(request, act, _record(contract_id), N_("入校服务人员已保存"))
    except Invalid as error:
        place_people_errors(form, error)
        return await _people(request, contract, form, 422)


@get(f"{_ID}/scan", opt=_DRAFT)
async def scan_page(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """Where the sealed scan is uploaded."""
    return await _scan(request, await own(request, contract_id), Form(), 200)


async def _scan(request: Req, contract: Contract, form: Form, status: int) -> Response[str]:
    return await page(
        request,
        "school/scan.html.j2",
        status_code=status,
        form=form,
        contract=contract,
        base=_record(contract.id),
        max_bytes=get_settings().max_upload_bytes,
    )


@post(f"{_ID}/scan", opt=_DRAFT, status_code=200)
async def attach_scan(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """Take the sealed scan."""
    contract = await own(request, contract_id)
    posted = await read_form(request)
    file_id = await take(
        request, posted, "scan", owner="contract", owner_id=contract_id, required=True, photos=False
    )
    if file_id is None:
        return await _scan(request, contract, posted.form, 422)
    act = drafting.attach_scan(actor_of(request), contract_id, file_id)
    return await settle(request, act, _record(contract_id), N_("扫描件已上传"))


HANDLERS = [
    terms_page,
    change_terms,
    precondition_page,
    record_precondition,
    people_page,
    name_people,
    scan_page,
    attach_scan,
]
