"""After a case was upheld: the appeal is refused, or the decision set aside by two people (R27)."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from registry.accounts.queries import display_names
from registry.bans import queries as bans
from registry.exits import appeals, overturning
from registry.exits.records import Case
from registry.kernel.errors import RegistryError
from registry.web.bureau.asking import panel_of, status_of
from registry.web.bureau.exits import PATH, act_with_reason, done, own
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, day_of, page, read_form, redirect, words_of
from registry.web.school.acting import prove

_ID = f"{PATH}/{{case_id:int}}"


@post(f"{_ID}/refuse-appeal", opt={"permission": "exit.decide"}, status_code=200)
async def refuse_appeal(request: Req, case_id: FromPath[int]) -> Response[str]:
    """Maintain the decision against the appeal: ``refuse_reason``."""
    field = ("refuse_reason", N_("维持原决定的理由"))
    return await act_with_reason(request, case_id, field, appeals.refuse, N_("已维持原决定，机构已得到通知"))


@post(f"{_ID}/propose-overturn", opt={"permission": "exit.propose_overturn"}, status_code=200)
async def propose(request: Req, case_id: FromPath[int]) -> Response[str]:
    """Propose that the decision be set aside: ``overturn_reason``."""
    field = ("overturn_reason", N_("依据和理由"))
    return await act_with_reason(
        request, case_id, field, overturning.propose, N_("已提出撤销意见，等待另一名人员办理")
    )


@post(f"{_ID}/send-overturn-back", opt={"permission": "exit.decide"}, status_code=200)
async def send_back(request: Req, case_id: FromPath[int]) -> Response[str]:
    """The second person does not follow: ``overturn_back_reason``."""
    field = ("overturn_back_reason", N_("退回的理由"))
    return await act_with_reason(request, case_id, field, overturning.send_back, N_("已退回"))


@get(f"{_ID}/overturn", opt={"permission": "exit.decide"})
async def overturn_page(request: Req, case_id: FromPath[int]) -> Response[str]:
    """What overturning brings about."""
    case = await own(request, case_id)
    if case.state != "overturning":
        return redirect(f"{PATH}/{case_id}")
    return await _overturn(request, case, Form(), None)


async def _overturn(
    request: Req, case: Case, form: Form, refusal: RegistryError | None, status: int | None = None
) -> Response[str]:
    return await page(
        request,
        "bureau/exit_overturn.html.j2",
        status_code=status or status_of(refusal),
        form=form,
        case=case,
        today=day_of(request),
        ban=await bans.of_case(case.id),
        names=await display_names([case.overturn_proposed_by]),
        refusal=panel_of(refusal, words_of(request)),
    )


@post(f"{_ID}/overturn", opt={"permission": "exit.decide"}, status_code=200)
async def overturn(request: Req, case_id: FromPath[int]) -> Response[str]:
    """Carry out what another person proposed."""
    form = (await read_form(request)).form
    case = await own(request, case_id)
    reason = form.text("reason", N_("理由"), max_length=500, multiline=True)
    if not form.errors:
        await prove(request, form)
    if form.errors:
        return await _overturn(request, case, form, None, 422)
    return await done(
        request,
        case_id,
        form,
        overturning.overturn(actor_of(request), case_id, reason),
        N_("原决定已撤销，各方已得到通知"),
    )


HANDLERS = [refuse_appeal, propose, send_back, overturn_page, overturn]
