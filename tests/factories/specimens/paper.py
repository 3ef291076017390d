"""A sheet of paper in HTML, with seals and signatures; what it is and what stands on it."""

from __future__ import annotations

import base64
import io
import math
import random
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

_FONTS = (
    Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"),
    Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"),
)
MARK = "虚构测试样本 FICTIONAL TEST SPECIMEN"
STYLE = """
*{box-sizing:border-box} body{margin:0;font-family:'Noto Serif CJK SC';font-size:12pt;line-height:1.75;color:#111}
.sheet{position:relative;page-break-after:always;overflow:hidden} .sheet:last-child{page-break-after:auto}
.a4{width:210mm;height:296mm;padding:24mm 22mm} .a4l{width:297mm;height:209mm;padding:16mm 20mm}
h1{font-size:21pt;text-align:center;margin:2mm 0 8mm;font-weight:700} h2{font-size:13pt;margin:4mm 0 1mm}
p{margin:0;text-indent:2em} .l{text-indent:0} .r{text-align:right;text-indent:0} .c{text-align:center;text-indent:0}
table{border-collapse:collapse;width:100%} td,th{border:0.4mm solid #333;padding:1.6mm 2mm;font-weight:400;vertical-align:middle}
.plain td{border:0;padding:1.3mm 1mm;vertical-align:top} .abs{position:absolute} .sans{font-family:'Noto Sans CJK SC'}
.mark{position:absolute;bottom:3mm;left:0;right:0;text-align:center;font-size:5pt;color:#bbb}
.just{text-align-last:justify;display:inline-block}
"""


@dataclass
class Paper:
    """One document: HTML of its sheets, its type (None for what belongs to nothing), the truth of its fields."""

    type: str | None
    item: int
    sheets: list[str]
    fields: dict[str, Any] = field(default_factory=dict)
    landscape: bool = False
    title: str = ""
    parts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Further documents on the same sheet: type and fields."""

    def html(self) -> str:
        """The whole document."""
        kind = "a4l" if self.landscape else "a4"
        size = "297mm 210mm" if self.landscape else "210mm 297mm"
        body = "".join(
            f'<div class="sheet {kind}">{s}<div class="mark">{MARK}</div></div>' for s in self.sheets
        )
        return f"<!doctype html><meta charset=utf-8><style>@page{{size:{size};margin:0}}{STYLE}</style>{body}"


def seal(
    text: str,
    left: float,
    top: float,
    *,
    size: float = 40,
    colour: str = "#d22",
    lower: str = "",
    star: bool = True,
) -> str:
    """A round seal, ``left`` and ``top`` of its box in mm."""
    radius, around = 44, math.pi * (1.55 if len(text) > 11 else 1.3)
    glyphs = ""
    for number, char in enumerate(text):
        angle = -around / 2 + around * (number + 0.5) / len(text)
        x, y = 60 + radius * math.sin(angle), 60 - radius * math.cos(angle)
        wide = min(1.0, 9 / max(9, len(text)) * 1.25)
        glyphs += (
            f'<text transform="translate({x:.1f},{y:.1f}) rotate({math.degrees(angle):.1f}) scale({wide:.2f},1)"'
            f' text-anchor="middle" dominant-baseline="central" font-size="14">{char}</text>'
        )
    middle = (
        '<text x="60" y="66" text-anchor="middle" dominant-baseline="central" font-size="30">★</text>'
        if star
        else ""
    )
    foot = f'<text x="60" y="92" text-anchor="middle" font-size="9">{lower}</text>' if lower else ""
    return _picture(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120" fill="{colour}" font-family="Noto Serif CJK SC">'
        f'<circle cx="60" cy="60" r="56" fill="none" stroke="{colour}" stroke-width="3"/>{glyphs}{middle}{foot}</svg>',
        left,
        top,
        size,
    )


def _picture(svg: str, left: float, top: float, size: float) -> str:
    return (
        f'<div class="abs" style="left:{left}mm;top:{top}mm;width:{size}mm;height:{size}mm;opacity:.82">'
        f'<img style="width:100%" src="data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"></div>'
    )


@lru_cache(maxsize=1)
def _font() -> Path:
    return next(p for p in _FONTS if p.is_file())


def signature(name: str, *, colour: tuple[int, int, int] = (25, 35, 120), height: float = 11) -> str:
    """A name as if written with a pen, ``height`` in mm."""
    rng = random.Random(name)
    size = 150
    canvas = Image.new("RGBA", (size * (len(name) + 1), size * 2), (0, 0, 0, 0))
    font = ImageFont.truetype(str(_FONTS[1] if _FONTS[1].is_file() else _font()), size)
    for number, char in enumerate(name):
        tile = Image.new("RGBA", (size * 2, size * 2), (0, 0, 0, 0))
        ImageDraw.Draw(tile).text(
            (size // 2, size // 4), char, font=font, fill=(*colour, 255), stroke_width=1
        )
        tile = tile.rotate(rng.uniform(-14, 10), resample=Image.Resampling.BICUBIC)
        tile = tile.transform(tile.size, Image.Transform.AFFINE, (1, rng.uniform(0.25, 0.45), -60, 0, 1, 0))
        canvas.alpha_composite(tile, (max(0, int(number * size * 0.82)), rng.randint(0, 20)))
    pixels = np.array(canvas)
    ys, xs = np.mgrid[0 : pixels.shape[0], 0 : pixels.shape[1]].astype(np.float32)
    bent = cv2.remap(
        pixels,
        (xs + 7 * np.sin(ys / 21.0)).astype(np.float32),
        (ys + 9 * np.sin(xs / 33.0)).astype(np.float32),
        cv2.INTER_LINEAR,
    )
    box = Image.fromarray(bent).getbbox()
    out = io.BytesIO()
    Image.fromarray(bent).crop(box).save(out, "PNG")
    data = base64.b64encode(out.getvalue()).decode()
    return f'<img style="height:{height}mm;vertical-align:middle" src="data:image/png;base64,{data}">'


def portrait(seed: int) -> str:
    """A drawn head, for cards and certificates."""
    hair = ("#222", "#432", "#111")[seed % 3]
    ground = ("#c9dcef", "#b33", "#e8e8e8")[seed % 3]
    return (
        f'<svg viewBox="0 0 60 80" style="width:100%"><rect width="60" height="80" fill="{ground}"/>'
        f'<circle cx="30" cy="32" r="15" fill="#edc6a5"/><path d="M13 30a17 17 0 0 1 34 0c-8-8-26-8-34 0" fill="{hair}"/>'
        '<path d="M8 80c0-22 44-22 44 0" fill="#345"/></svg>'
    )


def rows(*pairs: tuple[str, str], label: str = "28mm", cls: str = "plain", size: str = "13pt") -> str:
    """A table of labels and values without lines."""
    body = "".join(
        f'<tr><td style="width:{label}"><span class="just" style="width:calc({label} - 3mm)">{a}</span></td><td>{b}</td></tr>'
        for a, b in pairs
    )
    return f'<table class="{cls}" style="font-size:{size}">{body}</table>'
