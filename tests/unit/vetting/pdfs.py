"""Small PDFs written by hand, so that tests can be as wrong as an attacker."""

from __future__ import annotations

Objects = dict[int, bytes]


def stream(data: bytes, entries: str = "") -> bytes:
    """A stream object."""
    return f"<< /Length {len(data)} {entries} >>\nstream\n".encode() + data + b"\nendstream"


def text_page(content: bytes, entries: str = "") -> Objects:
    """Pages, a page with the content stream and a font."""
    return {
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: (
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            f"/Resources << /Font << /F1 5 0 R >> /XObject << /X 6 0 R >> >> {entries} >>"
        ).encode(),
        4: content,
        5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        6: stream(b"", "/Type /XObject /Subtype /Form /BBox [0 0 9 9]"),
    }


def page(entries: str) -> Objects:
    """A page with further entries of its own."""
    return text_page(stream(b"BT /F1 12 Tf 50 700 Td (Registered 2022) Tj ET"), entries)


def image(entries: str) -> Objects:
    """A page that draws an image with such entries."""
    drawn = stream(b"abc", f"/Type /XObject /Subtype /Image /ColorSpace /DeviceGray {entries}")
    return {**text_page(stream(b"q 500 0 0 500 0 0 cm /X Do Q")), 6: drawn}


def form(content: str, *, loop: bool) -> Objects:
    """A page that draws a form, which draws itself where ``loop`` says so."""
    own = " /Resources << /XObject << /X 6 0 R >> >>" if loop else ""
    drawn = stream(content.encode(), f"/Type /XObject /Subtype /Form /BBox [0 0 9 9]{own}")
    return {**text_page(stream(b"/X Do")), 6: drawn}


def document(objects: Objects, *, root: str = "", pages: int | None = None) -> bytes:
    """A whole file. With ``pages``, that many empty pages instead of ``objects``."""
    if pages is not None:
        kids = " ".join(f"{number} 0 R" for number in range(10, 10 + pages))
        objects = {2: f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode()}
        leaf = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
        objects |= dict.fromkeys(range(10, 10 + pages), leaf)
    objects = {1: f"<< /Type /Catalog /Pages 2 0 R {root} >>".encode(), **objects}
    out = bytearray(b"%PDF-1.7\n")
    places: dict[int, int] = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table, size = len(out), max(objects) + 1
    out += f"xref\n0 {size}\n0000000000 65535 f \n".encode()
    for number in range(1, size):
        entry = f"{places[number]:010d} 00000 n \n" if number in places else "0000000000 65535 f \n"
        out += entry.encode()
    out += f"trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)
