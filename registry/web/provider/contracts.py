"""The provider's contracts: read, confirm and sign, hand back; its entries, and leaving a list."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from registry.contracts import drafting, judging, queries, signing, varying
from registry.contracts.people import MAX_PEOPLE, read_people
from registry.contracts.records import Contract, is_provider
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotFound, RuleRefusal
from registry.settings import get_settings
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, actor_of, page, read_form, words_of
from registry.web.school.acting import prove, settle
from registry.web.school.roster import people_form, place_people_errors, read_posted_people
from registry.web.school.shown import contract_timeline, ground_word, refusals_of, refused, terms_rows
from registry.web.school.uploading import take
from registry.web.school.varying import following
from registry.whitelist import commands as whitelist_commands
from registry.whitelist import queries as whitelist

_CONFIRM = {"permission": "contract.confirm"}
_ID = "/provider/contracts/{contract_id:int}"
_STATES = (("offered", N_("待机构确认")), ("signed", N_("已签约")), ("over", N_("已结束")))


def _record(contract_id: int) -> str:
    return f"/provider/contracts/{contract_id}"


@get("/provider/contracts", opt=_CONFIRM)
async def contracts_page(request: Req) -> Response[str]:
    """The provider's entries, and the contracts schools offered to it."""
    actor, words, as_of = actor_of(request), words_of(request), await today()
    state = request.query_params.get("state", "")
    state = state if state in dict(_STATES) else ""
    found = await queries.list_contracts(
        provider_ids=actor.provider_ids, state=state, as_of=as_of, after=request.query_params.get("after")
    )
    return await page(
        request,
        "provider/contracts.html.j2",
        entries=await whitelist.entries_of_provider(actor.provider_ids, as_of),
        form=Form([("state", state)]),
        states=[(code, words.gettext(word)) for code, word in _STATES],
        listing=Listing(
            "/provider/contracts",
            [
                Column("number", N_("合同编号"), kind="code"),
                Column("school", N_("学校")),
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


@get(_ID, opt=_CONFIRM)
async def detail(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """A contract as the provider sees it, with what stands against signing."""
    return await _page(request, contract_id)


async def _page(
    request: Req,
    contract_id: int,
    *,
    status: int = 200,
    refusals: list[dict[str, str]] | None = None,
    form: Form | None = None,
) -> Response[str]:
    words, as_of = words_of(request), await today()
    contract = await _own(request, contract_id)
    against = await judging.against_signing(contract, as_of) if contract.state == "offered" else ()
    recorded = await queries.preconditions_of(contract_id)
    required = judging.required_preconditions(await judging.policy_in_force(contract))
    return await page(
        request,
        "provider/contract.html.j2",
        status_code=status,
        contract=contract,
        shown=contract.shown_state(as_of),
        form=form or Form(),
        refusals=refusals or [],
        against=refusals_of(words, against),
        terms=terms_rows(words, contract),
        preconditions=[
            {"name": words.gettext(name), "found": recorded.get(code)} for code, name in required.items()
        ],
        people=await read_people(contract_id),
        ground=ground_word(words, contract.termination_ground),
        timeline=contract_timeline(words, await queries.happenings(contract_id)),
        **await following(contract, words, as_of),
    )


async def _own(request: Req, contract_id: int) -> Contract:
    contract = await queries.get_contract(actor_of(request), contract_id)
    if not is_provider(actor_of(request), contract):
        raise NotFound("没有找到这份合同")
    return contract


@post(f"{_ID}/sign", opt=_CONFIRM, status_code=200)
async def sign(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """Confirm: the contract is signed, or everything that stands against it is shown (R22)."""
    form = (await read_form(request)).form
    form.ticked("read", required=N_("请先核对合同内容，再勾选确认"))
    if form.errors:
        return await _page(request, contract_id, status=422, form=form)
    try:
        act = signing.sign(actor_of(request), contract_id)
        return await settle(request, act, _record(contract_id), N_("合同已签订"))
    except RuleRefusal as error:
        return await _page(request, contract_id, status=422, refusals=refused(words_of(request), error))


@post(f"{_ID}/decline", opt=_CONFIRM, status_code=200)
async def decline(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """Hand the contract back to the school with a reason."""
    form = (await read_form(request)).form
    reason = form.text("reason", N_("退回的理由"), max_length=500, multiline=True)
    if form.errors:
        return await _page(request, contract_id, status=422, form=form)
    act = signing.decline(actor_of(request), contract_id, reason)
    return await settle(request, act, "/provider/contracts", N_("已退回学校修改"))


@get(f"{_ID}/people", opt=_CONFIRM)
async def people_page(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """The people who will enter the school, filled in by the provider."""
    return await _people(request, await _own(request, contract_id), await people_form(contract_id), 200)


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
        by_provider=True,
    )


@post(f"{_ID}/people", opt=_CONFIRM, status_code=200)
async def name_people(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """Fill in the people; the contract goes back to the school, which checks them and confirms again."""
    contract = await _own(request, contract_id)
    form = (await read_form(request)).form
    if form.wants_rows:
        form.change_rows()
        return await _people(request, contract, form, 200)
    people = read_posted_people(form)
    if form.errors:
        return await _people(request, contract, form, 422)
    try:
        act = drafting.name_people(actor_of(request), contract_id, people)
        return await settle(request, act, "/provider/contracts", N_("人员已保存，合同已退回学校核对"))
    except Invalid as error:
        place_people_errors(form, error)
        return await _people(request, contract, form, 422)


@get(f"{_ID}/scan", opt=_CONFIRM)
async def scan_page(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """Where the sealed scan is uploaded."""
    return await _scan(request, await _own(request, contract_id), Form(), 200)


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


@post(f"{_ID}/scan", opt=_CONFIRM, status_code=200)
async def attach_scan(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """Take the sealed scan."""
    contract = await _own(request, contract_id)
    posted = await read_form(request)
    file_id = await take(
        request, posted, "scan", owner="contract", owner_id=contract_id, required=True, photos=False
    )
    if file_id is None:
        return await _scan(request, contract, posted.form, 422)
    act = drafting.attach_scan(actor_of(request), contract_id, file_id)
    return await settle(request, act, _record(contract_id), N_("扫描件已上传"))


@post("/provider/variations/{variation_id:int}/agree", opt=_CONFIRM, status_code=200)
async def agree_variation(request: Req, variation_id: FromPath[int]) -> Response[str]:
    """Agree to a change, or see everything that stands against it (R22, R23)."""
    contract_id = (await _own(request, await varying.contract_of(variation_id))).id
    form = (await read_form(request)).form
    form.ticked("agreed", required=N_("请先核对变更内容，再勾选同意"))
    if form.errors:
        return await _page(request, contract_id, status=422, form=form)
    try:
        act = varying.agree(actor_of(request), variation_id)
        return await settle(request, act, _record(contract_id), N_("变更已生效"))
    except RuleRefusal as error:
        return await _page(request, contract_id, status=422, refusals=refused(words_of(request), error))


@post("/provider/variations/{variation_id:int}/decline", opt=_CONFIRM, status_code=200)
async def decline_variation(request: Req, variation_id: FromPath[int]) -> Response[str]:
    """Decline a change with a reason."""
    contract_id = (await _own(request, await varying.contract_of(variation_id))).id
    form = (await read_form(request)).form
    reason = form.text("answer", N_("不同意的理由"), max_length=500, multiline=True)
    if form.errors:
        return await _page(request, contract_id, status=422, form=form)
    act = varying.decline(actor_of(request), variation_id, reason)
    return await settle(request, act, _record(contract_id), N_("已告知学校"))


@get("/provider/entries/{entry_id:int}/withdraw", opt={"permission": "entry.withdraw"})
async def withdraw_page(request: Req, entry_id: FromPath[int]) -> Response[str]:
    """What leaving the list brings about."""
    return await _withdraw(request, entry_id, Form(), 200)


async def _withdraw(request: Req, entry_id: int, form: Form, status: int) -> Response[str]:
    as_of = await today()
    entry = await whitelist.get_entry(entry_id, as_of)
    if entry.provider_id not in actor_of(request).provider_ids:
        raise NotFound("没有找到这个名单条目")
    running = await queries.running_under(entry.list_id, entry.provider_id, as_of)
    return await page(
        request,
        "provider/withdraw_entry.html.j2",
        status_code=status,
        form=form,
        entry=entry,
        running=len(running),
        today=as_of,
    )


@post("/provider/entries/{entry_id:int}/withdraw", opt={"permission": "entry.withdraw"}, status_code=200)
async def withdraw(request: Req, entry_id: FromPath[int]) -> Response[str]:
    """Leave the list."""
    form = (await read_form(request)).form
    reason = form.text("reason", N_("理由"), max_length=500, multiline=True)
    if not form.errors:
        await prove(request, form)
    if form.errors:
        return await _withdraw(request, entry_id, form, 422)
    act = whitelist_commands.withdraw(actor_of(request), entry_id, reason)
    return await settle(request, act, "/provider/contracts", N_("已退出名单"))


HANDLERS = [
    contracts_page,
    detail,
    sign,
    decline,
    people_page,
    name_people,
    scan_page,
    attach_scan,
    agree_variation,
    decline_variation,
    withdraw_page,
    withdraw,
]
