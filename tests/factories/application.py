"""The web application for tests: routes are built once for a process; what counts and remembers is new each time."""

from __future__ import annotations

from functools import lru_cache

from litestar import Litestar
from litestar.types import ASGIApp

from registry.entrypoints.asgi import bare_app, layered
from registry.settings import Mode, get_settings


@lru_cache
def _routes(mode: Mode, max_upload_bytes: int) -> tuple[Litestar, ASGIApp]:
    app = bare_app()
    return app, app.asgi_handler


def web_application() -> Litestar:
    """The application under the settings of now. Each call starts its counters and memories anew."""
    settings = get_settings()
    app, handler = _routes(settings.mode, settings.max_upload_bytes)
    app.asgi_handler = layered(handler)
    return app
