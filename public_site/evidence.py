"""Files that somebody without an account hands in: looked at and stored, what is wrong stands at the field."""

from __future__ import annotations

from registry.checks import uploads
from registry.documents.commands import PutFile
from registry.kernel.errors import Invalid, TooLarge
from registry.web.components.i18n import N_
from registry.web.components.requests import Posted
from registry.web.files.spool import spooled

MAX_BYTES = 20 * 1024 * 1024
ACCEPT = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"


async def taken(posted: Posted, field: str = "evidence", *, most: int = 1) -> list[PutFile]:
    """The files posted under ``field``, stored and not yet recorded; none where one of them is refused."""
    given = posted.files.get(field, [])
    if len(given) > most:
        posted.form.fail(field, N_("最多上传 %(most)s 个文件，请合并后再上传"), most=most)
        return []
    put: list[PutFile] = []
    for one in given:
        async with spooled(one) as path:
            if path.stat().st_size > MAX_BYTES:
                posted.form.fail(
                    field, N_("文件超过 %(size)s MB 的上限，请降低分辨率后再上传"), size=MAX_BYTES >> 20
                )
                return []
            try:
                put.append(
                    await uploads.inspect_and_put(name=one.filename, path=path, allowed=uploads.PDF_OR_PHOTO)
                )
            except (Invalid, TooLarge) as error:
                wrong = error.fields[0] if isinstance(error, Invalid) and error.fields else error
                posted.form.fail(field, wrong.message, **dict(wrong.params))
                return []
    return put
