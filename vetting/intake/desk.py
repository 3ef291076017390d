"""What the child can be asked: open a file, describe and draw its pages, write copies of it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from PIL import Image as PillowImage
from PIL import UnidentifiedImageError

from vetting.intake import edit
from vetting.intake.limits import Limits
from vetting.intake.pages import Pages, PdfPages, PicturePages
from vetting.intake.sniff import PDF
from vetting.intake.structure import examine
from vetting.intake.unfit import Unfit

Answer = tuple[dict[str, Any], bytes]


class Desk:
    """Holds the one file that is open. Every answer has ``ok``; a refusal has ``unfit``, its code."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._pages: Pages | None = None

    def answer(self, request: dict[str, Any]) -> Answer:
        """Do what a request asks for; whatever goes wrong becomes an answer."""
        try:
            match request.get("do"):
                case "open":
                    return self._open(Path(request["path"]), request["kind"]), b""
                case "describe":
                    return {"ok": True, **self._opened().describe(int(request["page"]))}, b""
                case "images_decode":
                    return {"ok": True, "whole": self._opened().images_decode(int(request["page"]))}, b""
                case "render":
                    return self._render(request)
                case "png":
                    return self._png(request)
                case "display_copy":
                    edit.display_copy(
                        Path(request["path"]), request["kind"], Path(request["target"]), self._limits
                    )
                    return {"ok": True}, b""
                case "merge":
                    parts = [(Path(path), kind) for path, kind in request["parts"]]
                    return {
                        "ok": True,
                        "pages": edit.merge(parts, Path(request["target"]), self._limits),
                    }, b""
                case "split":
                    ranges = [(int(first), int(last)) for first, last in request["ranges"]]
                    paths = edit.split(Path(request["path"]), ranges, Path(request["folder"]), self._limits)
                    return {"ok": True, "paths": [str(path) for path in paths]}, b""
                case _:
                    return {"ok": False, "error": "unknown request"}, b""
        except Unfit as unfit:
            return {"ok": False, "unfit": unfit.code, "detail": unfit.detail}, b""
        except (MemoryError, RecursionError):
            return {"ok": False, "unfit": "too_complex", "error": "memory"}, b""
        except Exception as error:  # noqa: BLE001 - hostile input may raise anything; the child goes on
            return {"ok": False, "unfit": "damaged", "error": type(error).__name__}, b""

    def _opened(self) -> Pages:
        if self._pages is None:
            raise ValueError("no file is open")
        return self._pages

    def _open(self, path: Path, kind: str) -> dict[str, Any]:
        if self._pages is not None:
            self._pages.close()
            self._pages = None
        if kind != PDF:
            return self._open_picture(path)
        examined = examine(path, self._limits)
        source: Path | bytes = examined.rewritten() if examined.needs_copy() else path
        pages = PdfPages(source, self._limits)
        if pages.count() != len(examined.sizes):
            # Two readers disagree on the pages: the rewritten file is what both understand.
            pages.close()
            examined.notes.setdefault("repaired", "")
            pages = PdfPages(examined.rewritten(), self._limits)
            if pages.count() != len(examined.sizes):
                raise Unfit("damaged")
        examined.pdf.close()
        self._pages = pages
        notes = [[code, detail] for code, detail in sorted(examined.notes.items())]
        return {"ok": True, "notes": notes, "sizes": examined.sizes}

    def _open_picture(self, path: Path) -> dict[str, Any]:
        try:
            pages = PicturePages(path, self._limits)
        except UnidentifiedImageError as error:
            raise Unfit("damaged") from error
        except MemoryError as error:
            raise Unfit("image_too_large") from error
        described = pages.describe(0)
        self._pages = pages
        return {"ok": True, "notes": [], "sizes": [(described["width"], described["height"])]}

    def _png(self, request: dict[str, Any]) -> Answer:
        page, turned = int(request["page"]), int(request["turned"]) % 360
        size = self._opened().describe_size(page)
        across = size[1] if turned in (90, 270) else size[0]
        width = max(16, min(int(request["width"]), self._limits.render_side))
        side = max(16, min(self._limits.render_side, round(width * max(size) / max(across, 1e-6))))
        bitmap = self._opened().render(page, side, (0.0, 0.0, 1.0, 1.0))
        picture = PillowImage.frombytes("RGB", (bitmap.width, bitmap.height), bytes(bitmap.data))
        out = io.BytesIO()
        picture.rotate(turned, expand=True).save(out, format="PNG", compress_level=4)
        return {"ok": True}, out.getvalue()

    def _render(self, request: dict[str, Any]) -> Answer:
        x0, y0, x1, y1 = (min(1.0, max(0.0, float(v))) for v in request["crop"])
        side = max(8, min(int(request["side"]), 4 * self._limits.render_side))
        bitmap = self._opened().render(int(request["page"]), side, (x0, y0, x1, y1))
        size = {"width": bitmap.width, "height": bitmap.height, "channels": bitmap.channels}
        return {"ok": True, **size}, bytes(bitmap.data)
