"""Rounds: the list, setting one up, publishing it with its policy, extending, cancelling (R5, R30)."""

from __future__ import annotations

from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from registry.audit.queries import of_subject
from registry.jurisdictions.queries import ListView, lists_of_bureaux
from registry.kernel.actor import Role
from registry.kernel.errors import Invalid, NotFound, RegistryError
from registry.policies import Policy, load
from registry.policies.explain import explain
from registry.policies.vocabulary import CATEGORY_NAMES
from registry.review.queries import counts_by_round
from registry.rounds import commands, queries
from registry.rounds.commands import RoundDraft
from registry.rounds.lifecycle import ROUND
from registry.rounds.queries import RoundView
from registry.rounds.questions import waiting
from registry.rounds.rules import cycle_end, inspection_years
from registry.web.bureau.asking import attempt, panel_of, said
from registry.web.bureau.decision_acts import confirmed
from registry.web.bureau.timeline import timeline
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, day_of, page, read_form, redirect, words_of

PATH = "/bureau/rounds"
ONE = f"{PATH}/{{round_id:int}}"


@get(PATH, opt={"permission": "bureau.read"})
async def rounds_page(request: Req) -> Response[str]:
    """The rounds of the reader's bureaux, the latest first."""
    actor, as_of = actor_of(request), day_of(request)
    found = await queries.summaries(sorted(actor.bureau_ids()))
    return await page(
        request,
        "bureau/rounds.html.j2",
        rounds=found,
        counts=await counts_by_round(one.id for one in found),
        as_of=as_of,
        may_manage=Role.BUREAU_ADMIN in actor.roles,
    )


@get(f"{PATH}/new", opt={"permission": "round.manage"})
async def new_page(request: Req) -> Response[str]:
    """A new round, filled in as the policy proposes."""
    lists = await _lists(request)
    if not lists:
        raise NotFound("本教育局还没有备选库，请先由系统管理员设立")
    return await _edit(request, _proposed(lists[0], day_of(request)), None, lists)


def _proposed(of_list: ListView, as_of: date) -> Form:
    policy = of_list.policy
    return filled(
        {
            "list": str(of_list.id),
            "opens_on": as_of,
            "categories": list(policy.categories),
            "inspection_years": "、".join(
                str(year) for year in inspection_years(as_of, policy.inspection.years)
            ),
            "cycle_ends_on": cycle_end(as_of, policy.cycle_years),
        }
    )


@post(f"{PATH}/new", opt={"permission": "round.manage"}, status_code=200)
async def create(request: Req) -> Response[str]:
    """Keep a draft: ``list``, ``title``, ``opens_on``, ``deadline``, ``cycle_ends_on``, ``inspection_years``,
    ``categories``, ``supplementary``."""
    form = (await read_form(request)).form
    lists = await _lists(request)
    draft = _draft(form, lists)
    made: list[int] = []
    error: RegistryError | None = (
        Invalid() if draft is None else await attempt(form, _create(request, draft, made))
    )
    if error is not None:
        return await _edit(request, form, error, lists)
    return redirect(f"{PATH}/{made[0]}", flash=said(request, N_("草稿已保存，核对后发布。")))


async def _create(request: Req, draft: RoundDraft, made: list[int]) -> None:
    made.append(await commands.create(actor_of(request), draft))


@get(f"{ONE}/edit", opt={"permission": "round.manage"})
async def edit_page(request: Req, round_id: FromPath[int]) -> Response[str]:
    """A draft to change."""
    found = await _own(request, round_id)
    form = filled(
        {
            "list": str(found.list_id),
            "title": found.title,
            "opens_on": found.opens_on,
            "deadline": found.deadline,
            "cycle_ends_on": found.cycle_ends_on,
            "inspection_years": "、".join(str(year) for year in found.inspection_years),
            "categories": list(found.categories),
            "supplementary": found.supplementary,
        }
    )
    return await _edit(request, form, None, await _lists(request), found)


