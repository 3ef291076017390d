"""Who enters the school while a contract runs: the page to let people in and out and renew clearances (R32)."""

from __future__ import annotations

from collections.abc import Awaitable

from litestar import Response, get, post
from litestar.params import FromPath

from registry.contracts import entering
from registry.contracts.people import Person, people_by_id
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotFound, RuleRefusal
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, page, read_form, words_of
from registry.web.school.acting import settle
from registry.web.school.contracts import own
from registry.web.school.shown import refused, show_errors

_PATH = "/school/contracts/{contract_id:int}/entering"
_SCHOOL = {"permission": "contract.draft"}


@get(_PATH, opt=_SCHOOL)
async def entering_page(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """The people who may enter, when each clearance lapses, and the forms to change that."""
    return await _show(request, contract_id, Form(), 200)


async def _show(
    request: Req, contract_id: int, form: Form, status: int, refusals: list[dict[str, str]] | None = None
) -> Response[str]:
    contract, as_of = await own(request, contract_id), await today()
    if contract.policy is None:
        raise NotFound("合同签订后才能更改入校人员")
    months = entering.clearance_months(contract)
    return await page(
        request,
        "school/entering.html.j2",
        status_code=status,
        contract=contract,
        form=form,
        refusals=refusals or [],
        months=months,
        people=[
            {
                "id": person_id,
                "person": one,
                "lapses_on": one.lapses_on(months),
                "cleared": one.cleared_on(as_of, months),
            }
            for person_id, one in (await people_by_id(contract_id)).items()
        ],
        may_change=contract.state == "signed" and as_of <= contract.ends_on,
    )


@post(_PATH, opt=_SCHOOL, status_code=200)
async def change(request: Req, contract_id: FromPath[int]) -> Response[str]:
    """Let a person in (``what`` = join), take one off (leave), or record clearances anew (renew)."""
    form = (await read_form(request)).form
    what, actor = form.value("what"), actor_of(request)
    act: Awaitable[None] | None = None
    done = N_("已登记")
    if what == "join":
        person = Person(
            name=form.text("name", N_("姓名"), max_length=80),
            id_number=form.text("id_number", N_("身份证号码"), max_length=40),
            certificate=form.text("certificate", N_("资格证件"), max_length=80),
            health_checked_on=form.date("health_checked_on", N_("健康查验日期")),
            record_queried_on=form.date("record_queried_on", N_("违法犯罪记录查询日期")),
        )
        act = None if form.errors else entering.join(actor, contract_id, person)
    else:
        typed = form.value("person")
        if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
            raise NotFound("没有找到这名人员")
        if what == "leave":
            act = entering.leave(actor, contract_id, int(typed))
        else:
            health = form.date(f"health-{typed}", N_("健康查验日期"), required=False)
            record = form.date(f"record-{typed}", N_("违法犯罪记录查询日期"), required=False)
            act = (
                None
                if form.errors
                else entering.renew(
                    actor, contract_id, int(typed), health_checked_on=health, record_queried_on=record
                )
            )
    if act is None:
        return await _show(request, contract_id, form, 422)
    try:
        return await settle(request, act, f"/school/contracts/{contract_id}/entering", done)
    except Invalid as error:
        if what == "renew":
            for one in error.fields:
                form.fail(f"{one.field.partition('_')[0]}-{form.value('person')}", one.message, **one.params)
        else:
            show_errors(form, error)
        return await _show(request, contract_id, form, 422)
    except RuleRefusal as error:
        return await _show(request, contract_id, form, 422, refused(words_of(request), error))


HANDLERS = [entering_page, change]
