"""Complaining about a listed provider, all year and without an account, and following what became of it (R25)."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from public_site import receipts
from public_site.evidence import ACCEPT, MAX_BYTES, taken
from public_site.receipts import ShownReceipt
from registry.evaluations.complaints import filing
from registry.evaluations.complaints.filing import MAX_FACTS, MAX_FILES, ComplaintInput, Kind
from registry.evaluations.complaints.following import follow
from registry.evaluations.lifecycle import Topic
from registry.jurisdictions.queries import ListView, get_list
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotFound, RegistryError, RuleRefusal, TooMany
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, page, read_form, redirect, words_of
from registry.whitelist.queries import EntryView, get_entry
from registry.whitelist.rules import StatusKind

_KINDS: tuple[Kind, ...] = ("person", "organisation")


async def _subject(entry_id: int) -> tuple[EntryView, ListView]:
    """The entry of a public list, and the list. Raises NotFound."""
    entry = await get_entry(entry_id, await today())
    of_list = await get_list(entry.list_id)
    if not of_list.public or entry.kind is StatusKind.NOT_YET:
        raise NotFound("没有找到这个名单条目")
    return entry, of_list


async def _show(
    request: Req, form: Form, subject: tuple[EntryView, ListView], status: int = 200
) -> Response[str]:
    entry, of_list = subject
    words, as_of = words_of(request), await today()
    return await page(
        request, "public/complaint.html.j2", status_code=status, entry=entry, form=form,
        conditions=of_list.policy.complaint, max_bytes=MAX_BYTES, accept=ACCEPT, most=MAX_FILES,
        max_facts=MAX_FACTS, open=await filing.may_complain(entry, as_of),
        topics=[(one.value, words.gettext(one.zh)) for one in Topic],
        contracts=[
            (one.contract_id, f"{one.school_name} · {one.course_title}")
            for one in await filing.targets(entry.id, as_of)
        ],
    )  # fmt: skip


@get("/whitelist/{entry_id:int}/complaint", opt={"public": True})
async def complaint_form(request: Req, entry_id: FromPath[int]) -> Response[str]:
    """The form to complain about one provider; the school is chosen before where the address names a contract."""
    asked = request.query_params.get("contract", "")
    return await _show(request, Form([("contract", asked[:10])]), await _subject(entry_id))


@post("/whitelist/{entry_id:int}/complaint", opt={"public": True}, status_code=200)
async def complain(request: Req, entry_id: FromPath[int]) -> Response[str]:
    """File a complaint; number and code are shown on the next page and are not sent anywhere."""
    posted = await read_form(request)
    form = posted.form
    entry, of_list = subject = await _subject(entry_id)
    given = _read(form)
    for wrong in filing.unmet(given, of_list.policy.complaint):
        form.fail(wrong.field, wrong.message, **wrong.params)
    error: RegistryError | None = None
    if not form.errors:
        try:
            await filing.require_room(entry_id)
        except TooMany as stopped:
            error = stopped
    evidence = [] if form.errors or error else await taken(posted, most=MAX_FILES)
    if not form.errors and error is None:
        try:
            receipt = await filing.file(
                actor_of(request), entry_id, given, browser=request.scope["state"]["csrf_token"],
                evidence=evidence,
            )  # fmt: skip
            shown = ShownReceipt(
                "complaint", receipt.number, receipt.secret, entry.name, f"/whitelist/{entry_id}"
            )
            return redirect("/complaints/receipt", cookies=(receipts.keep(shown),))
        except Invalid as refused:
            for wrong in refused.fields:
                form.fail(wrong.field, wrong.message, **wrong.params)
        except (RuleRefusal, TooMany) as refused:
            error = refused
    if error is not None:
        form.fail("", error.message, **error.params)
    response = await _show(request, form, subject, error.status if error else 422)
    if isinstance(error, TooMany):
        response.headers["retry-after"] = str(error.retry_after)
    return response


def _read(form: Form) -> ComplaintInput:
    """What was typed; what is missing is noted at its field."""
    kind = form.choice("kind", N_("投诉方式"), _KINDS)
    topic = form.choice("topic", N_("反映的问题"), [one.value for one in Topic])
    contract = form.value("contract")
    if contract and not (contract.isascii() and contract.isdigit() and len(contract) < 10):
        form.fail("contract", N_("请从列表中选择学校，或选择不确定"))
        contract = ""
    return ComplaintInput(
        kind="organisation" if kind == "organisation" else "person",
        name=form.text("name", N_("姓名或单位名称"), max_length=100, required=False),
        contact=form.text("contact", N_("联系方式"), max_length=100, required=False),
        topic=next((one for one in Topic if one.value == topic), Topic.OTHER),
        facts=form.text("facts", N_("具体事实"), max_length=MAX_FACTS, multiline=True),
        contract_id=int(contract) if contract else None,
    )


@get("/complaints/receipt", opt={"public": True})
async def receipt(request: Req) -> Response[str]:
    """The receipt of what was just filed from this browser."""
    return await receipts.filed_page(request, "complaint")


@get("/complaints", opt={"public": True})
async def follow_form(request: Req) -> Response[str]:
    """How to complain, and following a complaint by its receipt number and code."""
    return await receipts.follow_page(request, "complaint")


@post("/complaints", opt={"public": True}, status_code=200)
async def follow_it(request: Req) -> Response[str]:
    """What became of a complaint; number and code stay out of the address."""
    return await receipts.followed_page(request, "complaint", follow)


HANDLERS = [complaint_form, complain, receipt, follow_form, follow_it]
