"""Public notices and objections to them (R15-R17)."""

from __future__ import annotations

from litestar import Response, get, post

from public_site.strip import strip_of
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotFound, RuleRefusal
from registry.notices import objections, queries
from registry.notices.rules import ObjectorKind, notice_phase
from registry.policies.vocabulary import CATEGORY_NAMES
from registry.rounds import queries as rounds
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, page, read_form, redirect


@get("/notices", opt={"public": True})
async def notices(request: Req) -> Response[str]:
    """All notices, the open ones first."""
    as_of = await today()
    asked = request.query_params.get("after", "")
    after = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    found = await queries.notices(as_of, after=after)
    return await page(
        request, "public/notices.html.j2", as_of=as_of, notices=found.rows, after=found.after, phase=notice_phase
    )


@get("/notices/{notice_id:int}", opt={"public": True})
async def notice(request: Req, notice_id: int) -> Response[str]:
    """One notice: who stands in it, its window counted out, where it was posted, how to object."""
    as_of = await today()
    detail = await queries.detail(notice_id)
    return await page(
        request, "public/notice.html.j2", as_of=as_of, detail=detail,
        days=strip_of(detail.days, detail.row.published_on), category_names=CATEGORY_NAMES,
        open=notice_phase(detail.row.published_on, detail.row.passes_from, as_of).value == "open",
    )  # fmt: skip


async def _objection_page(request: Req, notice_id: int, item_id: int, form: Form, status: int = 200) -> Response[str]:
    as_of = await today()
    detail = await queries.detail(notice_id)
    item = next((i for i in detail.items if i.id == item_id and i.taken_off_on is None), None)
    if item is None:
        raise NotFound(N_("没有找到公示中的这家机构"))
    conditions = (await rounds.get(detail.round_id)).rules.objections
    return await page(
        request, "public/objection.html.j2", status_code=status, as_of=as_of, detail=detail, item=item, form=form,
        conditions=conditions,
        open=notice_phase(detail.row.published_on, detail.row.passes_from, as_of).value == "open",
    )  # fmt: skip


@get("/notices/{notice_id:int}/items/{item_id:int}/objection", opt={"public": True})
async def objection_form(request: Req, notice_id: int, item_id: int) -> Response[str]:
    """The form to object to one provider of an open notice."""
    return await _objection_page(request, notice_id, item_id, Form())


@post("/notices/{notice_id:int}/items/{item_id:int}/objection", opt={"public": True}, status_code=200)
async def object_to(request: Req, notice_id: int, item_id: int) -> Response[str]:
    """File an objection; the receipt number and code come on the next page and are not sent anywhere."""
    form = (await read_form(request)).form
    kind = form.choice("kind", N_("提出方式"), [k.value for k in ObjectorKind])
    name = form.text("name", N_("姓名或单位名称"), max_length=100, required=False)
    contact = form.text("contact", N_("联系方式"), max_length=100, required=False)
    facts = form.text("facts", N_("具体事实和依据"), max_length=5000, multiline=True)
    if not form.errors:
        given = objections.ObjectionInput(ObjectorKind(kind), name, contact, facts)  # type: ignore[call-arg]
        try:
            receipt = await objections.file(actor_of(request), item_id, given)
        except RuleRefusal as refused:
            for refusal in refused.refusals or ():
                form.fail(_FIELD_OF.get(refusal.code, ""), f"{refusal.message}。{refusal.remedy}", **refusal.params)
            if not refused.refusals:
                form.fail("", refused.message, **refused.params)
        except Invalid as wrong:
            for error in wrong.fields:
                form.fail(error.field, error.message, **error.params)
        else:
            detail = await queries.detail(notice_id)
            return await page(
                request, "public/objection_filed.html.j2", receipt=receipt, notice=detail.row, form=Form()
            )
    return await _objection_page(request, notice_id, item_id, form, 422)


_FIELD_OF = {"no_name": "name", "no_contact": "contact", "no_facts": "facts", "no_seal": "kind"}


@get("/objections", opt={"public": True})
async def follow_form(request: Req) -> Response[str]:
    """Follow an objection by its receipt number and code."""
    return await page(request, "public/objection_follow.html.j2", form=Form(), found=None)


@post("/objections", opt={"public": True}, status_code=200)
async def follow(request: Req) -> Response[str]:
    """What became of an objection; number and code stay out of the address."""
    form = (await read_form(request)).form
    number = form.text("number", N_("回执编号"), max_length=30)
    secret = form.text("secret", N_("查询码"), max_length=40)
    found = None
    if not form.errors:
        found = await objections.follow(number, secret)
        if found is None:
            form.fail("number", N_("没有找到这份回执，请核对编号和查询码"))
    return await page(
        request, "public/objection_follow.html.j2", status_code=422 if form.errors else 200, form=form, found=found
    )


@get("/notices/latest", opt={"public": True})
async def latest(request: Req) -> Response[str]:
    """The newest open notice, for links from outside."""
    found = await queries.notices(await today(), phase="open", limit=1)
    return redirect(f"/notices/{found.rows[0].id}" if found.rows else "/notices")


HANDLERS = [notices, notice, objection_form, object_to, follow_form, follow, latest]
