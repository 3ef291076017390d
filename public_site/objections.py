"""Objecting to a provider on an open notice, and following what became of it (R17)."""

from __future__ import annotations

from collections.abc import Iterable

from litestar import Response, get, post
from litestar.params import FromPath

from public_site import receipts
from public_site.evidence import MAX_BYTES, taken
from public_site.receipts import ShownReceipt
from registry.kernel.clock import today
from registry.kernel.errors import NotFound, RuleRefusal
from registry.kernel.refusals import Refusal
from registry.notices import objections, queries
from registry.notices.following import follow
from registry.notices.queries import ItemView, NoticeDetail
from registry.notices.rules import ObjectionFacts, ObjectorKind, objection_refusals, objection_window_refusal
from registry.policies.model import ObjectionPolicy
from registry.rounds import queries as rounds
from registry.web.components.forms import Form
from registry.web.components.i18n import N_, Translator
from registry.web.components.requests import Posted, Req, actor_of, page, read_form, redirect, words_of

_FIELD_OF = {"no_name": "name", "no_contact": "contact", "no_facts": "facts", "no_seal": "evidence"}


async def _subject(notice_id: int, item_id: int) -> tuple[NoticeDetail, ItemView, ObjectionPolicy]:
    """The notice, the provider on it and the conditions of its round. Raises NotFound."""
    detail = await queries.detail(notice_id, public_only=True)
    item = next((i for i in detail.items if i.id == item_id and i.taken_off_on is None), None)
    if item is None or detail.round_id is None:
        raise NotFound(N_("没有找到公示中的这家机构"))
    return detail, item, (await rounds.get(detail.round_id)).rules.objections


async def _show(
    request: Req, form: Form, subject: tuple[NoticeDetail, ItemView, ObjectionPolicy], status: int = 200
) -> Response[str]:
    detail, item, conditions = subject
    return await page(
        request, "public/objection.html.j2", status_code=status, detail=detail, item=item, form=form,
        conditions=conditions, max_bytes=MAX_BYTES,
        open=detail.row.phase(await today()).value == "open",
    )  # fmt: skip


@get("/notices/{notice_id:int}/items/{item_id:int}/objection", opt={"public": True})
async def objection_form(request: Req, notice_id: FromPath[int], item_id: FromPath[int]) -> Response[str]:
    """The form to object to one provider of an open notice."""
    return await _show(request, Form(), await _subject(notice_id, item_id))


@post(
    "/notices/{notice_id:int}/items/{item_id:int}/objection", opt={"public": True},
    status_code=200,
)  # fmt: skip
async def object_to(request: Req, notice_id: FromPath[int], item_id: FromPath[int]) -> Response[str]:
    """File an objection; number and code are shown on the next page and are not sent anywhere."""
    posted = await read_form(request)
    form, words = posted.form, words_of(request)
    detail, item, conditions = subject = await _subject(notice_id, item_id)
    given = _read(posted)
    late = objection_window_refusal(detail.row.published_on, detail.row.passes_from, await today())
    _note(form, words, [late] if late else _unmet(given, conditions))
    evidence = [] if form.errors else await taken(posted)
    if form.errors:
        return await _show(request, form, subject, 422)
    try:
        receipt = await objections.file(
            actor_of(request), item_id, given, browser=request.scope["state"]["csrf_token"],
            evidence=evidence[0] if evidence else None,
        )  # fmt: skip
    except RuleRefusal as refused:
        _note(form, words, refused.refusals)
        return await _show(request, form, subject, 422)
    shown = ShownReceipt("objection", receipt.number, receipt.secret, item.name, f"/notices/{detail.row.id}")
    return redirect("/objections/receipt", cookies=(receipts.keep(shown),))


def _read(posted: Posted) -> objections.ObjectionInput:
    """What was typed; what is missing is noted at its field."""
    form = posted.form
    kind = form.choice("kind", N_("提出方式"), [k.value for k in ObjectorKind])
    return objections.ObjectionInput(
        kind=ObjectorKind.ORGANISATION if kind == ObjectorKind.ORGANISATION.value else ObjectorKind.PERSON,
        name=form.text("name", N_("姓名或单位名称"), max_length=100, required=False),
        contact=form.text("contact", N_("联系方式"), max_length=100, required=False),
        facts=form.text("facts", N_("具体事实和依据"), max_length=5000, multiline=True),
        sealed=form.ticked("sealed") and bool(posted.files.get("evidence")),
    )


def _unmet(given: objections.ObjectionInput, conditions: ObjectionPolicy) -> tuple[Refusal, ...]:
    """The conditions not met, judged before an uploaded file is looked at; nothing where they only guide."""
    facts = ObjectionFacts(
        kind=given.kind, written=True, name_given=bool(given.name), contact_given=bool(given.contact),
        facts_given=True, sealed=given.sealed,
    )  # fmt: skip
    return objection_refusals(facts, conditions) if conditions.refuse_otherwise else ()


def _note(form: Form, words: Translator, refusals: Iterable[Refusal]) -> None:
    for refusal in refusals:
        parts = [
            words.gettext(text, **dict(refusal.params)) for text in (refusal.message, refusal.remedy) if text
        ]
        form.fail(_FIELD_OF.get(refusal.code, ""), (". " if words.locale == "en" else "。").join(parts))


@get("/objections/receipt", opt={"public": True})
async def receipt(request: Req) -> Response[str]:
    """The receipt of what was just filed from this browser."""
    return await receipts.filed_page(request, "objection")


@get("/objections", opt={"public": True})
async def follow_form(request: Req) -> Response[str]:
    """Follow an objection by its receipt number and code."""
    return await receipts.follow_page(request, "objection")


@post("/objections", opt={"public": True}, status_code=200)
async def follow_it(request: Req) -> Response[str]:
    """What became of an objection; number and code stay out of the address."""
    return await receipts.followed_page(request, "objection", follow)


HANDLERS = [objection_form, object_to, receipt, follow_form, follow_it]
