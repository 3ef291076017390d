"""A picture as plain bytes, so that the parent process needs no image library to pass it on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bitmap:
    """Eight bits a channel, rows without padding. ``channels`` is 3 (RGB) or 1 (grey).

    Raises ValueError where ``data`` does not have ``width * height * channels`` bytes.
    """

    width: int
    height: int
    channels: int
    data: bytes | bytearray

    def __post_init__(self) -> None:
        if self.channels not in (1, 3) or self.width < 1 or self.height < 1:
            raise ValueError("not a bitmap")
        if len(self.data) != self.width * self.height * self.channels:
            raise ValueError("bitmap data does not fit its size")
