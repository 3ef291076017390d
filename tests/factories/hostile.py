"""Hostile files beyond the stored ones, made by hand: each with its name and how a safe system may answer it."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import pikepdf
from PIL import Image

from tests.unit.vetting.pdfs import Objects, document, image, page, stream, text_page

REJECT, REVIEW, PROCESS = "reject", "manual_review", "process"
_TEXT = stream(b"BT /F1 12 Tf 50 700 Td (Registered 2022) Tj ET")


@dataclass(frozen=True, slots=True)
class Hostile:
    """One file: the name it is sent under, how it is made, and what may become of it."""

    name: str
    make: Callable[[], bytes]
    outcomes: tuple[str, ...] = (REJECT, REVIEW)


def _inflated(megabytes: int) -> bytes:
    packer = zlib.compressobj(9)
    block = b"0 " * (1 << 19)
    return b"".join(packer.compress(block) for _ in range(megabytes)) + packer.flush()


def _plain() -> bytes:
    return document(text_page(_TEXT))


def _xref_loop() -> bytes:
    data = _plain()
    table = data.rindex(b"xref\n0")
    return data.replace(b"/Root 1 0 R >>", f"/Root 1 0 R /Prev {table} >>".encode())


def _object_stream_bomb() -> bytes:
    bomb = stream(_inflated(900), "/Type /ObjStm /N 2 /First 10 /Filter /FlateDecode")
    return document({**text_page(_TEXT), 20: bomb})


def _page_tree(depth: int, *, loop: bool) -> bytes:
    objects: Objects = {2: b"<< /Type /Pages /Kids [10 0 R] /Count 1 >>"}
    for number in range(10, 10 + depth):
        last = number == 9 + depth
        child = (2 if loop else 5) if last else number + 1
        objects[number] = f"<< /Type /Pages /Parent {number - 1} 0 R /Kids [{child} 0 R] /Count 1 >>".encode()
    leaf = text_page(_TEXT)
    return document({**objects, 5: leaf[3].replace(b"/F1 5 0 R", b"/F1 6 0 R"), 4: leaf[4], 6: leaf[5]})


def _deep_array() -> bytes:
    return document({**text_page(_TEXT), 20: b"[" * 200_000 + b"]" * 200_000})


def _many_images(filters: str, data: bytes, wide: int, high: int, pages: int) -> bytes:
    kids = " ".join(f"{number} 0 R" for number in range(100, 100 + pages))
    objects: Objects = {2: f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode()}
    for number in range(100, 100 + pages):
        objects[number] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /XObject << /X 6 0 R >> >> >>"
        )
    objects[4] = stream(b"q 595 0 0 842 0 0 cm /X Do Q")
    entries = f"/Type /XObject /Subtype /Image /Width {wide} /Height {high} /ColorSpace /DeviceGray {filters}"
    objects[6] = stream(data, entries)
    return document(objects)


def _jbig2_bomb() -> bytes:
    # One page information segment that declares a huge bitmap, and nothing to fill it.
    info = struct.pack(">IIIIBH", 0x7FFFFFFF, 0x7FFFFFFF, 0, 0, 0, 0)
    segment = struct.pack(">IBBBI", 0, 48, 0, 1, len(info)) + info
    return _many_images("/BitsPerComponent 1 /Filter /JBIG2Decode", segment, 10_000, 10_000, 1)


def _jpx_bomb() -> bytes:
    size = (
        struct.pack(">HIIIIIIIIH", 0, 200_000, 200_000, 0, 0, 200_000, 200_000, 0, 0, 3) + b"\x07\x01\x01" * 3
    )
    main = b"\xff\x4f\xff\x51" + struct.pack(">H", len(size) + 2) + size
    coding = b"\xff\x52\x00\x0c\x00\x00\x00\x01\x00\x05\x04\x04\x00\x00\xff\x5c\x00\x13\x40" + bytes(16)
    return _many_images("/Filter /JPXDecode", main + coding + b"\xff\xd9", 1000, 1000, 1)


def _fax_bomb() -> bytes:
    parameters = (
        "/BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns 10900 /Rows 10900 >>"
    )
    return _many_images(parameters, bytes(64), 10_900, 10_900, 250)


def _encrypted(user: str, owner: str) -> Callable[[], bytes]:
    def make() -> bytes:
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(_plain())) as pdf:
            pdf.save(out, encryption=pikepdf.Encryption(user=user, owner=owner, R=6))
        return out.getvalue()

    return make


def _portfolio() -> bytes:
    out = io.BytesIO()
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    pdf.attachments["licence.pdf"] = _plain()
    pdf.Root.Collection = pikepdf.Dictionary(Type=pikepdf.Name.Collection)
    pdf.save(out)
    return out.getvalue()


def _jpeg(wide: int = 600, high: int = 800) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((wide, high)).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def _absurd_jpeg() -> bytes:
    data = bytearray(_jpeg())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 65_500, 65_500)
    return bytes(data)


def _png(wide: int, high: int, depth: int, colour: int, extra: bytes = b"") -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    samples = {0: 1, 6: 4}[colour]
    row = bytes(1 + (wide * depth * samples + 7) // 8)
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(row) for _ in range(high)) + packer.flush()
    header = struct.pack(">IIBBBBB", wide, high, depth, colour, 0, 0, 0)
    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    more = chunk(b"zTXt", b"note\0\0" + extra) if extra else b""
    return head + more + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def _font_bomb() -> bytes:
    objects = text_page(_TEXT)
    objects[5] = b"<< /Type /Font /Subtype /TrueType /BaseFont /A /FontDescriptor 7 0 R >>"
    objects[7] = b"<< /Type /FontDescriptor /FontName /A /Flags 4 /FontFile2 8 0 R >>"
    objects[8] = stream(_inflated(500), "/Filter /FlateDecode")
    return document(objects)


def _type3_loop() -> bytes:
    objects = text_page(_TEXT)
    objects[5] = (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /FirstChar 82 /LastChar 82"
        b" /Widths [9] /Encoding << /Differences [82 /R] >> /CharProcs << /R 8 0 R >>"
        b" /Resources << /Font << /F1 5 0 R >> >> >>"
    )
    objects[8] = stream(b"9 0 d0 BT /F1 12 Tf (RRRRRRRR) Tj ET")
    return document(objects)


def _cmap_bomb() -> bytes:
    objects = text_page(stream(b"BT /F1 12 Tf 50 700 Td <00410042> Tj ET"))
    objects[5] = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /ToUnicode 8 0 R /DescendantFonts"
        b" [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /CIDSystemInfo << /Registry (A) /Ordering (I)"
        b" /Supplement 0 >> >>] >>"
    )
    ranges = b"\n".join(b"<00000000> <ffffffff> <0041>" for _ in range(20_000))
    objects[8] = stream(b"begincmap 20000 beginbfrange\n" + ranges + b"\nendbfrange endcmap")
    return document(objects)


def _tiles() -> bytes:
    objects = text_page(stream(b"/Pattern cs /P scn 0 0 595 842 re f"))
    objects[3] = objects[3].replace(b"/XObject", b"/Pattern << /P 9 0 R >> /XObject")
    entries = (
        "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.0001 /YStep 0.0001"
        " /Resources << >>"
    )
    objects[9] = stream(b"0 0 1 1 re f", entries)
    return document(objects)


def _mask_loop() -> bytes:
    return document(image("/Width 500 /Height 500 /BitsPerComponent 8 /SMask 6 0 R"))


def _note_loop() -> bytes:
    objects = page("/Annots [<< /Subtype /Stamp /Rect [0 0 300 300] /AP << /N 9 0 R >> >>]")
    own = "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 9 0 R >> >>"
    return document({**objects, 9: stream(b"/X Do", own)})


def _slow_pages() -> bytes:
    """Pages that each take long to draw: together they must not keep anyone waiting."""
    path = zlib.compress(b"[1 1] 0 d 0 0 m " + b"500 800 1 1 300 700 c " * 60_000 + b"200 w S")
    objects: Objects = {
        2: f"<< /Type /Pages /Kids [{' '.join(f'{n} 0 R' for n in range(10, 60))}] /Count 50 >>".encode()
    }
    leaf = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>"
    objects |= dict.fromkeys(range(10, 60), leaf)
    return document({**objects, 4: stream(path, "/Filter /FlateDecode")})


def _million_characters() -> bytes:
    return document(text_page(stream(b"BT /F1 1 Tf 50 700 Td (" + b"Registered " * 100_000 + b") Tj ET")))


def _html_after() -> bytes:
    return _plain() + b"<html><script>alert(1)</script></html>"


MADE: tuple[Hostile, ...] = (
    Hostile("xref_loop.pdf", _xref_loop, (REJECT, REVIEW, PROCESS)),
    Hostile("object_stream_bomb.pdf", _object_stream_bomb),
    Hostile("deep_page_tree.pdf", lambda: _page_tree(3000, loop=False)),
    Hostile("page_tree_loop.pdf", lambda: _page_tree(3, loop=True)),
    Hostile("deep_array.pdf", _deep_array, (REJECT, REVIEW, PROCESS)),
    Hostile("tiny_pages_10000.pdf", lambda: document({}, pages=10_000)),
    Hostile(
        "mediabox_empty.pdf",
        lambda: _plain().replace(b"[0 0 595 842]", b"[0 0 000 000]"),
        (REJECT, REVIEW, PROCESS),
    ),
    Hostile("jbig2_bomb.pdf", _jbig2_bomb, (REJECT, REVIEW, PROCESS)),
    Hostile("jpx_bomb.pdf", _jpx_bomb),
    Hostile("fax_bomb_250_pages.pdf", _fax_bomb),
    Hostile("encrypted_user_owner.pdf", _encrypted("user", "owner")),
    Hostile("encrypted_owner.pdf", _encrypted("", "owner"), (REJECT, REVIEW, PROCESS)),
    Hostile("attachments_only.pdf", _portfolio),
    Hostile("font_bomb.pdf", _font_bomb),
    Hostile("type3_loop.pdf", _type3_loop, (REJECT, REVIEW, PROCESS)),
    Hostile("cmap_bomb.pdf", _cmap_bomb, (REJECT, REVIEW, PROCESS)),
    Hostile("tiling_pattern.pdf", _tiles),
    Hostile("mask_loop.pdf", _mask_loop),
    Hostile("note_loop.pdf", _note_loop),
    Hostile("slow_pages_50.pdf", _slow_pages),
    Hostile("million_characters.pdf", _million_characters),
    Hostile("html_behind.pdf", _html_after),
    Hostile("absurd.jpg", _absurd_jpeg),
    Hostile("truncated.jpg", lambda: _jpeg()[: len(_jpeg()) // 2]),
    Hostile("pdf_in.jpg", lambda: _jpeg() + _plain(), (REJECT, REVIEW, PROCESS)),
    Hostile("jpeg.png", _jpeg, (REJECT,)),
    Hostile("bomb.png", lambda: _png(40_000, 40_000, 1, 0)),
    Hostile("large.png", lambda: _png(10_000, 10_000, 8, 6)),
    Hostile("text_bomb.png", lambda: _png(600, 800, 8, 0, _inflated(300))),
    Hostile("header_only.png", lambda: _png(600, 800, 8, 0)[:60]),
)
