"""The web application: composition only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

from asyncpg.exceptions import DataError
from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.datastructures import CacheControlHeader, State
from litestar.exceptions import HTTPException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, YamlRenderPlugin
from litestar.router import Router
from litestar.static_files import create_static_files_router
from litestar.types import ASGIApp

from registry.api.described import DESCRIPTION
from registry.api.gate import ApiGate
from registry.entrypoints import logs
from registry.entrypoints.demo import accounts
from registry.kernel import db
from registry.kernel.errors import RegistryError
from registry.settings import Mode, get_settings
from registry.web.components.kit import STATIC_DIR
from registry.web.components.unchanged import Unchanged
from registry.web.files.draining import DrainUnread
from registry.web.session.guard import require_permission
from registry.web.session.metrics import Measured
from registry.web.session.middleware import RequestContext
from registry.web.session.problems import on_http_error, on_registry_error, on_unexpected, on_unusable_value

CONTROLLERS = (
    "registry.web.session.controllers",
    "registry.web.provider.controllers",
    "registry.web.bureau.controllers",
    "registry.web.school.controllers",
    "registry.web.files.controllers",
    "registry.web.components.controllers",
    "public_site.controllers",
    "registry.api.controllers",
)


@asynccontextmanager
async def _lifespan(_: Litestar) -> AsyncIterator[None]:
    async with db.pooled():
        yield


def create_app() -> Litestar:
    """The ASGI application; settings come from the environment."""
    logs.configure()
    app = bare_app()
    app.asgi_handler = layered(app.asgi_handler)
    return app


def bare_app() -> Litestar:
    """The routes of every controller, without the layers before them."""
    handlers = [one for name in CONTROLLERS for one in import_module(name).HANDLERS]
    static = create_static_files_router(
        path="/static",
        directories=[STATIC_DIR],
        opt={"public": True},
        include_in_schema=False,
        # The addresses carry a hash of the content (kit.static_url).
        cache_control=CacheControlHeader(public=True, max_age=31536000, immutable=True),
    )
    return Litestar(
        route_handlers=[*handlers, static],
        guards=[require_permission],
        exception_handlers={
            RegistryError: on_registry_error,
            HTTPException: on_http_error,
            DataError: on_unusable_value,
            Exception: on_unexpected,
        },
        lifespan=[_lifespan],
        compression_config=CompressionConfig(backend="gzip", minimum_size=1000, exclude=["/files/"]),
        request_max_body_size=get_settings().max_upload_bytes + 2 * 1024 * 1024,
        state=State(_demo()),
        # Pages are no interface; what is one says so.
        include_in_schema=False,
        openapi_config=_openapi(),
    )


def layered(routes: ASGIApp) -> ASGIApp:
    """What stands before the routes: outermost, so that pages for unknown addresses know their reader too."""
    return Measured(DrainUnread(ApiGate(Unchanged(RequestContext(routes)))))


def _openapi() -> OpenAPIConfig:
    """The description of the JSON interface as files alone: the usual viewers load from elsewhere."""
    return OpenAPIConfig(
        title="After-school provider registry",
        version="1.0.0",
        description=DESCRIPTION,
        openapi_router=Router(path="/api/schema", route_handlers=[], opt={"public": True}),
        render_plugins=(JsonRenderPlugin(path="/openapi.json"), YamlRenderPlugin(path="/openapi.yaml")),
    )


def _demo() -> dict[str, Any]:
    """What the sign-in page shows in demo mode: the accounts and their password. Nothing in production."""
    if get_settings().mode is not Mode.DEMO:
        return {"demo": None}
    return {"demo": {"accounts": accounts.ACCOUNTS, "password": accounts.PASSWORD}}