@post(f"{ONE}/edit", opt={"permission": "round.manage"}, status_code=200)
async def edit(request: Req, round_id: FromPath[int]) -> Response[str]:
    """Change a draft; the fields are those of a new one."""
    found = await _own(request, round_id)
    form = (await read_form(request)).form
    lists = await _lists(request)
    draft = _draft(form, lists)
    error: RegistryError | None = (
        Invalid() if draft is None else await attempt(form, commands.edit(actor_of(request), round_id, draft))
    )
    if error is not None:
        return await _edit(request, form, error, lists, found)
    return redirect(f"{PATH}/{round_id}", flash=said(request, N_("草稿已保存，核对后发布。")))


def _draft(form: Form, lists: list[ListView]) -> RoundDraft | None:
    """What was typed, None where something is wrong with it."""
    chosen = form.choice("list", N_("备选库"), [str(one.id) for one in lists])
    of_list = next((one for one in lists if str(one.id) == chosen), None)
    title = form.text("title", N_("批次名称"), max_length=200)
    opens_on = form.date("opens_on", N_("开始日期"))
    deadline = form.date("deadline", N_("截止日期"))
    cycle_ends_on = form.date("cycle_ends_on", N_("周期最后一日"), required=False)
    years = _years(form)
    categories = form.choices("categories", N_("类别"), of_list.policy.categories if of_list else ())
    if form.errors or of_list is None or opens_on is None or deadline is None:
        return None
    return RoundDraft(
        list_id=of_list.id,
        title=title,
        opens_on=opens_on,
        deadline=deadline,
        cycle_ends_on=cycle_ends_on,
        inspection_years=years or None,
        categories=categories,
        supplementary=form.ticked("supplementary"),
    )


def _years(form: Form) -> tuple[int, ...]:
    text = form.text("inspection_years", N_("年检年份"), required=False, max_length=60)
    parts = [part for part in text.replace("、", " ").replace("，", " ").replace(",", " ").split() if part]
    if not all(part.isascii() and part.isdigit() and len(part) == 4 for part in parts):
        form.fail("inspection_years", N_("请填写四位年份，用顿号隔开，例如 2020、2021"))
        return ()
    return tuple(int(part) for part in parts)


async def _edit(
    request: Req,
    form: Form,
    error: RegistryError | None,
    lists: list[ListView],
    found: RoundView | None = None,
) -> Response[str]:
    chosen = next((one for one in lists if str(one.id) == form.value("list")), lists[0] if lists else None)
    policy = chosen.policy if chosen else None
    return await page(
        request,
        "bureau/round_form.html.j2",
        status_code=200 if error is None else error.status,
        form=form,
        refusal=panel_of(error, words_of(request)),
        lists=[(str(one.id), one.name) for one in lists],
        round=found,
        policy=policy,
        basis=_basis(policy),
        categories=[(code, policy.category_name(code)) for code in policy.categories] if policy else [],
    )


def _basis(policy: Policy | None) -> dict[str, str]:
    """Where the policy takes the proposed values from (R30)."""
    if policy is None:
        return {}
    return {row.key: f"{row.value}（{row.basis}）" for row in explain(policy)}


@get(ONE, opt={"permission": "bureau.read"})
async def round_page(request: Req, round_id: FromPath[int]) -> Response[str]:
    """One round: its days, its frozen policy, its applications, what happened."""
    return await _show(request, round_id, Form(), None)


@post(f"{ONE}/extend", opt={"permission": "round.manage"}, status_code=200)
async def extend(request: Req, round_id: FromPath[int]) -> Response[str]:
    """Extend the deadline in public: ``deadline``, ``reason``."""
    form = (await read_form(request)).form
    deadline = form.date("deadline", N_("新的截止日期"))
    reason = form.text("reason", N_("理由"), max_length=500, multiline=True)
    error: RegistryError | None = Invalid() if form.errors or deadline is None else None
    if error is None and deadline is not None:
        error = await attempt(form, commands.extend(actor_of(request), round_id, deadline, reason))
    if error is not None:
        return await _show(request, round_id, form, error)
    return redirect(f"{PATH}/{round_id}", flash=said(request, N_("截止日期已延长，申报页面已公开新的日期。")))


