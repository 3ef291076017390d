"""What follows a signed contract: its file, changing it, renewing it; pages of both sides (R22, R23)."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from registry.contracts import judging, queries, records, renewing, varying
from registry.contracts.people import read_people
from registry.contracts.records import Contract
from registry.contracts.rules import latest_end
from registry.contracts.varying import Change, Variation
from registry.kernel.clock import today
from registry.kernel.errors import Conflict, Invalid, NotFound, RuleRefusal
from registry.policies import Policy, thaw
from registry.settings import get_settings
from registry.web.components import formats
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_, Translator
from registry.web.components.requests import Req, actor_of, page, read_form, redirect, words_of
from registry.web.school.acting import settle
from registry.web.school.contract_file import contract_docx, variation_docx
from registry.web.school.shown import refusals_of, refused, show_errors
from registry.web.school.uploading import take

_SCHOOL = {"permission": "contract.draft"}
_BOTH = {"permission": "contract.agree"}
_ID = "/school/contracts/{contract_id:int}"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FIELD_OF = {"term_not_allowed": "ends_on", "ends_in_the_past": "ends_on", "entry_not_active": "ends_on"}


async def following(contract: Contract, words: Translator, as_of: date) -> dict[str, Any]:
    """What the record of a contract shows of its variations and its renewal; for both sides' pages."""
    if contract.state not in {"signed", "terminated"}:
        return {"variations": [], "renewal": None, "renewal_refusals": [], "renews": await _renews(contract)}
    found = await varying.of_contract(contract.id)
    renewal = await renewing.renewal_of(contract, as_of) if contract.state == "signed" else None
    refusals = [renewal.refusal] if renewal and renewal.refusal else []
    return {
        "variations": [{"variation": one, "rows": changed(words, one)} for one in found],
        "renewal": renewal,
        "renewal_refusals": refusals_of(words, refusals),
        "renews": await _renews(contract),
    }


async def _renews(contract: Contract) -> Contract | None:
    return await records.load(contract.renews) if contract.renews else None


def changed(words: Translator, one: Variation) -> list[dict[str, str]]:
    """What a variation changes, before and after."""
    rows = (
        (N_("课程"), one.was_course_title, one.course_title),
        (
            N_("终止日"),
            formats.long_date(one.was_ends_on, words.locale, weekday=False),
            formats.long_date(one.ends_on, words.locale, weekday=False),
        ),
        (N_("收费标准"), _fee(words, one.was_fee_cents), _fee(words, one.fee_cents)),
    )
    return [
        {"label": words.gettext(label), "before": before, "after": after}
        for label, before, after in rows
        if before != after
    ]


def _fee(words: Translator, cents: int | None) -> str:
    return words.gettext(N_("未约定")) if cents is None else formats.money(cents / 100, words.locale, "课时")


async def _own(request: Req, contract_id: int) -> Contract:
    contract = await queries.get_contract(actor_of(request), contract_id)
    if not records.is_school(actor_of(request), contract):
        raise NotFound("没有找到这份合同")
    return contract


async def _policy(contract: Contract) -> Policy:
    """The policy frozen at signing, else the one in force (R30)."""
    return thaw(json.loads(contract.policy)) if contract.policy else await judging.policy_in_force(contract)


@get(
    [
        "/school/contracts/{contract_id:int}/contract.docx",
        "/provider/contracts/{contract_id:int}/contract.docx",
    ],
    opt=_BOTH,
)
async def contract_file(request: Req, contract_id: FromPath[int]) -> Response[bytes]:
    """The contract as a Word file, filled in."""
    contract = await _either(request, contract_id)
    policy = await _policy(contract)
    made = contract_docx(
        contract,
        policy,
        judging.required_preconditions(policy),
        await queries.preconditions_of(contract_id),
        await read_people(contract_id),
    )
    return _file(made, f"{contract.number}.docx")


@get("/contracts/variations/{variation_id:int}/agreement.docx", opt=_BOTH)
async def agreement_file(request: Req, variation_id: FromPath[int]) -> Response[bytes]:
    """The supplementary agreement as a Word file, filled in."""
    contract, variation = await _variation(request, variation_id)
    return _file(variation_docx(contract, variation), f"{contract.number}-{variation.number}.docx")


def _file(content: bytes, name: str) -> Response[bytes]:
    return Response(
        content,
        media_type=_DOCX,
        headers={"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"},
    )


async def _either(request: Req, contract_id: int) -> Contract:
    """A contract of the actor's school or provider. Raises NotFound."""
    actor = actor_of(request)
    contract = await queries.get_contract(actor, contract_id)
    if not (records.is_school(actor, contract) or records.is_provider(actor, contract)):
        raise NotFound("没有找到这份合同")
    return contract


async def _variation(request: Req, variation_id: int) -> tuple[Contract, Variation]:
    contract = await _either(request, await varying.contract_of(variation_id))
    found = next(one for one in await varying.of_contract(contract.id) if one.id == variation_id)
    return contract, found


