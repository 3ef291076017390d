"""Taking an uploaded file: looked at in a child process, stored unchanged, recorded (R7).

The way is: a spooled file, intake in a sandbox, the object, the record. A crash or a client that goes away
in between leaves at most an object without a record, which a sweep removes.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Collection
from pathlib import Path

from registry.applications import commands as applications
from registry.documents import commands as documents
from registry.documents.commands import PutFile
from registry.kernel.actor import Actor
from registry.kernel.db import transaction
from registry.kernel.errors import FieldError, Invalid, TooLarge
from registry.settings import get_settings
from vetting.intake import FileFacts, Limits, inspect, safe_name, write_display_copy
from vetting.model import Refused

PDF_ONLY = frozenset({"application/pdf"})
PDF_OR_PHOTO = frozenset({"application/pdf", "image/jpeg", "image/png"})
_MEDIA_TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
_MERGED = 0

# Each look costs a process of up to a gigabyte: this many at once in one web process.
_LOOKING = asyncio.Semaphore(2)


def shown_name(given: str) -> str:
    """A sender's name for a file as it may be shown and stored."""
    return safe_name(given)


async def receive(
    actor: Actor, *, owner: str, owner_id: int, name: str, path: Path, allowed: Collection[str] = PDF_ONLY
) -> int:
    """Take the file at ``path`` for a record (``contract`` 3) and return the stored file's id.

    ``name`` is what the sender called it, ``allowed`` the media types that are taken. The caller has
    judged that the actor may. Raises Invalid at ``file`` with the reason, TooLarge, Unavailable.
    """
    put = await inspect_and_put(name=name, path=path, allowed=allowed)
    async with transaction():
        file_id = await documents.record(actor, put, owner=owner, owner_id=owner_id)
    return file_id  # noqa: RET504 - a return inside "async with" is lost on mypy


async def receive_for_application(
    actor: Actor, application_id: int, item: int, *, name: str, path: Path
) -> int:
    """Take a file as one of an application's items (0: the merged PDF) and return the stored file's id.

    Whether it may be handed in is judged before its bytes are looked at, and again when it is recorded.
    Raises as ``receive`` and as ``applications.commands.check_upload``.
    """
    await applications.check_upload(actor, application_id, item)
    allowed = PDF_ONLY if item == _MERGED else PDF_OR_PHOTO
    put = await inspect_and_put(name=name, path=path, allowed=allowed)
    return await applications.add_file(actor, application_id, item, put)


async def inspect_and_put(*, name: str, path: Path, allowed: Collection[str] = PDF_ONLY) -> PutFile:
    """Look at a file and store it with its copy for display; nothing is recorded yet.

    For commands that record it in their own transaction. Raises as ``receive``.
    """
    limits = Limits(max_bytes=get_settings().max_upload_bytes, max_pages=get_settings().max_pages)
    with tempfile.TemporaryDirectory(prefix="registry-display-") as folder:
        display = Path(folder) / "display.pdf"
        async with _LOOKING:
            try:
                facts = await asyncio.to_thread(_look, path, name, display, limits)
            except Refused as refused:
                raise _told(refused, limits) from refused
        media_type = _MEDIA_TYPES[facts.kind]
        if media_type not in allowed:
            raise _wrong(FieldError("file", "请上传 PDF 文件。照片请在“按项分别上传”中上传，或先转换为 PDF"))
        return await documents.put(
            path,
            name=safe_name(name, extension=_extension(facts.kind, name)),
            media_type=media_type,
            pages=facts.pages,
            display=display if display.exists() else None,
            notes=[{"code": note.code, "detail": note.detail} for note in facts.notes],
        )


def _look(path: Path, name: str, display: Path, limits: Limits) -> FileFacts:
    facts = inspect(path, name, limits)
    try:
        write_display_copy(path, display, limits, name=name)
    except Refused:
        # It can be read but not rewritten: its pages are then drawn from the original, in the sandbox too.
        display.unlink(missing_ok=True)
    return facts


def _extension(kind: str, name: str) -> str:
    if kind == "jpeg":
        return ".jpeg" if name.lower().endswith(".jpeg") else ".jpg"
    return f".{kind}"


def _told(refused: Refused, limits: Limits) -> Invalid | TooLarge:
    if refused.code == "too_large":
        return TooLarge(
            "文件超过 %(size)s MB 的上限。请以 200 dpi 重新扫描，或分成几个文件上传",
            size=str(limits.max_bytes // (1024 * 1024)),
        )
    return _wrong(FieldError("file", refused.message))


def _wrong(error: FieldError) -> Invalid:
    return Invalid("文件没有收到", fields=[error])
