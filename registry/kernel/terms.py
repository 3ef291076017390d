"""Codes that carry the name officials use for them."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A code with its Chinese name in ``zh`` (a gettext msgid)."""

    zh: str

    def __new__(cls, code: str, zh: str) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.zh = zh
        return member
