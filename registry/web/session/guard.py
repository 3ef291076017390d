"""Permissions at the door."""

from __future__ import annotations

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from registry.accounts.permissions import may
from registry.kernel.errors import Forbidden, NotSignedIn, PasswordDue


def require_permission(connection: ASGIConnection, handler: BaseRouteHandler) -> None:  # type: ignore[type-arg]
    """App-wide guard: a route is public or names a permission of the map.

    Raises NotSignedIn for a permission without an account, PasswordDue while a password that was given out is in
    use, Forbidden where the actor lacks it, where another
    site sent the request, and where a route forgot to say (a test finds those first).
    """
    state = connection.scope["state"]
    if state.get("from_elsewhere"):
        raise Forbidden("这个请求来自其他网站，已被拒绝。请从本站页面重新操作", code="cross_site")
    if handler.opt.get("public"):
        return
    permission = handler.opt.get("permission")
    if permission is None:
        raise Forbidden("这个地址没有登记权限，不能访问")
    actor = state["actor"]
    if actor.account_id is None:
        raise NotSignedIn("请先登录")
    signed_in = state["signed_in"]
    if signed_in is not None and signed_in.password_due and permission != "account.own":
        raise PasswordDue("请先修改初始密码，然后继续办理")
    if not may(actor, permission):
        raise Forbidden("您的账号没有这项权限。需要时请联系本单位管理员")
