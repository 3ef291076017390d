"""Pages of an opened file, in the child: their size, text with positions, images, and their picture.

All coordinates are fractions of the page as a viewer that honours /Rotate shows it, from its top left.
"""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any, Protocol

import pypdfium2 as pdfium
import pypdfium2.raw as c
from PIL import Image as PillowImage
from PIL import ImageOps

from vetting.intake.bitmap import Bitmap
from vetting.intake.glyphs import address, characters
from vetting.intake.limits import Limits
from vetting.intake.unfit import Unfit

Fractions = tuple[float, float, float, float]

# Our own limit is checked on the header, before a pixel is decoded.
PillowImage.MAX_IMAGE_PIXELS = None

_GRID = 1 << 20  # resolution of pdfium's integer device coordinates
_MAX_OBJECTS = 20_000
_BIG_IMAGE = 0.25
_LARGE_IMAGE = 0.05
_IMAGE_DPI = 200.0
_PICTURE_FILTERS = {"DCTDecode", "JPXDecode", "CCITTFaxDecode", "JBIG2Decode", "RunLengthDecode"}
# A bitmap has up to 32 bits for what may be one bit of data.
_LEAST_HELD = 1 / 40


class Pages(Protocol):
    """Pages by index from 0."""

    def count(self) -> int:
        """How many pages there are."""

    def describe_size(self, index: int) -> tuple[float, float]:
        """Width and height of a page in points."""

    def describe(self, index: int) -> dict[str, Any]:
        """Size in points, images and characters of a page."""

    def images_decode(self, index: int) -> bool:
        """Whether every large image of a page can be decoded."""

    def render(self, index: int, side: int, crop: Fractions) -> Bitmap:
        """The crop of a page, at the scale at which the whole page's longer side has ``side`` pixels."""

    def close(self) -> None:
        """Let go of the file."""


class PdfPages:
    """Pages of a PDF through PDFium. ``source`` is a path, or the bytes of a repaired copy."""

    def __init__(self, source: Path | bytes, limits: Limits) -> None:
        self._limits = limits
        self._pdf = pdfium.PdfDocument(source)
        self._flattened: set[int] = set()

    def count(self) -> int:
        return len(self._pdf)

    def close(self) -> None:
        self._pdf.close()

    def _page(self, index: int) -> Any:
        page = self._pdf[index]
        if index not in self._flattened and c.FPDFPage_GetAnnotCount(page) > 0:
            # What a form field or a note shows becomes part of the page: it is read and drawn like print.
            c.FPDFPage_Flatten(page, c.FLAT_NORMALDISPLAY)
            self._flattened.add(index)
            page.close()
            page = self._pdf[index]
        return page

    def describe_size(self, index: int) -> tuple[float, float]:
        page = self._pdf[index]
        try:
            width, height = page.get_size()
            return float(width), float(height)
        finally:
            page.close()

    def describe(self, index: int) -> dict[str, Any]:
        page = self._page(index)
        try:
            width, height = page.get_size()
            images, order = self._objects(page)
            sheets = [i for i in images if i["opaque"] and _area(i["box"]) >= _BIG_IMAGE]
            chars = characters(page, sheets, order, self._limits.max_chars)
        finally:
            page.close()
        return {
            "width": width,
            "height": height,
            "images": [{"box": i["box"], "pixels": i["pixels"]} for i in images],
            "chars": chars,
            "paths": order.get("paths", 0),
        }

    def images_decode(self, index: int) -> bool:
        page = self._page(index)
        try:
            return all(
                self._decodes(item)
                for item in page.get_objects(filter=[c.FPDF_PAGEOBJ_IMAGE], max_depth=4)
                if _area(_placed(page, item)) >= _LARGE_IMAGE
            )
        finally:
            page.close()

    @staticmethod
    def _decodes(item: Any) -> bool:
        bitmap = c.FPDFImageObj_GetBitmap(item.raw)
        if not bitmap:
            return False
        size = c.FPDFBitmap_GetStride(bitmap) * c.FPDFBitmap_GetHeight(bitmap)
        c.FPDFBitmap_Destroy(bitmap)
        if any(name in _PICTURE_FILTERS for name in item.get_filters()):
            return True
        # Samples that are not there are drawn as paper: an image cut off is no blank page.
        held = c.FPDFImageObj_GetImageDataDecoded(item.raw, None, 0)
        return bool(int(held) >= _LEAST_HELD * size)

    def _objects(self, page: Any) -> tuple[list[dict[str, Any]], dict[Any, int]]:
        images: list[dict[str, Any]] = []
        order: dict[Any, int] = {"paths": 0}
        for rank, item in enumerate(page.get_objects(max_depth=4)):
            if rank >= _MAX_OBJECTS:
                break
            if item.type == c.FPDF_PAGEOBJ_TEXT:
                order[address(item.raw)] = rank
            elif item.type == c.FPDF_PAGEOBJ_PATH:
                order["paths"] += 1
            elif item.type == c.FPDF_PAGEOBJ_IMAGE:
                box = _placed(page, item)
                wide, high = ctypes.c_uint(), ctypes.c_uint()
                c.FPDFImageObj_GetImagePixelSize(item.raw, wide, high)
                # A picture that lets through what lies beneath (a stamp, a watermark) hides no text.
                opaque = not c.FPDFPageObj_HasTransparency(item.raw)
                images.append(
                    {"box": box, "pixels": [wide.value, high.value], "rank": rank, "opaque": opaque}
                )
        return images, order

    def render(self, index: int, side: int, crop: Fractions) -> Bitmap:
        page = self._page(index)
        try:
            width, height = page.get_size()
            scale = side / max(width, height, 1e-6)
            full_w, full_h = max(1, round(width * scale)), max(1, round(height * scale))
            x0, y0 = int(crop[0] * full_w), int(crop[1] * full_h)
            x1, y1 = max(x0 + 1, round(crop[2] * full_w)), max(y0 + 1, round(crop[3] * full_h))
            if (x1 - x0) * (y1 - y0) > self._limits.render_side**2:
                raise ValueError("the picture asked for is too large")
            bitmap = pdfium.PdfBitmap.new_native(x1 - x0, y1 - y0, c.FPDFBitmap_BGR, rev_byteorder=True)
            bitmap.fill_rect((255, 255, 255, 255), 0, 0, x1 - x0, y1 - y0)
            flags = c.FPDF_REVERSE_BYTE_ORDER
            c.FPDF_RenderPageBitmap(bitmap, page, -x0, -y0, full_w, full_h, 0, flags)
            data = bytes(bitmap.buffer)
            bitmap.close()
        finally:
            page.close()
        return Bitmap(x1 - x0, y1 - y0, 3, data)


