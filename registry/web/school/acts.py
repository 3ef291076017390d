"""Offering, taking back, cancelling and ending a contract, by the school (R22, R27)."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from registry.contracts import judging, signing
from registry.contracts.records import Contract
from registry.exits import queries as exits
from registry.exits.reporting import reserve_report_id, terminate_contract
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, RuleRefusal
from registry.policies.vocabulary import Ground
from registry.settings import get_settings
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, page, read_form, redirect, words_of
from registry.web.school.acting import prove, settle
from registry.web.school.contracts import contract_page, own
from registry.web.school.shown import ground_options, refused
from registry.web.school.uploading import take

_DRAFT = {"permission": "contract.draft"}
_ID = "/school/contracts/{contract_id:int}"


def _record(contract_id: int) -> str:
    return f"/school/contracts/{contract_id}"


@post(f"{_ID}/offer", opt=_DRAFT, status_code=200)
async def offer(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """Confirm and hand to the provider; what stands against it is shown with the way out."""
    await read_form(request)
    try:
        act = signing.offer(actor_of(request), contract_id)
        return await settle(request, act, _record(contract_id), N_("已送机构确认"))
    except RuleRefusal as error:
        return await contract_page(
            request, contract_id, status=422, refusals=refused(words_of(request), error)
        )


@post(f"{_ID}/take-back", opt=_DRAFT, status_code=200)
async def take_back(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """Take an offered contract back."""
    await read_form(request)
    act = signing.take_back(actor_of(request), contract_id)
    return await settle(request, act, _record(contract_id), N_("已撤回，可以修改"))


@get(f"{_ID}/cancel", opt=_DRAFT)
async def cancel_page(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """Why the contract is given up."""
    contract = await own(request, contract_id)
    return await page(request, "school/contract_cancel.html.j2", form=Form(), contract=contract)


@post(f"{_ID}/cancel", opt=_DRAFT, status_code=200)
async def cancel(request: Req, contract_id: FromPath[int]) -> Response[str]:
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
async def terminate_page(request: Req, contract_id: FromPath[int]) -> Response[str]:
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
async def terminate(request: Req, contract_id: FromPath[int]) -> Response[str]:
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
            actor_of(request),
            contract_id,
            ground=ground,
            reason=reason,
            evidence=evidence,
            report_id=report_id,
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


HANDLERS = [offer, take_back, cancel_page, cancel, terminate_page, terminate]
