"""The showcase of all parts, in demo mode only."""

from __future__ import annotations

from litestar import Response, get
from litestar.enums import MediaType

from registry.kernel.errors import NotFound
from registry.settings import Mode, get_settings
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, redirect
from registry.web.components.showcase import PAGES, render_showcase


@get(["/design", "/design/{page:str}"], opt={"public": True}, include_in_schema=False)
async def design(request: Req, page: str = "") -> Response[str]:
    """One page of the showcase; ``/design`` leads to the first. Raises NotFound outside the demo."""
    if get_settings().mode is not Mode.DEMO:
        raise NotFound(N_("没有找到这一页"))
    if not page:
        return redirect(f"/design/{next(iter(PAGES))}")
    if page not in PAGES:
        raise NotFound(N_("没有找到这一页"))
    return Response(render_showcase(page, request.scope["state"]["locale"]), media_type=MediaType.HTML)


HANDLERS = [design]
