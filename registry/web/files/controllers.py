"""Stored files: the original as a download, its pages as pictures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Stream

from registry.checks import page_images
from registry.documents import queries as documents
from registry.documents.queries import FileView
from registry.kernel.errors import NotFound
from registry.web.components.requests import Req, actor_of, page
from registry.web.files.access import note_look, open_file

_SAFE = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
}


@get("/files/{file_id:int}", opt={"permission": "document.read"})
async def download(request: Req, file_id: FromPath[int]) -> Stream:
    """The original, byte for byte, always as an attachment."""
    actor = actor_of(request)
    file = await open_file(actor, file_id)
    await note_look(actor, file)
    async with documents.open_stream(file):
        # Asked for once before the answer begins: a missing object is a page, not a broken download.
        pass
    return Stream(
        _bytes(file),
        media_type=file.media_type,
        headers={
            **_SAFE,
            "content-length": str(file.size),
            "content-disposition": disposition(file.given_name),
            "cache-control": "private, no-store",
        },
    )


async def _bytes(file: FileView) -> AsyncIterator[bytes]:
    async with documents.open_stream(file) as chunks:
        async for chunk in chunks:
            yield chunk


def disposition(name: str) -> str:
    """A Content-Disposition for a download named ``name`` (RFC 6266, the name in RFC 5987 form)."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in name)[-80:]
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


@get("/files/{file_id:int}/pages/{picture:str}", opt={"permission": "document.read"})
async def page_of_file(request: Req, file_id: FromPath[int], picture: FromPath[str]) -> Response[Any]:
    """``3.png`` is the picture of page 3 (``?side=480`` a small one), ``3`` the page that shows it."""
    number, dot, ending = picture.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) <= 5) or (dot and ending != "png"):
        raise NotFound("没有找到这一页")
    actor = actor_of(request)
    file = await open_file(actor, file_id)
    await note_look(actor, file)
    if dot:
        return await _picture(request, file, int(number))
    return await _viewer(request, file, int(number))


async def _picture(request: Req, file: FileView, number: int) -> Response[bytes]:
    asked = request.query_params.get("side", "")
    side = int(asked) if asked.isdigit() and int(asked) in page_images.SIDES else page_images.SIDES[-1]
    image = await page_images.page_image(file, number, side)
    return Response(
        image,
        media_type="image/png",
        headers={**_SAFE, "cache-control": "private, max-age=3600", "content-disposition": "inline"},
    )


async def _viewer(request: Req, file: FileView, number: int) -> Response[str]:
    width, height = page_images.size_of(await page_images.page_image(file, number))
    base = f"/files/{file.id}/pages"
    last = file.pages or number
    return await page(
        request,
        "files/page.html.j2",
        file=file,
        view={
            "image_url": f"{base}/{number}.png",
            "width": width,
            "height": height,
            "page": number,
            "pages": file.pages or 0,
            "label": file.given_name,
            "boxes": _boxes(request),
        },
        previous=f"{base}/{number - 1}" if number > 1 else "",
        following=f"{base}/{number + 1}" if number < last else "",
    )


def _boxes(request: Req) -> list[dict[str, Any]]:
    """The box to mark, from ``?box=x0,y0,x1,y1`` (fractions of the upright page); none where it is not one."""
    try:
        box = tuple(float(part) for part in request.query_params.get("box", "").split(","))
    except ValueError:
        return []
    if len(box) != 4 or not all(0 <= side <= 1 for side in box) or box[0] >= box[2] or box[1] >= box[3]:
        return []
    return [{"box": box, "label": "", "tone": "red"}]


HANDLERS = [download, page_of_file]