@get(f"{_ID}/variation", opt=_SCHOOL)
async def variation_page(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """The form of a change, filled with what the contract says now."""
    contract = await _own(request, contract_id)
    if contract.state != "signed":
        return redirect(f"/school/contracts/{contract_id}")
    fee = contract.fee_cents
    form = filled(
        {
            "course_title": contract.course_title,
            "ends_on": contract.ends_on,
            "fee": None if fee is None else f"{fee / 100:.2f}",
        }
    )
    return await _show(request, contract, form, 200)


async def _show(
    request: Req, contract: Contract, form: Form, status: int, refusals: list[dict[str, str]] | None = None
) -> Response[str]:
    policy = await _policy(contract)
    return await page(
        request,
        "school/variation.html.j2",
        status_code=status,
        contract=contract,
        form=form,
        refusals=refusals or [],
        latest=latest_end(contract.starts_on, policy.contract.max_years),
    )


@post(f"{_ID}/variation", opt=_SCHOOL, status_code=200)
async def offer(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """Propose a change: ``course_title``, ``ends_on``, ``fee``, ``reason``."""
    contract = await _own(request, contract_id)
    form = (await read_form(request)).form
    title = form.text("course_title", N_("课程名称"), max_length=120)
    ends_on = form.date("ends_on", N_("终止日"))
    fee = form.amount("fee", N_("每课时收费"), required=False)
    reason = form.text("reason", N_("变更的理由"), max_length=1000, multiline=True)
    if form.errors or ends_on is None:
        return await _show(request, contract, form, 422)
    change = Change(title, ends_on, None if fee is None else int(fee * 100))
    try:
        act = varying.offer(actor_of(request), contract_id, change, reason)
        return await settle(
            request, act, f"/school/contracts/{contract_id}", N_("变更已送机构。请上传双方盖章的补充协议")
        )
    except Invalid as error:
        show_errors(form, error)
        return await _show(request, contract, form, 422)
    except RuleRefusal as error:
        shown = refused(words_of(request), error)
        for one in shown:
            if one["code"] in _FIELD_OF:
                form.errors.add(_FIELD_OF[one["code"]], one["message"])
        return await _show(request, contract, form, 422, shown)


@post("/school/variations/{variation_id:int}/take-back", opt=_SCHOOL, status_code=200)
async def take_back(request: Req, variation_id: FromPath[int]) -> Response[str]:
    """Take a proposed change back."""
    await read_form(request)
    contract, _ = await _variation(request, variation_id)
    act = varying.take_back(actor_of(request), variation_id)
    return await settle(request, act, f"/school/contracts/{contract.id}", N_("变更已撤回"))


def _record(request: Req, contract: Contract) -> str:
    side = "school" if records.is_school(actor_of(request), contract) else "provider"
    return f"/{side}/contracts/{contract.id}"


@get("/contracts/variations/{variation_id:int}/scan", opt=_BOTH)
async def scan_page(request: Req, variation_id: FromPath[int]) -> Response[str]:
    """Where the sealed supplementary agreement is uploaded, by either side."""
    return await _scan(request, *await _variation(request, variation_id), Form(), 200)


async def _scan(
    request: Req, contract: Contract, variation: Variation, form: Form, status: int
) -> Response[str]:
    return await page(
        request,
        "school/variation_scan.html.j2",
        status_code=status,
        form=form,
        contract=contract,
        variation=variation,
        base=_record(request, contract),
        max_bytes=get_settings().max_upload_bytes,
    )


@post("/contracts/variations/{variation_id:int}/scan", opt=_BOTH, status_code=200)
async def attach_scan(request: Req, variation_id: FromPath[int]) -> Response[str]:
    """Take the sealed supplementary agreement."""
    contract, variation = await _variation(request, variation_id)
    posted = await read_form(request)
    if variation.state != "offered":
        posted.form.fail("scan", N_("这项变更已经办结，不能再更换扫描件"))
        return await _scan(request, contract, variation, posted.form, 409)
    file_id = await take(
        request, posted, "scan", owner="contract", owner_id=contract.id, required=True, photos=False
    )
    if file_id is None:
        return await _scan(request, contract, variation, posted.form, 422)
    act = varying.attach_scan(actor_of(request), variation_id, file_id)
    return await settle(request, act, _record(request, contract), N_("扫描件已上传"))


@post(f"{_ID}/renew", opt=_SCHOOL, status_code=200)
async def renew(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """Draft the contract that follows; what stands against it is told with the way out."""
    await read_form(request)
    contract = await _own(request, contract_id)
    words = words_of(request)
    try:
        made = await renewing.renew(actor_of(request), contract_id)
    except RuleRefusal as error:
        return await page(
            request,
            "school/renewal_refused.html.j2",
            status_code=422,
            contract=contract,
            refusals=refused(words, error),
        )
    except Conflict:
        standing = await renewing.renewal_of(contract, await today())
        if standing.contract_id is None:
            raise
        return redirect(f"/school/contracts/{standing.contract_id}")
    return redirect(
        f"/school/contracts/{made}",
        flash=words.gettext(N_("续签合同已起草，请核对条款并重新登记签约前置条件")),
    )


HANDLERS = [
    contract_file, agreement_file, variation_page, offer, take_back, scan_page, attach_scan, renew,
]  # fmt: skip
