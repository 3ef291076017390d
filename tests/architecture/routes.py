"""Every route of the application with what it asks for, without any server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from litestar import Litestar


@dataclass(frozen=True)
class RouteHandler:
    """One method of one address. `permission` and `public` are what its handler says of itself."""

    path: str
    method: str
    permission: str | None
    public: bool


def route_handlers() -> list[RouteHandler]:
    """All routes of the application, those that Litestar adds by itself too."""
    from registry.entrypoints.asgi import create_app

    app: Any = create_app()
    while not isinstance(app, Litestar):
        app = app.app
    found: list[RouteHandler] = []
    for route in app.routes:
        handlers: Any = getattr(route, "route_handlers", None) or [cast("Any", route).route_handler]
        for handler in handlers:
            opt = handler.opt
            found += [
                RouteHandler(route.path, method, opt.get("permission"), opt.get("public") is True)
                for method in sorted(handler.http_methods)
            ]
    return found