async def _show(request: Req, round_id: int, form: Form, error: RegistryError | None) -> Response[str]:
    found = await _own(request, round_id)
    as_of, words, actor = day_of(request), words_of(request), actor_of(request)
    policy = found.policy or load(found.policy_name)
    roles = actor.roles if actor.has(Role.BUREAU_ADMIN, bureau_id=found.bureau_id) else frozenset[Role]()
    phase = found.phase(as_of).value
    return await page(
        request,
        "bureau/round.html.j2",
        status_code=200 if error is None else error.status,
        round=found,
        phase=phase,
        policy=policy,
        frozen=found.policy is not None,
        rows=explain(policy),
        counts=(await counts_by_round([round_id]))[round_id],
        category_names={**CATEGORY_NAMES, **policy.category_names},
        may=lambda action: ROUND.allows(found.state, action, roles),
        questions=(await waiting([round_id])).get(round_id, 0),
        extendable=phase in {"open", "upcoming"},
        form=form,
        refusal=panel_of(error, words),
        history=timeline(reversed(await of_subject("round", round_id)), "round", words),
        as_of=as_of,
    )


@get(f"{ONE}/{{act:str}}", opt={"permission": "round.manage"})
async def consequences_page(request: Req, round_id: FromPath[int], act: FromPath[str]) -> Response[str]:
    """What publishing or cancelling a round means, before it is done."""
    return await _consequences(request, round_id, act, Form(), None)


@post(f"{ONE}/{{act:str}}", opt={"permission": "round.manage"}, status_code=200)
async def carry_out(request: Req, round_id: FromPath[int], act: FromPath[str]) -> Response[str]:
    """Publish (``password``) or cancel (``reason``, ``password``) a round."""
    form = (await read_form(request)).form
    if act not in {"publish", "cancel"}:
        raise NotFound("没有找到这个页面")
    reason = form.text("reason", N_("理由"), max_length=500, multiline=True)
    error = await confirmed(request, form)
    if error is None:
        actor = actor_of(request)
        error = await attempt(
            form,
            commands.publish(actor, round_id, reason)
            if act == "publish"
            else commands.cancel(actor, round_id, reason),
        )
    if error is not None:
        return await _consequences(request, round_id, act, form, error)
    done = N_("批次已发布，机构可以按期申报。") if act == "publish" else N_("批次已取消。")
    return redirect(f"{PATH}/{round_id}", flash=said(request, done))


async def _consequences(
    request: Req, round_id: int, act: str, form: Form, error: RegistryError | None
) -> Response[str]:
    found = await _own(request, round_id)
    if act not in {"publish", "cancel"}:
        raise NotFound("没有找到这个页面")
    counts: dict[str, Any] = (await counts_by_round([round_id]))[round_id]
    return await page(
        request,
        "bureau/round_act.html.j2",
        status_code=200 if error is None else error.status,
        round=found,
        act=act,
        policy=load(found.policy_name),
        rows=explain(load(found.policy_name)),
        applications=sum(counts.values()),
        form=form,
        refusal=panel_of(error, words_of(request)),
    )


async def _lists(request: Req) -> list[ListView]:
    return await lists_of_bureaux(actor_of(request).bureau_ids(Role.BUREAU_ADMIN))


async def _own(request: Req, round_id: int) -> RoundView:
    found = await queries.get(round_id)
    if found.bureau_id not in actor_of(request).bureau_ids():
        raise NotFound("没有找到这个遴选批次")
    return found


HANDLERS = [
    rounds_page, new_page, create, edit_page, edit, round_page, extend, consequences_page, carry_out,
]  # fmt: skip
