"""Errors at the edge: a page for people, problem+json for programs, a log line for the operator."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from typing import Any, cast
from urllib.parse import quote, urlsplit

import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException
from litestar.exceptions.http_exceptions import ClientException
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

from registry.kernel.errors import NotSignedIn, PasswordDue, RegistryError, TooMany
from registry.web.components.forms import Form
from registry.web.components.i18n import N_, Translator, translator
from registry.web.components.requests import page, redirect
from registry.web.session.kept import KEPT_FIELD, KEPT_TO_FIELD, sent_too_late

log = structlog.get_logger(__name__)
Req = Request[Any, Any, Any]

_PLAIN = {
    400: N_("浏览器发来的内容不完整，请返回上一页重试"),
    404: N_("没有找到这个页面。地址可能有误，或者内容已经移走"),
    405: N_("这个地址不接受这种操作。请从页面上的按钮进入"),
    413: N_("文件超过大小上限。请压缩扫描件或降低分辨率后再上传"),
    422: N_("请求中的参数不正确，请从页面重新操作"),
    429: N_("操作过于频繁，请稍后再试"),
}


class _Later(Response[Any]):
    """A response made while it is sent: Litestar's exception handlers are synchronous, our pages are not."""

    def __init__(self, make: Callable[[], Awaitable[Response[Any]]]) -> None:
        super().__init__(None)
        self._make = make

    def to_asgi_response(self, request: Req, **options: Any) -> ASGIResponse:  # type: ignore[override]
        """An ASGI application that makes the response and sends it."""

        async def send_it(scope: Scope, receive: Receive, send: Send) -> None:
            response = await self._make()
            await response.to_asgi_response(request=request, **options)(scope, receive, send)

        return cast("ASGIResponse", send_it)


def _words(request: Req) -> Translator:
    return translator(request.scope["state"].get("locale", "zh_CN"))


def wants_problem(request: Req) -> bool:
    """Whether the caller is a program: the API, or one that accepts JSON and not HTML."""
    accept = request.headers.get("accept", "")
    return request.url.path.startswith("/api/") or ("json" in accept and "html" not in accept)


async def _answer(request: Req, status: int, code: str, message: str, **extra: Any) -> Response[Any]:
    headers = {}
    if "retry_after" in extra:
        headers["retry-after"] = str(extra["retry_after"])
    if wants_problem(request):
        body = {"type": f"/problems/{code}", "title": message, "status": status, "code": code, **extra}
        return Response(body, status_code=status, media_type="application/problem+json", headers=headers)
    if "csrf_token" not in request.scope["state"]:
        return Response(message, status_code=status, media_type=MediaType.TEXT, headers=headers)
    response = await page(
        request,
        "components/error.html.j2",
        status_code=status,
        status=status,
        code=code,
        message=message,
        fields=extra.get("fields", []),
        reference=extra.get("reference", ""),
    )
    response.headers.update(headers)
    return response


def on_registry_error(request: Req, error: RegistryError) -> Response[Any]:
    """See ``_registry_error``."""
    return _Later(lambda: _registry_error(request, error))


async def _registry_error(request: Req, error: RegistryError) -> Response[Any]:
    """Our own errors: the sentence, its rule and fields, at its status. Not signed in leads to sign-in and back."""
    words = _words(request)
    if isinstance(error, NotSignedIn) and not wants_problem(request):
        return await _to_sign_in(request, words.gettext(error.message))
    if isinstance(error, PasswordDue) and not wants_problem(request):
        return redirect("/account", flash=words.gettext(error.message), kind="info")
    extra: dict[str, Any] = {}
    if error.rule:
        extra["rule"] = error.rule
    if isinstance(error, TooMany):
        extra["retry_after"] = error.retry_after
    fields = getattr(error, "fields", ())
    if fields:
        extra["fields"] = [
            {"field": f.field, "message": words.gettext(f.message, **f.params)} for f in fields
        ]
    return await _answer(
        request, error.status, error.code, words.gettext(error.message, **error.params), **extra
    )


async def _to_sign_in(request: Req, message: str) -> Response[Any]:
    """The sign-in page, and back afterwards; what was being sent goes along."""
    kept = await sent_too_late(request)
    if kept is None:
        return redirect(f"/sign-in?next={quote(_way_back(request))}", flash=message, kind="info")
    form = Form([("next", _way_back(request)), (KEPT_TO_FIELD, kept.to), (KEPT_FIELD, kept.packed)])
    demo = request.app.state.get("demo")
    return await page(request, "session/sign_in.html.j2", status_code=401, form=form, demo=demo)


def _way_back(request: Req) -> str:
    """Where to go on after signing in: the page itself, or for something sent, the page it was sent from."""
    url = urlsplit(str(request.url))
    if request.method not in {"GET", "HEAD"}:
        # Most addresses that take a form show no page of their own.
        sent_from = urlsplit(request.headers.get("referer", ""))
        if sent_from.netloc == request.headers.get("host", ""):
            url = sent_from
    return url.path + (f"?{url.query}" if url.query else "")


def on_http_error(request: Req, error: HTTPException) -> Response[Any]:
    """See ``_http_error``."""
    return _Later(lambda: _http_error(request, error))


async def _http_error(request: Req, error: HTTPException) -> Response[Any]:
    """Litestar's own errors (no such route, wrong method, too large, bad parameters)."""
    status = error.status_code
    if isinstance(error, ClientException) and status == 400 and "body" in str(error.detail).lower():
        status = 413 if "large" in str(error.detail).lower() else 400
    message = _words(request).gettext(_PLAIN.get(status, _PLAIN[400] if status < 500 else N_("系统出错了")))
    return await _answer(request, status, f"http_{status}", message)


def on_unusable_value(request: Req, error: Exception) -> Response[Any]:
    """See ``_unusable_value``."""
    return _Later(lambda: _unusable_value(request, error))


async def _unusable_value(request: Req, error: Exception) -> Response[Any]:
    """A number or text that no column can hold (an id of 20 digits, U+0000): there is nothing of that name."""
    status = 404 if request.method in {"GET", "HEAD"} else 422
    log.warning("value refused by the database", path=request.url.path, error=type(error).__name__)
    return await _answer(request, status, f"http_{status}", _words(request).gettext(_PLAIN[status]))


def on_unexpected(request: Req, error: Exception) -> Response[Any]:
    """See ``_unexpected``."""
    return _Later(lambda: _unexpected(request, error))


async def _unexpected(request: Req, error: Exception) -> Response[Any]:
    """Anything else: logged with an id that the person is shown; nothing of it is told."""
    reference = uuid.uuid4().hex[:12]
    log.error("unexpected error", reference=reference, path=request.url.path, exc_info=error)
    message = _words(request).gettext(
        N_("系统出错了，已记录（编号 %(reference)s)。您之前保存的内容没有丢失，请稍后重试"),
        reference=reference,
    )
    return await _answer(request, 500, "internal_error", message, reference=reference)
