"""From a request to a page and from a post to a form: what every controller uses.

Reads what ``registry.web.session.middleware`` put into the request's state.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import quote, unquote

from litestar import Request, Response
from litestar.datastructures import Cookie, UploadFile
from litestar.enums import MediaType

from registry.accounts.sessions import SignedIn
from registry.kernel.actor import Actor
from registry.kernel.clock import real_now
from registry.kernel.errors import Forbidden, Invalid
from registry.web.components.context import (
    CSRF_FIELD,
    CSRF_HEADER,
    Flash,
    FlashKind,
    NavItem,
    PageContext,
    Viewer,
)
from registry.web.components.cookies import FLASH_COOKIE, make
from registry.web.components.forms import Form
from registry.web.components.i18n import Translator, translator
from registry.web.components.kit import render
from registry.web.components.navigation import ROLE_NAMES, bar_for

Req = Request[Any, Any, Any]


@dataclass(slots=True)
class Posted:
    """A posted form: the text fields, and the files by field name (parts without a file name left out)."""

    form: Form
    files: dict[str, list[UploadFile]] = field(default_factory=dict)


def actor_of(request: Req) -> Actor:
    """Who asks; ``Actor.public()`` for nobody."""
    actor: Actor = request.scope["state"]["actor"]
    return actor


def day_of(request: Req) -> date:
    """The day that rules are judged on; the middleware has read the demo's day already."""
    day: date | None = request.scope["state"]["demo_day"]
    return day or real_now().date()


def words_of(request: Req) -> Translator:
    """The translator of the request's language."""
    return translator(request.scope["state"]["locale"])


async def context_of(request: Req) -> PageContext:
    """The page context of a request: viewer, bar with counts, language, token, demo day, flash."""
    state = request.scope["state"]
    signed_in: SignedIn | None = state["signed_in"]
    viewer = None
    nav: tuple[NavItem, ...] = ()
    if signed_in is not None:
        roles = [ROLE_NAMES[m.role] for m in signed_in.actor.memberships if m.role in ROLE_NAMES]
        viewer = Viewer(
            signed_in.actor.name, roles[0] if roles else "", signed_in.organisation, unread=signed_in.unread
        )
        nav = await bar_for(signed_in.actor)
    return PageContext(
        locale=state["locale"],
        path=request.url.path,
        query=tuple((k, v) for k, v in request.query_params.multi_items()),
        viewer=viewer,
        nav=nav,
        csrf_token=state["csrf_token"],
        demo_day=state["demo_day"],
        flash=_flash(state["flash"]),
    )


async def page(request: Req, template: str, *, status_code: int = 200, **data: Any) -> Response[str]:
    """Render ``room/file.html.j2`` for this request."""
    html = render(template, await context_of(request), **data)
    return Response(html, media_type=MediaType.HTML, status_code=status_code)


async def read_form(request: Req) -> Posted:
    """The posted form after its CSRF token is checked; every POST handler starts with it.

    Files are spooled to disk by the parser. Raises Forbidden for a wrong token, Invalid for a body that is
    neither urlencoded nor multipart.
    """
    state = request.scope["state"]
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {"application/x-www-form-urlencoded", "multipart/form-data", ""}:
        raise Invalid("无法识别提交的内容，请从页面重新提交")
    posted = Posted(Form((), words_of(request).gettext))
    pairs: list[tuple[str, str]] = []
    if kind:
        for name, value in (await request.form()).multi_items():
            if isinstance(value, UploadFile):
                if value.filename:
                    posted.files.setdefault(name, []).append(value)
            else:
                pairs.append((name, str(value)))
    given = request.headers.get(CSRF_HEADER) or next((v for k, v in pairs if k == CSRF_FIELD), "")
    expected = state["csrf_token"]
    if not expected or not hmac.compare_digest(expected.encode(), given.encode()):
        raise Forbidden(
            "页面已过期或不是从本站打开的。请返回上一页刷新后重新提交，已保存的内容不会丢失", code="csrf"
        )
    posted.form = Form([(k, v) for k, v in pairs if k != CSRF_FIELD], words_of(request).gettext)
    return posted


def local(path: str) -> str:
    """An address of ours as it is; anything that leads elsewhere becomes the home page."""
    return "/" if not path.startswith("/") or path.startswith(("//", "/\\")) else path


def redirect(
    path: str, *, flash: str = "", kind: FlashKind = "success", cookies: tuple[Cookie, ...] = ()
) -> Response[str]:
    """See other (303): after every post, so that reload and back do not post again.

    ``flash`` is a sentence in the reader's language, shown once on the next page. ``path`` is one of ours;
    anything that leads elsewhere becomes the home page.
    """
    path = local(path)
    jar = list(cookies)
    if flash:
        jar.append(make(FLASH_COOKIE, quote(json.dumps([kind, flash])), max_age=60))
    return Response("", status_code=303, media_type=MediaType.HTML, headers={"location": path}, cookies=jar)


def _flash(raw: str) -> tuple[Flash, ...]:
    try:
        kind, text = json.loads(unquote(raw)) if raw else (None, None)
    except (ValueError, TypeError):
        return ()
    if kind not in {"success", "info", "warning", "error"} or not isinstance(text, str):
        return ()
    return (Flash(kind, text[:500]),)
