"""What a school does with a contract: its preconditions, people and scan, offering, ending it."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from litestar import Response, get, post

from registry.accounts.commands import confirm_password
from registry.contracts import drafting, judging, queries, signing
from registry.contracts.drafting import Consent
from registry.contracts.people import MAX_PEOPLE, Person, read_people
from registry.contracts.records import Contract
from registry.exits import queries as exits
from registry.exits.reporting import reserve_report_id, terminate_contract
from registry.kernel.clock import today
from registry.kernel.errors import Conflict, Invalid, NotFound, RuleRefusal, TooMany
from registry.policies.vocabulary import Ground
from registry.settings import get_settings
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, page, read_form, redirect, words_of
from registry.web.school.contracts import _limits, contract_page, own, place_refusals, read_terms
from registry.web.school.shown import category_options, ground_options, refused, show_errors
from registry.web.school.uploading import take
from registry.whitelist import queries as whitelist

_DRAFT = {"permission": "contract.draft"}
_ID = "/school/contracts/{contract_id:int}"


def _record(contract_id: int) -> str:
    return f"/school/contracts/{contract_id}"


async def settle(request: Req, act: Awaitable[Any], path: str, flash: str) -> Response[str]:
    """Wait for an act and go to its record; where it came too late the record says what happened instead."""
    words = words_of(request)
    try:
        await act
    except Conflict as error:
        return redirect(path, flash=words.gettext(error.message, **error.params), kind="warning")
    return redirect(path, flash=words.gettext(flash))


@get(f"{_ID}/terms", opt=_DRAFT)
async def terms_page(request: Req, contract_id: int) -> Response[str]:
    """The terms of a draft, to change them."""
    contract = await own(request, contract_id)
    if contract.state != "draft":
        return redirect(_record(contract_id))
    fee = contract.fee_cents
    form = filled(
        {
            "category": contract.category, "course_title": contract.course_title, "starts_on": contract.starts_on,
            "ends_on": contract.ends_on, "fee": None if fee is None else f"{fee / 100:.2f}",
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
        limits=_limits(policy, contract.starts_on),
    )


@post(f"{_ID}/terms", opt=_DRAFT, status_code=200)
async def change_terms(request: Req, contract_id: int) -> Response[str]:
    """Change the terms of a draft."""
    contract = await own(request, contract_id)
    form = (await read_form(request)).form
    terms = await read_terms(form, contract.entry_id)
    if terms is None:
        return await _terms(request, contract, form, 422)
    try:
        return await settle(
            request, drafting.change_terms(actor_of(request), contract_id, terms), _record(contract_id), N_("条款已保存")
        )
    except Invalid as error:
        show_errors(form, error)
        return await _terms(request, contract, form, 422)
    except RuleRefusal as error:
        return await _terms(request, contract, form, 422, place_refusals(words_of(request), form, error))


@get(f"{_ID}/preconditions/{{kind:str}}", opt=_DRAFT)
async def precondition_page(request: Req, contract_id: int, kind: str) -> Response[str]:
    """One precondition: its day and what shows it."""
    contract = await own(request, contract_id)
    found = (await queries.preconditions_of(contract_id)).get(kind)
    form = filled(
        {
            "met_on": found.met_on if found else None, "note": found.note if found else "",
            "committee": contract.committee_applied, "asked": contract.parents_asked, "signed": contract.parents_signed,
        }
    )
    return await _precondition(request, contract, kind, form, 200)


async def _precondition(request: Req, contract: Contract, kind: str, form: Form, status: int) -> Response[str]:
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
async def record_precondition(request: Req, contract_id: int, kind: str) -> Response[str]:
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


def read_posted_people(form: Form) -> list[Person]:
    """The people of a posted form; their rows are numbered anew in the order typed."""
    return [
        Person(
            name=row.text("name", N_("姓名"), max_length=80),
            id_number=row.text("id_number", N_("身份证号码"), max_length=40),
            certificate=row.text("certificate", N_("资格证件"), required=False, max_length=80),
            health_checked_on=row.date("health_checked_on", N_("健康查验日期"), required=False),
            record_queried_on=row.date("record_queried_on", N_("违法犯罪记录查询日期"), required=False),
        )
        for row in form.rows("people", max_rows=MAX_PEOPLE, label=N_("入校服务人员"))
    ]


async def people_form(contract_id: int) -> Form:
    """The people of a contract as fields."""
    return filled(
        {
            "people": [
                {
                    "name": one.name, "id_number": one.id_number, "certificate": one.certificate,
                    "health_checked_on": one.health_checked_on, "record_queried_on": one.record_queried_on,
                }
                for one in await read_people(contract_id)
            ]
        }
    )


def place_people_errors(form: Form, error: Invalid) -> None:
    """Put the errors of people at their rows: the rows of the form may have gaps in their numbers."""
    numbers = [n for n in form.row_numbers("people") if not form.row("people", n).empty]
    for one in error.fields:
        group, _, rest = one.field.partition("-")
        index, _, name = rest.partition("-")
        if group == "people" and index.isdigit() and int(index) < len(numbers):
            form.fail(f"people-{numbers[int(index)]}-{name}", one.message, **one.params)
        else:
            form.fail("", one.message, **one.params)


@get(f"{_ID}/people", opt=_DRAFT)
async def people_page(request: Req, contract_id: int) -> Response[str]:
    """The people who will enter the school."""
    contract = await own(request, contract_id)
    if contract.state != "draft":
        return redirect(_record(contract_id))
    return await _people(request, contract, await people_form(contract_id), 200)


async def _people(request: Req, contract: Contract, form: Form, status: int) -> Response[str]:
    return await page(
        request, "school/people.html.j2", status_code=status, form=form, contract=contract,
        numbers=form.row_numbers("people", at_least=1), maximum=MAX_PEOPLE, base=_record(contract.id),
        by_provider=False,
    )


@post(f"{_ID}/people", opt=_DRAFT, status_code=200)
async def name_people(request: Req, contract_id: int) -> Response[str]:
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
async def scan_page(request: Req, contract_id: int) -> Response[str]:
    """Where the sealed scan is uploaded."""
    return await _scan(request, await own(request, contract_id), Form(), 200)


async def _scan(request: Req, contract: Contract, form: Form, status: int) -> Response[str]:
    return await page(
        request, "school/scan.html.j2", status_code=status, form=form, contract=contract, base=_record(contract.id),
        max_bytes=get_settings().max_upload_bytes,
    )


@post(f"{_ID}/scan", opt=_DRAFT, status_code=200)
async def attach_scan(request: Req, contract_id: int) -> Response[str]:
    """Take the sealed scan."""
    contract = await own(request, contract_id)
    posted = await read_form(request)
    file_id = await take(request, posted, "scan", owner="contract", owner_id=contract_id, required=True, photos=False)
    if file_id is None:
        return await _scan(request, contract, posted.form, 422)
    act = drafting.attach_scan(actor_of(request), contract_id, file_id)
    return await settle(request, act, _record(contract_id), N_("扫描件已上传"))


@post(f"{_ID}/offer", opt=_DRAFT, status_code=200)
async def offer(request: Req, contract_id: int) -> Response[str]:
    """Confirm and hand to the provider; what stands against it is shown with the way out."""
    await read_form(request)
    try:
        act = signing.offer(actor_of(request), contract_id)
        return await settle(request, act, _record(contract_id), N_("已送机构确认"))
    except RuleRefusal as error:
        return await contract_page(request, contract_id, status=422, refusals=refused(words_of(request), error))


@post(f"{_ID}/take-back", opt=_DRAFT, status_code=200)
async def take_back(request: Req, contract_id: int) -> Response[str]:
    """Take an offered contract back."""
    await read_form(request)
    act = signing.take_back(actor_of(request), contract_id)
    return await settle(request, act, _record(contract_id), N_("已撤回，可以修改"))


@get(f"{_ID}/cancel", opt=_DRAFT)
async def cancel_page(request: Req, contract_id: int) -> Response[str]:
    """Why the contract is given up."""
    contract = await own(request, contract_id)
    return await page(request, "school/contract_cancel.html.j2", form=Form(), contract=contract)


@post(f"{_ID}/cancel", opt=_DRAFT, status_code=200)
async def cancel(request: Req, contract_id: int) -> Response[str]:
    """Give the contract up before it is signed."""
    form = (await read_form(request)).form
    reason = form.text("reason", N_("理由"), max_length=500, multiline=True)
    if form.errors:
        contract = await own(request, contract_id)
        return await page(
            request, "school/contract_cancel.html.j2", status_code=422, form=form, contract=contract
        )
    act = signing.cancel(actor_of(request), contract_id, reason)
    return await settle(request, act, _record(contract_id), N_("已取消"))


@get(f"{_ID}/terminate", opt=_DRAFT)
async def terminate_page(request: Req, contract_id: int) -> Response[str]:
    """What ending a signed contract brings about."""
    contract = await own(request, contract_id)
    if contract.state != "signed":
        return redirect(_record(contract_id))
    return await _terminate(request, contract, Form(), 200)


async def _terminate(request: Req, contract: Contract, form: Form, status: int) -> Response[str]:
    policy = await judging.policy_in_force(contract)
    return await page(
        request,
        "school/terminate.html.j2",
        status_code=status,
        form=form,
        contract=contract,
        grounds=ground_options(words_of(request), policy.exit_grounds),
        suspends=policy.exit.termination_suspends,
        answer_days=policy.exit.answer_days,
        case=await exits.open_case_of(contract.entry_id),
        today=await today(),
        max_bytes=get_settings().max_upload_bytes,
    )


@post(f"{_ID}/terminate", opt=_DRAFT, status_code=200)
async def terminate(request: Req, contract_id: int) -> Response[str]:
    """End the contract; on an exit ground this is a report (R27)."""
    contract = await own(request, contract_id)
    posted = await read_form(request)
    form = posted.form
    ground = await _terminated_on(form, contract)
    reason = form.text("reason", N_("事实和理由"), max_length=5000, multiline=True)
    if not form.errors:
        await prove(request, form)
    if form.errors:
        return await _terminate(request, contract, form, 422)
    report_id = await reserve_report_id()
    evidence = await take(request, posted, "evidence", owner="exit_report", owner_id=report_id)
    if form.errors:
        return await _terminate(request, contract, form, 422)
    try:
        act = terminate_contract(
            actor_of(request), contract_id, ground=ground, reason=reason, evidence=evidence, report_id=report_id
        )
        return await settle(request, act, _record(contract_id), N_("合同已终止"))
    except (Invalid, RuleRefusal) as error:
        form.fail("", error.message, **error.params)
        return await _terminate(request, contract, form, 422)


async def _terminated_on(form: Form, contract: Contract) -> Ground | None:
    if contract.flagged_on is not None:
        return None
    policy = await judging.policy_in_force(contract)
    chosen = form.choice("ground", N_("终止的情形"), [*(g.value for g in policy.exit_grounds), "agreed"])
    return next((one for one in Ground if one.value == chosen), None)


async def prove(request: Req, form: Form) -> None:
    """Ask for the password again before an act with consequences; a wrong one is an error at its field."""
    secret = form.secret("password", N_("密码"))
    if form.errors:
        return
    try:
        await confirm_password(actor_of(request), secret)
    except Invalid as error:
        show_errors(form, error)
    except TooMany as error:
        form.fail("password", error.message, **error.params)


__all__ = ["HANDLERS", "people_form", "place_people_errors", "prove", "read_posted_people", "settle"]
HANDLERS = [
    terms_page, change_terms, precondition_page, record_precondition, people_page, name_people, scan_page, attach_scan,
    offer, take_back, cancel_page, cancel, terminate_page, terminate,
]
