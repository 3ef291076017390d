"""What the pages for list files and for existing records read alike: which bureau, which file, which columns."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from litestar.datastructures import UploadFile

from registry.kernel.actor import Actor, Role
from registry.kernel.errors import FieldError, Invalid, TooLarge
from registry.web.components.exports import XLSX
from registry.web.components.forms import Form
from registry.web.components.i18n import N_

_LONGEST_NUMBER = 4


def bureau_of(form: Form, actor: Actor) -> int:
    """The bureau that a file is for: the only one the actor administers, or the chosen one (0: none was)."""
    administered = sorted(actor.bureau_ids(Role.BUREAU_ADMIN))
    if len(administered) == 1:
        return administered[0]
    chosen = form.choice("bureau", N_("教育局"), [str(one) for one in administered])
    return int(chosen) if chosen else 0


def columns_of(form: Form, fields: Iterable[str]) -> dict[str, int]:
    """Field -> column as posted (``column-FIELD``); what is empty or nonsense is left out."""
    typed = {field: form.value(f"column-{field}") for field in fields}
    return {
        field: int(text)
        for field, text in typed.items()
        if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    }


async def keep(
    sent: UploadFile, most: int, upload: Callable[[str, bytes], Awaitable[int]], made: list[int]
) -> None:
    """Hand a sent file (name, at most ``most`` + 1 bytes) to ``upload`` and note the id it gave.

    Raises Invalid at the field where it is too large.
    """
    content = await asyncio.to_thread(sent.file.read, most + 1)
    try:
        made.append(await upload(sent.filename or "", content))
    except TooLarge as error:
        raise Invalid(fields=[FieldError("file", error.message, error.params)]) from error


def media_type_of(content: bytes) -> str:
    """What a kept file is, by its first bytes: a workbook, or text."""
    return XLSX if content.startswith(b"PK") else "text/csv; charset=utf-8"
