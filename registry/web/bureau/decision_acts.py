"""What reviewers and approvers do on the decision page; each post calls one command and comes back (303)."""

from __future__ import annotations

from typing import Any, cast

from litestar import Response, get, post
from litestar.params import FromPath

from registry.accounts.commands import confirm_password
from registry.checks import commands as checks
from registry.kernel.errors import Invalid, RegistryError, TooMany
from registry.review import commands
from registry.review.commands import Outcome
from registry.review.dossier import dossier, options
from registry.web.bureau.asking import attempt, choice_in, panel_of, said
from registry.web.bureau.decision import PATH, show
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, page, read_form, redirect, words_of

OUTCOMES = ("shortlist", "reject")


def _home(application_id: int, part: str = "") -> str:
    return f"/bureau/applications/{application_id}{part}"


@post(f"{PATH}/recommend", opt={"permission": "application.review"}, status_code=200)
async def recommend(request: Req, application_id: FromPath[int]) -> Response[str]:
    """The reviewer's recommendation: ``outcome``, ``reason``, ``internal_note``, ``checked_by_hand``."""
    form = (await read_form(request)).form
    outcome = form.choice("outcome", N_("初审意见"), OUTCOMES)
    reason = form.text("reason", N_("理由"), max_length=2000, multiline=True)
    note = form.text("internal_note", N_("内部备注"), required=False, max_length=2000, multiline=True)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(
            form,
            commands.recommend(
                actor_of(request), application_id, cast(Outcome, outcome), reason, note,
                checked_by_hand=form.ticked("checked_by_hand"),
            ),
        )  # fmt: skip
    if error is not None:
        return await show(request, application_id, form, error)
    return redirect(_home(application_id), flash=said(request, N_("初审意见已提出，转复审办理。")))


@post(f"{PATH}/correction", opt={"permission": "application.review"}, status_code=200)
async def correction(request: Req, application_id: FromPath[int]) -> Response[str]:
    """Send back for correction: ``items`` (numbers of the materials, 0 the form) and ``note``."""
    form = (await read_form(request)).form
    found = await dossier(actor_of(request), application_id)
    numbers = ["0", *(str(number) for number, _ in found.policy.materials)]
    items = form.choices("items", N_("需要补正的材料"), numbers)
    note = form.text("note", N_("补正要求"), max_length=2000, multiline=True)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(
            form,
            commands.request_correction(actor_of(request), application_id, [int(one) for one in items], note),
        )
    if error is not None:
        return await show(request, application_id, form, error, opened="correction")
    return redirect(_home(application_id), flash=said(request, N_("已退回补正，并通知机构。")))


@post(f"{PATH}/send-back", opt={"permission": "application.decide"}, status_code=200)
async def send_back(request: Req, application_id: FromPath[int]) -> Response[str]:
    """Send a recommendation back to the reviewer: ``back_reason``."""
    form = (await read_form(request)).form
    reason = form.text("back_reason", N_("退回的理由"), max_length=2000, multiline=True)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(form, commands.send_back(actor_of(request), application_id, reason))
    if error is not None:
        return await show(request, application_id, form, error, opened="send_back")
    return redirect(_home(application_id), flash=said(request, N_("已退回初审。")))


@get(f"{PATH}/decide", opt={"permission": "application.decide"})
async def decide_page(request: Req, application_id: FromPath[int]) -> Response[str]:
    """What the decision means, before it is made; ``outcome`` is in the address."""
    outcome = choice_in(request, "outcome", OUTCOMES) or "shortlist"
    return await _decide(request, application_id, filled({"outcome": outcome}), None)