class PicturePages:
    """A JPEG or PNG as a single page, turned as its EXIF orientation says."""

    def __init__(self, source: Path, limits: Limits) -> None:
        self._limits = limits
        with PillowImage.open(source, formats=("JPEG", "PNG")) as opened:
            if opened.width * opened.height > limits.max_image_pixels:
                raise Unfit("image_too_large", f"{opened.width}x{opened.height}")
            # Decoding at a fraction keeps a large photo from ever being in memory at full size.
            opened.draft("RGB", (limits.render_side, limits.render_side))
            upright = ImageOps.exif_transpose(opened)
            if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
                sheet = PillowImage.new("RGBA", upright.size, "white")
                sheet.alpha_composite(upright.convert("RGBA"))
                upright = sheet
            upright.thumbnail((limits.render_side, limits.render_side))
            self._picture = upright.convert("RGB")

    def count(self) -> int:
        return 1

    def close(self) -> None:
        self._picture.close()

    def picture(self) -> PillowImage.Image:
        """The upright picture, RGB."""
        return self._picture

    def describe_size(self, index: int) -> tuple[float, float]:
        width, height = self._picture.size
        return width * 72.0 / _IMAGE_DPI, height * 72.0 / _IMAGE_DPI

    def describe(self, index: int) -> dict[str, Any]:
        width, height = self._picture.size
        points = 72.0 / _IMAGE_DPI
        images = [{"box": (0.0, 0.0, 1.0, 1.0), "pixels": [width, height]}]
        size = {"width": width * points, "height": height * points}
        return {**size, "images": images, "chars": [], "paths": 0}

    def images_decode(self, index: int) -> bool:
        return True

    def render(self, index: int, side: int, crop: Fractions) -> Bitmap:
        width, height = self._picture.size
        scale = side / max(width, height)
        box = (crop[0] * width, crop[1] * height, crop[2] * width, crop[3] * height)
        size = (max(1, round((box[2] - box[0]) * scale)), max(1, round((box[3] - box[1]) * scale)))
        if size[0] * size[1] > self._limits.render_side**2:
            raise ValueError("the picture asked for is too large")
        part = self._picture.resize(size, PillowImage.Resampling.LANCZOS, box=box)
        return Bitmap(size[0], size[1], 3, part.tobytes())


def _to_device(page: Any, left: float, top: float, right: float, bottom: float) -> Fractions:
    """Turn a rectangle in page space into fractions of the page as shown."""
    xs, ys = [], []
    for x, y in ((left, top), (right, bottom), (left, bottom), (right, top)):
        dx, dy = ctypes.c_int(), ctypes.c_int()
        c.FPDF_PageToDevice(page, 0, 0, _GRID, _GRID, 0, x, y, dx, dy)
        xs.append(dx.value / _GRID)
        ys.append(dy.value / _GRID)
    return (round(min(xs), 6), round(min(ys), 6), round(max(xs), 6), round(max(ys), 6))


def _placed(page: Any, item: Any) -> Fractions:
    """Where an object lies on the page; inside a form, the form's own matrices are applied."""
    left, bottom, right, top = (float(v) for v in item.get_bounds())
    corners = [(left, top), (right, bottom), (left, bottom), (right, top)]
    holder = item.container
    while holder is not None:
        matrix = holder.get_matrix()
        corners = [matrix.on_point(x, y) for x, y in corners]
        holder = holder.container
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return _to_device(page, min(xs), max(ys), max(xs), min(ys))


def _area(box: tuple[float, ...]) -> float:
    wide = min(1.0, box[2]) - max(0.0, box[0])
    high = min(1.0, box[3]) - max(0.0, box[1])
    return max(0.0, wide) * max(0.0, high)
