"""Our cookies: their names and how they are set."""

from __future__ import annotations

from litestar.datastructures import Cookie

from registry.settings import get_settings

SESSION_COOKIE = "registry_session"
CSRF_COOKIE = "registry_csrf"
LOCALE_COOKIE = "registry_lang"
FLASH_COOKIE = "registry_flash"


def make(name: str, value: str, *, max_age: int | None = None) -> Cookie:
    """A cookie of ours: HttpOnly, SameSite=Lax, the whole site, Secure where it is served over TLS.

    ``max_age`` in seconds; 0 deletes it.
    """
    return Cookie(
        key=name,
        value=value,
        path="/",
        httponly=True,
        samesite="lax",
        max_age=max_age,
        secure=get_settings().cookie_secure,
    )
