"""Signing in and out, the own account, health."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.enums import MediaType

from registry.accounts import commands, sessions
from registry.kernel.actor import OFFICIALS, Actor, Role
from registry.kernel.db import row
from registry.kernel.errors import Forbidden, Invalid
from registry.settings import get_settings
from registry.web.components.cookies import CSRF_COOKIE, SESSION_COOKIE, make
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, local, page, read_form, redirect, words_of
from registry.web.session import messages, metrics
from registry.web.session.kept import KEPT_FIELD, KEPT_TO_FIELD, unpack

BUREAU_HOME = "/bureau/applications"


def home_of(actor: Actor) -> str:
    """Where a person lands after signing in: where this role's work waits."""
    roles = actor.roles
    if Role.PROVIDER in roles:
        return "/provider"
    if not roles.isdisjoint(OFFICIALS):
        return BUREAU_HOME
    if Role.SCHOOL in roles:
        return "/school"
    if Role.OPERATOR in roles:
        return "/operator/bureaux"
    return "/provider/register"


@get("/bureau", opt={"permission": "bureau.read"})
async def bureau_home(request: Req) -> Response[str]:
    """Where a bureau's people find their work, as after signing in."""
    return redirect(BUREAU_HOME)


@get("/sign-in", opt={"public": True})
async def sign_in_page(request: Req) -> Response[str]:
    """The sign-in form; somebody already signed in goes on to work."""
    following = request.query_params.get("next", "")
    if request.scope["state"]["signed_in"]:
        return redirect(following or home_of(actor_of(request)))
    return await _sign_in(request, Form([("next", following)]), 200)


async def _sign_in(request: Req, form: Form, status: int) -> Response[str]:
    return await page(
        request,
        "session/sign_in.html.j2",
        status_code=status,
        form=form,
        demo=request.app.state.get("demo"),
    )


@post("/sign-in", opt={"public": True}, status_code=200)
async def sign_in(request: Req) -> Response[str]:
    """Check login and password; a wrong one shows the form again with what was typed (not the password)."""
    posted = await read_form(request)
    form = posted.form
    login = form.text("login", N_("登录名"), max_length=80)
    password = form.secret("password", N_("密码"))
    if form.errors:
        return await _sign_in(request, form, 422)
    try:
        token = await commands.sign_in(login, password)
    except Forbidden as error:
        form.fail("login", error.message)
        return await _sign_in(request, form, 403)
    signed_in = await sessions.find(token)
    assert signed_in is not None
    following = form.value("next") or home_of(signed_in.actor)
    cookies = (
        make(SESSION_COOKIE, token, max_age=get_settings().session_hours * 3600),
        make(CSRF_COOKIE, "", max_age=0),
    )
    kept = unpack(form.value(KEPT_TO_FIELD), form.value(KEPT_FIELD))
    if kept is None:
        return redirect(following, cookies=cookies)
    # The page is already that of the new session, so that its form holds the new token.
    request.scope["state"].update(signed_in=signed_in, actor=signed_in.actor, csrf_token=signed_in.csrf)
    answer = await page(request, "session/resume.html.j2", kept=kept, following=local(following))
    answer.cookies.extend(cookies)
    return answer


@post("/sign-out", opt={"public": True}, status_code=200)
async def sign_out(request: Req) -> Response[str]:
    """End the session; doing it twice is fine."""
    await read_form(request)
    await sessions.end(request.scope["state"]["session_token"])
    return redirect(
        "/",
        flash=words_of(request).gettext(N_("您已退出登录")),
        cookies=(make(SESSION_COOKIE, "", max_age=0),),
    )


@get("/register", opt={"public": True})
async def register_page(request: Req) -> Response[str]:
    """The form to open an account for a provider."""
    return await page(request, "session/register.html.j2", form=Form())


@post("/register", opt={"public": True}, status_code=200)
async def register(request: Req) -> Response[str]:
    """Open an account and sign in; the provider itself is registered next."""
    form = (await read_form(request)).form
    login = form.text("login", N_("登录名"), max_length=80)
    name = form.text("display_name", N_("姓名"), max_length=50)
    password = form.secret("password", N_("密码"))
    again = form.secret("password_again", N_("再次输入密码"))
    if password and again and password != again:
        form.fail("password_again", N_("两次输入的密码不一致，请重新输入"))
    if not form.errors:
        try:
            await commands.open_account(login, name, password)
        except Invalid as error:
            for wrong in error.fields:
                form.fail(wrong.field, wrong.message, **wrong.params)
    if form.errors:
        return await page(request, "session/register.html.j2", status_code=422, form=form)
    token = await commands.sign_in(login, password)
    return redirect(
        "/provider/register",
        cookies=(make(SESSION_COOKIE, token, max_age=get_settings().session_hours * 3600),),
    )


@get("/account", opt={"permission": "account.own"})
async def account_page(request: Req) -> Response[str]:
    """The own account: who one is, and the password."""
    return await page(request, "session/account.html.j2", form=Form())


@post("/account/password", opt={"permission": "account.own"}, status_code=200)
async def change_password(request: Req) -> Response[str]:
    """A new password; all sessions end and one signs in again."""
    form = (await read_form(request)).form
    old = form.secret("password", N_("现在的密码"))
    new = form.secret("new_password", N_("新密码"))
    if not form.errors:
        try:
            await commands.change_password(actor_of(request), old, new)
        except Invalid as error:
            for wrong in error.fields:
                form.fail(wrong.field, wrong.message, **wrong.params)
    if form.errors:
        return await page(request, "session/account.html.j2", status_code=422, form=form)
    return redirect(
        "/sign-in",
        flash=words_of(request).gettext(N_("密码已修改，请用新密码重新登录")),
        cookies=(make(SESSION_COOKIE, "", max_age=0),),
    )


@get("/healthz", opt={"public": True}, include_in_schema=False)
async def health() -> Response[str]:
    """Alive, and the database answers (used by the supervisor and container health checks)."""
    await row("SELECT 1 AS one")
    return Response("ok", media_type=MediaType.TEXT)


HANDLERS = [
    bureau_home,
    sign_in_page,
    sign_in,
    sign_out,
    register_page,
    register,
    account_page,
    change_password,
    health,
    metrics.metrics,
    *messages.HANDLERS,
]
