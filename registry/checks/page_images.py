"""The picture of a page of a stored file: drawn in the sandbox from its sanitised copy, turned upright."""

from __future__ import annotations

import asyncio
import io
import tempfile
from pathlib import Path

from PIL import Image

from registry.checks import queries
from registry.documents import queries as documents
from registry.documents.queries import FileView
from registry.kernel.errors import NotFound, Unavailable
from registry.settings import get_settings
from vetting.intake import Bitmap, Limits, OpenFile, PageFailed
from vetting.model import Refused

SIDES = (480, 1600)
_COLOURS = 192

# Each drawing costs a process: this many at once in one web process.
_DRAWING = asyncio.Semaphore(2)

# A finished run never changes: its turned pages by (file id, page), without opening the sealed result again.
_RUNS_KEPT = 200
_ROTATIONS: dict[int, dict[tuple[int, int], int]] = {}


async def page_image(file: FileView, page: int, side: int = SIDES[-1]) -> bytes:
    """A page (from 1) as a PNG whose longer side has ``side`` pixels (one of ``SIDES``), upright.

    It is kept in the store for the next look. Raises NotFound for a page that is not there, Unavailable
    where it cannot be drawn.
    """
    if side not in SIDES or page < 1 or (file.pages is not None and page > file.pages):
        raise NotFound("没有找到这一页")
    turned = await rotation_of(file, page)
    part = f"page-{page:04d}-{side}-{turned}"
    kept = await documents.cached_page(file, part)
    if kept is not None:
        return kept
    async with _DRAWING:
        with tempfile.TemporaryDirectory(prefix="registry-page-") as folder:
            path = Path(folder) / "copy"
            with path.open("wb") as target:
                await documents.copy_for_display(file, target)
            image = await asyncio.to_thread(_draw, path, file, page, side, turned)
    await documents.keep_page(file, part, image)
    return image


async def rotation_of(file: FileView, page: int) -> int:
    """How far clockwise a page lies turned (0, 90, 180, 270) according to the last reading; 0 if unread."""
    if file.owner != "application":
        return 0
    run = await queries.latest_run(file.owner_id)
    if run is None or run.state != "done":
        return 0
    found = _ROTATIONS.get(run.id)
    if found is None:
        pages = (await queries.dossier(file.owner_id)).pages
        found = {(p["file_id"], p["file_page"]): int(p["rotation"]) for p in pages if p["rotation"]}
        if len(_ROTATIONS) >= _RUNS_KEPT:
            _ROTATIONS.pop(next(iter(_ROTATIONS)))
        _ROTATIONS[run.id] = found
    return found.get((file.id, page), 0)


def _draw(path: Path, file: FileView, page: int, side: int, turned: int) -> bytes:
    limits = Limits(max_bytes=get_settings().max_upload_bytes * 4, max_pages=get_settings().max_pages)
    name = "copy.pdf" if file.display_key is not None else file.given_name
    try:
        with OpenFile(path, name, limits) as opened:
            if page > opened.facts.pages:
                raise NotFound("没有找到这一页")
            return _png(opened.render(page, side), turned)
    except (PageFailed, Refused) as error:
        raise Unavailable("这一页无法显示，请下载原件查看") from error


def _png(bitmap: Bitmap, turned: int) -> bytes:
    mode = "RGB" if bitmap.channels == 3 else "L"
    image = Image.frombytes(mode, (bitmap.width, bitmap.height), bytes(bitmap.data))
    if turned:
        # Pillow turns against the clock, which is back.
        image = image.rotate(turned, expand=True)
    if mode == "RGB":
        # A scan in full colour is several megabytes; a palette keeps print, seals and photographs legible.
        image = image.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    out = io.BytesIO()
    image.save(out, format="PNG", compress_level=6)
    return out.getvalue()


def size_of(image: bytes) -> tuple[int, int]:
    """Width and height in pixels of a picture made here (a PNG says so in its head)."""
    return int.from_bytes(image[16:20], "big"), int.from_bytes(image[20:24], "big")
