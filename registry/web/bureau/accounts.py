"""The accounts of officials, schools and auditors: opened, given roles, closed; passwords given out anew."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from registry.accounts import queries, staff
from registry.accounts.queries import StaffAccount
from registry.audit.queries import of_subject
from registry.jurisdictions import queries as jurisdictions
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.errors import Invalid, RegistryError
from registry.schools import queries as schools
from registry.web.bureau.asking import attempt, panel_of, said, text_in
from registry.web.bureau.timeline import timeline
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.navigation import ROLE_NAMES
from registry.web.components.requests import Req, actor_of, page, read_form, redirect, words_of

PATH = "/bureau/accounts"
_MANAGE = {"permission": "account.manage"}
_PAGE = 50


@get(PATH, opt=_MANAGE)
async def accounts_page(request: Req) -> Response[str]:
    """The accounts that the reader looks after, by login."""
    text = text_in(request, "q", 60)
    found = await queries.staff_accounts(
        actor_of(request), text=text, after=text_in(request, "after", 80), limit=_PAGE + 1
    )
    return await page(
        request,
        "bureau/accounts.html.j2",
        accounts=found[:_PAGE],
        more=found[_PAGE - 1].login if len(found) > _PAGE else "",
        text=text,
        role_names=ROLE_NAMES,
    )


@get(f"{PATH}/new", opt=_MANAGE)
async def new_page(request: Req) -> Response[str]:
    """A new account."""
    return await _new(request, Form(), None)


async def _new(request: Req, form: Form, error: RegistryError | None) -> Response[str]:
    return await page(
        request,
        "bureau/account_new.html.j2",
        status_code=200 if error is None else error.status,
        form=form,
        refusal=panel_of(error, words_of(request)),
        **await _choices(actor_of(request)),
    )


async def _choices(actor: Actor) -> dict[str, object]:
    """The roles the actor may give, and the bureaux where."""
    everywhere = actor.has(Role.OPERATOR)
    bureaux = await jurisdictions.bureaux(None if everywhere else actor.bureau_ids(Role.BUREAU_ADMIN))
    return {
        "roles": [(role.value, ROLE_NAMES[role]) for role in staff.grantable(actor)],
        "bureaux": [(str(one.id), one.name) for one in bureaux],
    }


async def _membership(request: Req, form: Form) -> Membership | None:
    """The role asked for: ``role``, ``bureau``, and for a school its code or full name. None where it is wrong."""
    actor = actor_of(request)
    role = form.choice("role", N_("身份"), [one.value for one in staff.grantable(actor)])
    if not role:
        return None
    if role == Role.OPERATOR:
        return Membership(Role.OPERATOR)
    if role == Role.SCHOOL:
        sought = form.text("school", N_("学校"), max_length=120)
        found = await schools.find_one(sought) if sought else None
        if sought and found is None:
            form.fail("school", N_("没有找到这所学校。请填写学校代码或全称，与“设置”中登记的一致"))
        return Membership(Role.SCHOOL, school_id=found) if found else None
    bureau = form.choice("bureau", N_("教育局"), [value for value, _ in (await _bureaux(actor))])
    return Membership(Role(role), bureau_id=int(bureau)) if bureau else None


async def _bureaux(actor: Actor) -> list[tuple[str, str]]:
    found = (await _choices(actor))["bureaux"]
    assert isinstance(found, list)
    return found


@post(f"{PATH}/new", opt=_MANAGE, status_code=200)
async def new(request: Req) -> Response[str]:
    """Open an account; its one-time password is shown on the page that follows, and never again."""
    form = (await read_form(request)).form
    name = form.text("display_name", N_("姓名"), max_length=50)
    login = form.text("login", N_("登录名"), max_length=80)
    membership = await _membership(request, form)
    if form.errors or membership is None:
        return await _new(request, form, Invalid())
    made: list[tuple[int, str]] = []

    async def act() -> None:
        made.append(await staff.open_staff(actor_of(request), login, name, membership))

    error = await attempt(form, act())
    if error is not None:
        return await _new(request, form, error)
    account_id, password = made[0]
    return await _given_out(request, account_id, password, opened=True)


async def _given_out(request: Req, account_id: int, password: str, *, opened: bool) -> Response[str]:
    answer = await page(
        request,
        "bureau/account_password.html.j2",
        account=await queries.staff_account(actor_of(request), account_id),
        password=password,
        opened=opened,
    )
    answer.headers["cache-control"] = "no-store"
    return answer


@get(f"{PATH}/{{account_id:int}}", opt=_MANAGE)
async def one_page(request: Req, account_id: FromPath[int]) -> Response[str]:
    """One account: its roles, its state, what was done to it."""
    return await _one(request, account_id, Form(), None)


async def _one(request: Req, account_id: int, form: Form, error: RegistryError | None) -> Response[str]:
    actor = actor_of(request)
    account = await queries.staff_account(actor, account_id)
    # Of every chain: an operator's acts stand in the system's.
    happened = [one for one in await of_subject("account", account_id, "") if _readable(actor, one.chain)]
    return await page(
        request,
        "bureau/account.html.j2",
        status_code=200 if error is None else error.status,
        account=account,
        own=account.id == actor.account_id,
        staffed=_is_staff(account),
        role_names=ROLE_NAMES,
        history=timeline(reversed(happened), "account", words_of(request)),
        form=form,
        refusal=panel_of(error, words_of(request)),
        **await _choices(actor),
    )


def _readable(actor: Actor, chain: str) -> bool:
    return actor.has(Role.OPERATOR) or chain in {
        f"bureau:{one}" for one in actor.bureau_ids(Role.BUREAU_ADMIN)
    }


def _is_staff(account: StaffAccount) -> bool:
    return all(one.membership.role is not Role.PROVIDER for one in account.roles)


@post(f"{PATH}/{{account_id:int}}/roles", opt=_MANAGE, status_code=200)
async def grant(request: Req, account_id: FromPath[int]) -> Response[str]:
    """Give a further role."""
    form = (await read_form(request)).form
    membership = await _membership(request, form)
    if form.errors or membership is None:
        return await _one(request, account_id, form, Invalid())
    error = await attempt(form, staff.grant(actor_of(request), account_id, membership))
    return await _done(request, account_id, form, error, N_("已增加身份。"))


@post(f"{PATH}/{{account_id:int}}/roles/{{membership_id:int}}/revoke", opt=_MANAGE, status_code=200)
async def revoke(request: Req, account_id: FromPath[int], membership_id: FromPath[int]) -> Response[str]:
    """Take a role away."""
    form = (await read_form(request)).form
    error = await attempt(form, staff.revoke(actor_of(request), account_id, membership_id))
    return await _done(request, account_id, form, error, N_("已取消身份。"))


@post(f"{PATH}/{{account_id:int}}/close", opt=_MANAGE, status_code=200)
async def close(request: Req, account_id: FromPath[int]) -> Response[str]:
    """Close the account, with a ``reason``."""
    form = (await read_form(request)).form
    reason = form.text("reason", N_("原因"), max_length=200)
    if form.errors:
        return await _one(request, account_id, form, Invalid())
    error = await attempt(form, staff.close(actor_of(request), account_id, reason))
    return await _done(request, account_id, form, error, N_("账号已停用，登录已退出。"))


@post(f"{PATH}/{{account_id:int}}/reopen", opt=_MANAGE, status_code=200)
async def reopen(request: Req, account_id: FromPath[int]) -> Response[str]:
    """Open it again."""
    form = (await read_form(request)).form
    error = await attempt(form, staff.reopen(actor_of(request), account_id))
    return await _done(request, account_id, form, error, N_("账号已恢复使用。"))


@post(f"{PATH}/{{account_id:int}}/password", opt=_MANAGE, status_code=200)
async def reset_password(request: Req, account_id: FromPath[int]) -> Response[str]:
    """Give out a new one-time password, shown once."""
    await read_form(request)
    password = await staff.reset_password(actor_of(request), account_id)
    return await _given_out(request, account_id, password, opened=False)


async def _done(
    request: Req, account_id: int, form: Form, error: RegistryError | None, sentence: str
) -> Response[str]:
    if error is not None:
        return await _one(request, account_id, form, error)
    return redirect(f"{PATH}/{account_id}", flash=said(request, sentence))


HANDLERS = [accounts_page, new_page, new, one_page, grant, revoke, close, reopen, reset_password]
