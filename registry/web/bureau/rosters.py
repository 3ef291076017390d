"""The bureau's view of a provider's teachers: changes that wait, admitting and refusing (R32, R12)."""

from __future__ import annotations

from collections.abc import Awaitable

from litestar import Response, get, post
from litestar.params import FromPath

from registry.kernel.actor import Role
from registry.kernel.errors import Invalid, NotFound, RegistryError
from registry.web.bureau.asking import attempt, panel_of, said
from registry.web.bureau.entries import own
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, day_of, page, read_form, redirect, words_of
from registry.whitelist import roster

_PATH = "/bureau/entries/{entry_id:int}/roster"


@get("/bureau/rosters", opt={"permission": "roster.decide"})
async def waiting_page(request: Req) -> Response[str]:
    """The entries whose roster changes wait, the longest waiting first."""
    return await page(
        request, "bureau/rosters.html.j2", waiting=await roster.waiting(actor_of(request).bureau_ids())
    )


@get(_PATH, opt={"permission": "roster.decide"})
async def roster_page(request: Req, entry_id: FromPath[int]) -> Response[str]:
    """The roster of one entry: those who wait with their certificate, and those admitted."""
    return await _show(request, entry_id, Form(), None)


async def _show(request: Req, entry_id: int, form: Form, error: RegistryError | None) -> Response[str]:
    actor = actor_of(request)
    entry = await own(request, entry_id)
    officer = entry.bureau_id in actor.bureau_ids(Role.REVIEWER, Role.APPROVER)
    return await page(
        request,
        "bureau/roster.html.j2",
        status_code=200 if error is None else error.status,
        entry=entry,
        people=await roster.people(entry_id, gone=True),
        today=day_of(request),
        form=form,
        refusal=panel_of(error, words_of(request)),
        may_decide=officer and entry.provider_id not in actor.provider_ids,
    )


@post(_PATH, opt={"permission": "roster.decide"}, status_code=200)
async def decide(request: Req, entry_id: FromPath[int]) -> Response[str]:
    """Admit a proposed teacher, or refuse with a ``reason``."""
    form = (await read_form(request)).form
    person = form.integer("person", N_("教师"), minimum=1, maximum=2**31 - 1)
    await own(request, entry_id)
    if person is None or person not in {one.id for one in await roster.people(entry_id, gone=True)}:
        raise NotFound("没有找到这名教师")
    act: Awaitable[None] | None = None
    if form.value("what") == "refuse":
        reason = form.text(f"reason-{person}", N_("不予核准的理由"), max_length=500, multiline=True)
        act = None if form.errors else roster.refuse(actor_of(request), person, reason)
    else:
        act = roster.admit(actor_of(request), person)
    error: RegistryError | None = Invalid() if act is None else await attempt(form, act)
    if error is not None:
        return await _show(request, entry_id, form, error)
    return redirect(f"/bureau/entries/{entry_id}/roster", flash=said(request, N_("已登记，机构已得到通知。")))


HANDLERS = [waiting_page, roster_page, decide]
