"""What happens before every handler: who asks, in which language, with which CSRF token; body size; headers."""

from __future__ import annotations

import secrets
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from registry.accounts import sessions
from registry.kernel.actor import Actor
from registry.kernel.clock import today
from registry.settings import Mode, get_settings
from registry.web.components.cookies import CSRF_COOKIE, FLASH_COOKIE, LOCALE_COOKIE, SESSION_COOKIE, make
from registry.web.components.i18n import SOURCE_LOCALE, Locale, parse_locale

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SECURITY_HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'self'; form-action 'self';"
        b" frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(), microphone=()"),
)


def _cookies(scope: Scope) -> dict[str, str]:
    jar: SimpleCookie = SimpleCookie()
    for name, value in scope["headers"]:
        if name == b"cookie":
            jar.load(value.decode("latin-1"))
    return {key: morsel.value for key, morsel in jar.items()}


def _header(scope: Scope, wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), "")


def from_elsewhere(scope: Scope) -> bool:
    """Whether a browser says that another site caused this request."""
    site = _header(scope, b"sec-fetch-site")
    if site:
        return site not in {"same-origin", "none"}
    origin = _header(scope, b"origin")
    if not origin:
        return False
    return urlsplit(origin).netloc != _header(scope, b"host")


class RequestContext:
    """ASGI middleware that fills ``scope["state"]`` for pages and API alike.

    ``actor``, ``signed_in`` (or None), ``locale``, ``csrf_token``, ``demo_day`` (or None), ``flash`` (raw cookie).
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"].startswith(("/static/", "/healthz")):
            await self.app(scope, receive, send)
            return
        cookies = _cookies(scope)
        state = scope.setdefault("state", {})
        token = cookies.get(SESSION_COOKIE, "")
        signed_in = await sessions.find(token) if token else None
        locale, chosen = self._locale(scope, cookies)
        csrf = signed_in.csrf if signed_in else cookies.get(CSRF_COOKIE, "")
        # Programs post no forms, and what they read may be kept by caches: no cookie goes along.
        new_csrf = "" if csrf or scope["path"].startswith("/api/") else secrets.token_urlsafe(24)
        settings = get_settings()
        state.update(
            actor=signed_in.actor if signed_in else Actor.public(),
            signed_in=signed_in,
            session_token=token,
            locale=locale,
            csrf_token=csrf or new_csrf,
            demo_day=await today() if settings.mode is Mode.DEMO else None,
            flash=cookies.get(FLASH_COOKIE, ""),
            from_elsewhere=scope["method"] not in SAFE_METHODS and from_elsewhere(scope),
        )
        # Nobody reads what a script fetches: an upload then opens the page anew, and its sentence is shown there.
        by_script = bool(_header(scope, b"x-requested-with") or _header(scope, b"hx-request"))
        set_cookies = []
        if new_csrf:
            set_cookies.append(make(CSRF_COOKIE, new_csrf))
        if chosen:
            set_cookies.append(make(LOCALE_COOKIE, chosen, max_age=365 * 86400))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", []))
                present = {name for name, _ in headers}
                headers += [pair for pair in SECURITY_HEADERS if pair[0] not in present]
                jar = list(set_cookies)
                if (
                    state["flash"]
                    and not by_script
                    and b"text/html" in dict(headers).get(b"content-type", b"")
                    and message["status"] == 200
                ):
                    jar.append(make(FLASH_COOKIE, "", max_age=0))
                headers += [(b"set-cookie", c.to_header(header="").encode("latin-1")) for c in jar]
                if signed_in and b"cache-control" not in present:
                    headers.append((b"cache-control", b"no-store"))
                message["headers"] = headers
            await send(message)

        await self.app(scope, receive, send_with_headers)

    @staticmethod
    def _locale(scope: Scope, cookies: dict[str, str]) -> tuple[Locale, str]:
        query = scope["query_string"].decode("latin-1")
        for pair in query.split("&"):
            if pair.startswith("lang="):
                asked = parse_locale(pair[5:])
                if asked:
                    return asked, asked
        return parse_locale(cookies.get(LOCALE_COOKIE)) or SOURCE_LOCALE, ""
