"""Renewed documents that wait for an officer, and days entered by hand (R11, R12, R20)."""

from __future__ import annotations

from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from registry.checks import single
from registry.checks.single import Reading
from registry.kernel.actor import Role
from registry.kernel.errors import Invalid, RegistryError
from registry.providers.registration import DocumentKind, known
from registry.web.bureau.asking import attempt, panel_of, said, status_of
from registry.web.bureau.entries import own
from registry.web.bureau.words import document_name, field_name
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_, Translator
from registry.web.components.requests import Req, actor_of, day_of, page, read_form, redirect, words_of
from registry.whitelist import registration, renewal_views, renewals

PATH = "/bureau/renewals"
_ID = f"{PATH}/{{renewal_id:int}}"
_SHOWN_FIELDS = (
    "name",
    "credit_code",
    "legal_representative",
    "registered_address",
    "valid_from",
    "valid_until",
)


@get(PATH, opt={"permission": "bureau.read"})
async def renewals_page(request: Req) -> Response[str]:
    """What waits, the longest waiting first."""
    return await page(
        request,
        "bureau/renewals.html.j2",
        rows=await renewal_views.waiting(actor_of(request).bureau_ids()),
        as_of=day_of(request),
    )


@get(_ID, opt={"permission": "bureau.read"})
async def renewal_page(request: Req, renewal_id: FromPath[int]) -> Response[str]:
    """One document: what was typed, what was read, what stands against it, and the decision."""
    return await _show(request, renewal_id, None, None)


async def _show(
    request: Req, renewal_id: int, form: Form | None, error: RegistryError | None, opened: str = ""
) -> Response[str]:
    actor, words = actor_of(request), words_of(request)
    found = await renewal_views.get(actor, renewal_id)
    reading = await single.get(found.reading)
    read = registration.valid_until(reading.fields) if reading.type else (False, None)
    if form is None:
        day = read[1] if read[0] else found.stated_until
        form = filled({"valid_until": day, "long_term": day is None})
    return await page(
        request,
        "bureau/renewal.html.j2",
        status_code=status_of(error),
        renewal=found,
        reading=reading,
        type_name=words.gettext(document_name(reading.type)) if reading.type else "",
        fits=registration.kind_of(reading.type) is found.kind,
        fields=_fields(reading, words),
        read=read,
        form=form,
        opened=opened,
        refusal=panel_of(error, words),
        may_decide=found.state == "handed_in"
        and found.provider_id not in actor.provider_ids
        and bool(actor.bureau_ids(Role.REVIEWER, Role.APPROVER) & {found.bureau_id}),
        refresh=10 if reading.state in {"queued", "running"} else 0,
    )


def _fields(reading: Reading, words: Translator) -> list[dict[str, Any]]:
    return [
        {
            "label": words.gettext(field_name(name)),
            "value": words.gettext(N_("长期"))
            if value["value"] == registration.LONG_TERM
            else value["value"],
            "unsure": value["confidence"] < 0.8,
        }
        for name, value in reading.fields.items()
        if name in _SHOWN_FIELDS and value["value"]
    ]


def _until(form: Form) -> date | None:
    long_term = form.ticked("long_term")
    until = form.date("valid_until", N_("有效期至"), required=not long_term)
    if long_term and until is not None:
        form.fail("valid_until", N_("长期有效的不用填写日期，请清空日期或取消勾选“长期有效”"))
    return until


@post(f"{_ID}/accept", opt={"permission": "registration.decide"}, status_code=200)
async def accept(request: Req, renewal_id: FromPath[int]) -> Response[str]:
    """Take it as valid: ``valid_until`` or ``long_term``, ``reason``, ``checked_by_hand``."""
    form = (await read_form(request)).form
    until = _until(form)
    reason = form.text("reason", N_("理由"), max_length=500, multiline=True)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(
            form,
            renewals.accept(
                actor_of(request), renewal_id, until, reason, checked_by_hand=form.ticked("checked_by_hand")
            ),
        )
    if error is not None:
        return await _show(request, renewal_id, form, error)
    return redirect(PATH, flash=said(request, N_("已采用，登记证照的有效期已更新。")))


@post(f"{_ID}/return", opt={"permission": "registration.decide"}, status_code=200)
async def give_back(request: Req, renewal_id: FromPath[int]) -> Response[str]:
    """Give it back: ``back_reason``."""
    form = (await read_form(request)).form
    reason = form.text("back_reason", N_("退回的理由"), max_length=500, multiline=True)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(form, renewals.give_back(actor_of(request), renewal_id, reason))
    if error is not None:
        return await _show(request, renewal_id, form, error, opened="return")
    return redirect(PATH, flash=said(request, N_("已退回，并通知机构。")))


@get("/bureau/entries/{entry_id:int}/validity", opt={"permission": "registration.decide"})
async def validity_page(request: Req, entry_id: FromPath[int]) -> Response[str]:
    """Entering a day by hand, with what is known so far."""
    return await _validity(request, entry_id, Form(), None)


async def _validity(request: Req, entry_id: int, form: Form, error: RegistryError | None) -> Response[str]:
    entry = await own(request, entry_id)
    words = words_of(request)
    return await page(
        request,
        "bureau/validity.html.j2",
        status_code=status_of(error),
        entry=entry,
        form=form,
        known=sorted((await known(entry.provider_id)).values(), key=lambda one: one.kind.value),
        kinds=[(kind.value, words.gettext(kind.zh)) for kind in DocumentKind],
        refusal=panel_of(error, words),
    )


@post("/bureau/entries/{entry_id:int}/validity", opt={"permission": "registration.decide"}, status_code=200)
async def enter_validity(request: Req, entry_id: FromPath[int]) -> Response[str]:
    """Enter a day by hand: ``kind``, ``valid_until`` or ``long_term``, ``reason``."""
    form = (await read_form(request)).form
    chosen = form.choice("kind", N_("证照种类"), [kind.value for kind in DocumentKind])
    until = _until(form)
    reason = form.text("reason", N_("依据"), max_length=500, multiline=True)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        kind = next(one for one in DocumentKind if one.value == chosen)
        error = await attempt(
            form, registration.enter_by_hand(actor_of(request), entry_id, kind, until, reason)
        )
    if error is not None:
        return await _validity(request, entry_id, form, error)
    return redirect(f"/bureau/entries/{entry_id}", flash=said(request, N_("有效期已登记。")))


HANDLERS = [renewals_page, renewal_page, accept, give_back, validity_page, enter_validity]
