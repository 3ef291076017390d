"""Messages to the person signed in: what was decided, what waits."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from registry.kernel.errors import NotSignedIn
from registry.notifications import commands, queries
from registry.web.components.i18n import N_
from registry.web.components.listing import Listing
from registry.web.components.requests import Req, actor_of, page, read_form, redirect, words_of

PATH = "/messages"


def _account(request: Req) -> int:
    account_id = actor_of(request).account_id
    if account_id is None:
        raise NotSignedIn("请先登录")
    return account_id


@get(PATH, opt={"permission": "account.own"})
async def messages_page(request: Req) -> Response[str]:
    """The reader's messages, the latest first."""
    asked = str(request.query_params.get("after", ""))
    after = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    found, cursor = await queries.of_account(_account(request), after=after)
    return await page(
        request,
        "session/messages.html.j2",
        messages=found,
        unread=await queries.unread(_account(request)),
        listing=Listing(PATH, (), next_cursor=cursor, exports=()),
    )


@post(f"{PATH}/{{message_id:int}}", opt={"permission": "account.own"}, status_code=200)
async def open_message(request: Req, message_id: FromPath[int]) -> Response[str]:
    """Go where a message leads; it counts as read."""
    await read_form(request)
    link = await queries.link_of(_account(request), message_id)
    await commands.mark_read(_account(request), message_id)
    return redirect(link)


@post(f"{PATH}/read", opt={"permission": "account.own"}, status_code=200)
async def read_all(request: Req) -> Response[str]:
    """All messages count as read."""
    await read_form(request)
    await commands.mark_all_read(_account(request))
    return redirect(PATH, flash=words_of(request).gettext(N_("全部消息已标为已读。")))


HANDLERS = [messages_page, open_message, read_all]
