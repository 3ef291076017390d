"""The showcase of all parts, in demo mode only."""

from __future__ import annotations

from litestar import Response, get
from litestar.enums import MediaType
from litestar.params import FromPath

from registry.kernel.errors import NotFound
from registry.settings import Mode, get_settings
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, redirect
from registry.web.components.showcase import PAGES, render_showcase


@get("/design", opt={"public": True}, include_in_schema=False)
async def design() -> Response[str]:
    """To the first page of the showcase."""
    return redirect(f"/design/{next(iter(PAGES))}")


@get("/design/{page:str}", opt={"public": True}, include_in_schema=False)
async def design_page(request: Req, page: FromPath[str]) -> Response[str]:
    """One page of the showcase. Raises NotFound for another page, and outside the demo."""
    if get_settings().mode is not Mode.DEMO or page not in PAGES:
        raise NotFound(N_("没有找到这一页"))
    return Response(render_showcase(page, request.scope["state"]["locale"]), media_type=MediaType.HTML)


HANDLERS = [design, design_page]