@post(f"{PATH}/decide", opt={"permission": "application.decide"}, status_code=200)
async def decide(request: Req, application_id: FromPath[int]) -> Response[str]:
    """The approver's decision: ``outcome``, ``reason``, ``internal_note``, ``checked_by_hand``, ``password``."""
    form = (await read_form(request)).form
    outcome = form.choice("outcome", N_("决定"), OUTCOMES)
    reason = form.text("reason", N_("理由"), max_length=2000, multiline=True)
    note = form.text("internal_note", N_("内部备注"), required=False, max_length=2000, multiline=True)
    error = await confirmed(request, form)
    if error is None:
        error = await attempt(
            form,
            commands.decide(
                actor_of(request), application_id, cast(Outcome, outcome), reason, note,
                checked_by_hand=form.ticked("checked_by_hand"),
            ),
        )  # fmt: skip
    if error is not None:
        return await _decide(request, application_id, form, error)
    done = (
        N_("已同意拟入围，可以发布公示。") if outcome == "shortlist" else N_("已决定不予通过，并通知机构。")
    )
    return redirect(_home(application_id), flash=said(request, done))


async def _decide(
    request: Req, application_id: int, form: Form, error: RegistryError | None
) -> Response[str]:
    found = await dossier(actor_of(request), application_id)
    return await page(
        request,
        "bureau/decide.html.j2",
        status_code=200 if error is None else error.status,
        application=found,
        outcome=form.value("outcome") if form.value("outcome") in OUTCOMES else "shortlist",
        may=options(found, actor_of(request)).may,
        hindrance=panel_of(options(found, actor_of(request)).refusal, words_of(request)),
        refusal=panel_of(error, words_of(request)),
        form=form,
    )


async def confirmed(request: Req, form: Form) -> RegistryError | None:
    """Check the password of a page with consequences; what is wrong stands at its field.

    A form with other errors is not worth a try at the password.
    """
    password = form.secret("password", N_("密码"))
    if form.errors:
        return Invalid()
    try:
        return await attempt(form, confirm_password(actor_of(request), password))
    except TooMany as error:
        form.fail("password", error.message, **error.params)
        return error


@get(f"{PATH}/revoke", opt={"permission": "application.decide"})
async def revoke_page(request: Req, application_id: FromPath[int]) -> Response[str]:
    """What taking back a shortlisting means, before it is done."""
    return await _revoke(request, application_id, Form(), None)


@post(f"{PATH}/revoke", opt={"permission": "application.decide"}, status_code=200)
async def revoke(request: Req, application_id: FromPath[int]) -> Response[str]:
    """Take back a shortlisting: ``reason``, ``password``."""
    form = (await read_form(request)).form
    reason = form.text("reason", N_("理由"), max_length=2000, multiline=True)
    error = await confirmed(request, form)
    if error is None:
        error = await attempt(form, commands.revoke(actor_of(request), application_id, reason))
    if error is not None:
        return await _revoke(request, application_id, form, error)
    return redirect(_home(application_id), flash=said(request, N_("已取消拟入围，并通知机构。")))


async def _revoke(
    request: Req, application_id: int, form: Form, error: RegistryError | None
) -> Response[str]:
    found = await dossier(actor_of(request), application_id)
    return await page(
        request,
        "bureau/revoke.html.j2",
        status_code=200 if error is None else error.status,
        application=found,
        refusal=panel_of(error, words_of(request)),
        form=form,
    )


@post(f"{PATH}/note", opt={"permission": "application.remark"}, status_code=200)
async def note(request: Req, application_id: FromPath[int]) -> Response[str]:
    """An internal note: ``remark``."""
    form = (await read_form(request)).form
    text = form.text("remark", N_("备注"), max_length=2000, multiline=True)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(form, commands.note(actor_of(request), application_id, text))
    if error is not None:
        return await show(request, application_id, form, error, opened="note")
    return redirect(
        _home(application_id, "#notes"), flash=said(request, N_("备注已保存，只有教育局内部可见。"))
    )


@get(f"{PATH}/recuse", opt={"permission": "application.remark"})
async def recuse_page(request: Req, application_id: FromPath[int]) -> Response[str]:
    """What stepping aside means, before it is done."""
    return await _recuse(request, application_id, Form(), None)


@post(f"{PATH}/recuse", opt={"permission": "application.remark"}, status_code=200)
async def recuse(request: Req, application_id: FromPath[int]) -> Response[str]:
    """Step aside: ``reason``."""
    form = (await read_form(request)).form
    reason = form.text("reason", N_("回避的理由"), max_length=500, multiline=True)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(form, commands.recuse(actor_of(request), application_id, reason))
    if error is not None:
        return await _recuse(request, application_id, form, error)
    return redirect(_home(application_id), flash=said(request, N_("已登记回避，这份申报由他人办理。")))


