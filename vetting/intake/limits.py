"""What a file may cost."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for one file. Sizes in bytes, pages in points (1/72 inch), times in seconds.

    ``cpu_seconds`` bounds the child's processor time in one request, ``wall_seconds`` is the backstop for one
    that waits, wide enough for a busy machine. ``overdraft_seconds`` is the processor time that all requests
    of one file may take beyond a normal second each: a file with many slow pages is given up as a whole. ``max_drawn_pixels`` bounds the pixels of all images drawn on
    its pages together, however little each takes: some 200 pages of A4 at 400 dpi.
    """

    max_bytes: int = 100 * 1024 * 1024
    max_pages: int = 300
    max_page_points: float = 14_400.0
    max_image_pixels: int = 120_000_000
    max_stream_bytes: int = 96 * 1024 * 1024
    max_total_bytes: int = 768 * 1024 * 1024
    max_objects: int = 400_000
    max_chars: int = 30_000
    render_side: int = 2_600
    memory_bytes: int = 1_100 * 1024 * 1024
    wall_seconds: float = 45.0
    cpu_seconds: int = 12
    overdraft_seconds: float = 25.0
    max_drawn_pixels: int = 3_500_000_000

    def to_json(self) -> dict[str, Any]:
        """Give the limits as JSON values, for the child."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Limits:
        """Give back what :meth:`to_json` wrote."""
        return cls(**data)
