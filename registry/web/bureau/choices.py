"""How schools chose their providers, for their bureau and its auditors: what was compared, by whom, and why."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

from registry.contracts.choosing import choices
from registry.kernel.actor import OFFICIALS
from registry.web.bureau.asking import number_in
from registry.web.components.i18n import N_
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, actor_of, page

PATH = "/bureau/choices"


@get(PATH, opt={"permission": "bureau.read"})
async def choices_page(request: Req) -> Response[str]:
    """The recorded choices of the bureau's schools, the latest first."""
    bureaux = actor_of(request).bureau_ids(*OFFICIALS)
    found, after = await choices.of_bureaux(bureaux, after=number_in(request, "after"))
    listing = Listing(
        PATH,
        [
            Column("need", N_("服务需求")),
            Column("school", N_("学校")),
            Column("chosen", N_("选定的机构")),
            Column("decided", N_("决定日期"), kind="date"),
        ],
        next_cursor=after,
        exports=(),
    )
    return await page(request, "bureau/choices.html.j2", listing=listing, rows=found)


@get(f"{PATH}/{{choice_id:int}}", opt={"permission": "bureau.read"})
async def choice_page(request: Req, choice_id: FromPath[int]) -> Response[str]:
    """One record as the school wrote it, to read and to print."""
    choice = await choices.get_choice(actor_of(request), choice_id)
    return await page(
        request, "school/choice.html.j2", choice=choice, may_sign=False, home=PATH, contracts=False
    )


HANDLERS = [choices_page, choice_page]
