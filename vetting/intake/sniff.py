"""The type of a file by its first and last bytes, whatever its name says."""

from __future__ import annotations

import struct

PDF = "pdf"
JPEG = "jpeg"
PNG = "png"

HEAD_BYTES = 1024
TAIL_BYTES = 66 * 1024

_IMAGE_EXTENSIONS = {".jpg": JPEG, ".jpeg": JPEG, ".png": PNG}
_ZIP_END = b"PK\x05\x06"


def kind_of(head: bytes, name: str) -> str | None:
    """Give the type, or None where content or name say that it is not one we take.

    A PDF must begin with ``%PDF-`` at its first byte; pictures are taken under their own extension only.
    """
    lowered = name.lower()
    wanted = next((kind for suffix, kind in _IMAGE_EXTENSIONS.items() if lowered.endswith(suffix)), PDF)
    if head.startswith(b"%PDF-"):
        found = PDF
    elif head.startswith(b"\xff\xd8\xff"):
        found = JPEG
    elif head.startswith(b"\x89PNG\r\n\x1a\n"):
        found = PNG
    else:
        return None
    return found if found == wanted else None


def ends_as_zip(tail: bytes, size: int) -> bool:
    """Whether a ZIP reader would accept the file: an end record whose numbers fit the file."""
    at = tail.rfind(_ZIP_END)
    while at >= 0:
        record = tail[at : at + 22]
        if len(record) == 22:
            length, offset, comment = struct.unpack("<IIH", record[12:22])
            start = size - len(tail) + at
            if offset + length <= start and at + 22 + comment <= len(tail):
                return True
        at = tail.rfind(_ZIP_END, 0, at)
    return False
