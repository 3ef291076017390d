"""A notice as bureaux publish it: the announcement as .docx and .xlsx, from the frozen snapshot (R15)."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from litestar import Response, get
from litestar.params import FromPath

from registry.notices import queries
from registry.web.components.announcement import announcement, docx_bytes, xlsx_of
from registry.web.components.requests import Req

_OFFICE = "application/vnd.openxmlformats-officedocument."


@get(
    ["/notices/{notice_id:int}/announcement.docx", "/notices/{notice_id:int}/announcement.xlsx"],
    opt={"public": True},
)
async def notice_file(request: Req, notice_id: FromPath[int]) -> Response[bytes]:
    """The announcement of a public notice, under its number."""
    detail = await queries.detail(notice_id, public_only=True)
    word = request.url.path.endswith(".docx")
    content = await asyncio.to_thread(docx_bytes if word else xlsx_of, announcement(detail))
    name = f"{detail.row.title}（{detail.row.number}）.{'docx' if word else 'xlsx'}"
    kind = "wordprocessingml.document" if word else "spreadsheetml.sheet"
    return Response(
        content,
        media_type=_OFFICE + kind,
        headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"},
    )


HANDLERS = [notice_file]
