"""Notices: what is open and what waits, one notice with everything on it, its files and postings (R15–R17)."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.params import FromPath

from registry.audit.queries import of_subject
from registry.jurisdictions.calendars import newer_years
from registry.jurisdictions.queries import calendar
from registry.kernel.actor import OFFICIALS, Role
from registry.kernel.clock import SHANGHAI
from registry.kernel.errors import Invalid, NotFound, RegistryError
from registry.notices import cases, commands, publishing, queries
from registry.notices.queries import NoticeDetail
from registry.policies.vocabulary import CATEGORY_NAMES
from registry.web.bureau.asking import attempt, choice_in, number_in, panel_of, query_of, said, text_in
from registry.web.bureau.strip import strip_of
from registry.web.bureau.timeline import timeline
from registry.web.components.announcement import announcement, docx_bytes, xlsx_of
from registry.web.components.exports import DOCX, XLSX, attachment
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, actor_of, day_of, page, read_form, redirect, words_of
from registry.whitelist.listing import waiting_for_listing

PATH = "/bureau/notices"
ONE = f"{PATH}/{{notice_id:int}}"
COLUMNS = (
    Column("title", N_("公示")),
    Column("state", N_("状态"), kind="short"),
    Column("window", N_("公示期"), kind="date"),
    Column("providers", N_("机构"), kind="number"),
    Column("objections", N_("未结异议"), kind="number"),
)


@get(PATH, opt={"permission": "bureau.read"})
async def notices_page(request: Req) -> Response[str]:
    """What waits to be published, to be confirmed and to be ruled; then the notices, the open ones first."""
    actor, as_of = actor_of(request), day_of(request)
    bureaux = actor.bureau_ids(*OFFICIALS)
    found = await queries.notices(
        as_of,
        bureau_ids=bureaux,
        phase=choice_in(request, "phase", ("open", "passed")),
        q=text_in(request, "q"),
        after=number_in(request, "after"),
    )
    listing = Listing(
        PATH, COLUMNS, query=query_of(request), next_cursor=found.after, filters=("q", "phase"), exports=()
    )
    return await page(
        request,
        "bureau/notices.html.j2",
        listing=listing,
        rows=found.rows,
        as_of=as_of,
        shortlisted=await queries.shortlisted(bureaux),
        waiting=await waiting_for_listing(bureaux, as_of),
        objections=(await cases.objections(actor, state="open"))[0],
        form=filled({key: listing.value(key) for key in ("q", "phase")}),
        may_publish=Role.APPROVER in actor.roles,
    )


async def own(request: Req, notice_id: int) -> NoticeDetail:
    """A notice of the reader's bureaux. Raises NotFound for any other."""
    found = await queries.detail(notice_id)
    if found.row.bureau_id not in actor_of(request).bureau_ids(*OFFICIALS):
        raise NotFound("没有找到这份公示")
    return found


@get(ONE, opt={"permission": "bureau.read"})
async def notice_page(request: Req, notice_id: FromPath[int]) -> Response[str]:
    """One notice: window, providers, objections, postings, the text to post."""
    return await show(request, notice_id, Form(), None)


async def show(request: Req, notice_id: int, form: Form, error: RegistryError | None) -> Response[str]:
    """The page of a notice with what was typed and, where an act was refused, why."""
    found = await own(request, notice_id)
    actor, as_of, words = actor_of(request), day_of(request), words_of(request)
    bureau_id = found.row.bureau_id
    return await page(
        request,
        "bureau/notice.html.j2",
        status_code=200 if error is None else error.status,
        notice=found,
        row=found.row,
        days=strip_of(found.days),
        corrected=newer_years(found.judged_under, await calendar(found.calendar)),
        phase=found.row.phase(as_of).value,
        shown=found.row.shown_state(as_of),
        as_of=as_of,
        category_names=CATEGORY_NAMES,
        announcement=announcement(found),
        may_act=actor.has(Role.APPROVER, bureau_id=bureau_id),
        may_post=bureau_id in actor.bureau_ids(Role.REVIEWER, Role.APPROVER, Role.BUREAU_ADMIN),
        intact=publishing.snapshot_hash(found.snapshot) == found.sha256,
        form=form,
        refusal=panel_of(error, words),
        history=timeline(reversed(await of_subject("notice", notice_id)), "notice", words),
    )


@get([f"{ONE}/announcement.docx", f"{ONE}/announcement.xlsx"], opt={"permission": "bureau.read"})
async def announcement_file(request: Req, notice_id: FromPath[int]) -> Response[bytes]:
    """The announcement in Chinese, to be posted."""
    found = await own(request, notice_id)
    made = announcement(found)
    if request.url.path.endswith(".docx"):
        return attachment(docx_bytes(made), f"{found.row.number}.docx", DOCX)
    return attachment(xlsx_of(made), f"{found.row.number}.xlsx", XLSX)


@post(f"{ONE}/postings", opt={"permission": "notice.post"}, status_code=200)
async def record_posting(request: Req, notice_id: FromPath[int]) -> Response[str]:
    """Record where the notice was posted: ``channel``, ``address``, ``posted_on``, ``posted_time``."""
    form = (await read_form(request)).form
    channel = form.text("channel", N_("发布渠道"), max_length=80)
    address = form.text("address", N_("网址或位置"), max_length=400)
    posted_on = form.date("posted_on", N_("发布日期"))
    posted_at = _clock(form)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None and posted_on is not None and posted_at is not None:
        moment = datetime.combine(posted_on, posted_at.time(), SHANGHAI)
        error = await attempt(
            form, commands.record_posting(actor_of(request), notice_id, channel, address, moment)
        )
    if error is not None:
        return await show(request, notice_id, form, error)
    return redirect(f"{PATH}/{notice_id}#postings", flash=said(request, N_("已登记发布渠道。")))


def _clock(form: Form) -> datetime | None:
    text = form.text("posted_time", N_("发布时间"), required=False, max_length=5) or "00:00"
    try:
        return datetime.strptime(text.replace("：", ":"), "%H:%M").replace(tzinfo=SHANGHAI)
    except ValueError:
        form.fail("posted_time", N_("请按 09:30 的格式填写时间"))
        return None


HANDLERS = [notices_page, notice_page, announcement_file, record_posting]