async def _recuse(
    request: Req, application_id: int, form: Form, error: RegistryError | None
) -> Response[str]:
    found = await dossier(actor_of(request), application_id)
    return await page(
        request,
        "bureau/recuse.html.j2",
        status_code=200 if error is None else error.status,
        application=found,
        refusal=panel_of(error, words_of(request)),
        form=form,
    )


@post(f"{PATH}/second-look", opt={"permission": "application.decide"}, status_code=200)
async def second_look(request: Req, application_id: FromPath[int]) -> Response[str]:
    """Answer a request for a second look: ``answer`` (grant or refuse) and ``answer_reason``."""
    form = (await read_form(request)).form
    answer = form.choice("answer", N_("答复"), ("grant", "refuse"))
    reason = form.text("answer_reason", N_("理由"), max_length=2000, multiline=True)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        act = commands.grant_second_look if answer == "grant" else commands.refuse_second_look
        error = await attempt(form, act(actor_of(request), application_id, reason))
    if error is not None:
        return await show(request, application_id, form, error)
    return redirect(_home(application_id), flash=said(request, N_("已答复复核申请，并通知机构。")))


@post(f"{PATH}/vet-again", opt={"permission": "application.review"}, status_code=200)
async def vet_again(request: Req, application_id: FromPath[int]) -> Response[str]:
    """Have the material vetted anew; it goes on in the background."""
    form = (await read_form(request)).form
    error = await attempt(
        form, checks.vet_again(actor_of(request), application_id, said(request, N_("审核人员要求重新核验")))
    )
    if error is not None:
        return await show(request, application_id, form, error)
    return redirect(_home(application_id), flash=said(request, N_("正在重新核验，完成后回到初审。")))


@post(f"{PATH}/findings/{{finding_id:int}}/overrule", opt={"permission": "finding.overrule"}, status_code=200)
async def overrule(request: Req, application_id: FromPath[int], finding_id: FromPath[int]) -> Response[str]:
    """Set a finding aside with a reason: ``reason-FINDING`` or ``reason``."""
    form = (await read_form(request)).form
    field = (
        f"reason-{finding_id}" if form.value(f"reason-{finding_id}") or not form.value("reason") else "reason"
    )
    reason = form.text(field, N_("排除的理由"), max_length=1000)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(form, checks.overrule(actor_of(request), finding_id, reason))
    if error is not None:
        return await show(request, application_id, form, error)
    return redirect(
        _home(application_id, f"#finding-{finding_id}"),
        flash=said(request, N_("已排除这项发现，理由已保存。")),
    )


@post(f"{PATH}/findings/{{finding_id:int}}/uphold", opt={"permission": "finding.overrule"}, status_code=200)
async def uphold(request: Req, application_id: FromPath[int], finding_id: FromPath[int]) -> Response[str]:
    """Let an overruled finding count again."""
    form = (await read_form(request)).form
    error = await attempt(form, checks.uphold(actor_of(request), finding_id))
    if error is not None:
        return await show(request, application_id, form, error)
    return redirect(
        _home(application_id, f"#finding-{finding_id}"), flash=said(request, N_("这项发现重新计入。"))
    )


@post(f"{PATH}/reveal", opt={"permission": "personal_data.reveal"}, status_code=200)
async def reveal(request: Req, application_id: FromPath[int]) -> Response[str]:
    """Full ID numbers and phones, shown once; each look is an event (R34), so a reload asks again."""
    form = (await read_form(request)).form
    actor = actor_of(request)
    found = await dossier(actor, application_id)
    purpose = form.text("purpose", N_("用途"), required=False) or said(request, N_("审核时核对"))
    opened: Any = await commands.reveal(actor, application_id, purpose)
    return await page(request, "bureau/personal.html.j2", application=found, opened=opened)


HANDLERS = [
    recommend, correction, send_back, decide_page, decide, revoke_page, revoke, note, recuse_page, recuse,
    second_look, vet_again, overrule, uphold, reveal,
]  # fmt: skip
