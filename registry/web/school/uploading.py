"""Taking an uploaded file into a form: what is refused stands at its field."""

from __future__ import annotations

from registry.checks import uploads
from registry.kernel.errors import Invalid, RuleRefusal, TooLarge
from registry.web.components.i18n import N_
from registry.web.components.requests import Posted, Req, actor_of
from registry.web.files.spool import spooled


async def take(
    request: Req,
    posted: Posted,
    field: str,
    *,
    owner: str,
    owner_id: int,
    required: bool = False,
    photos: bool = True,
) -> int | None:
    """Store the file posted under ``field`` and give its id; None where there is none or it was refused.

    ``photos``: pictures are taken beside PDF. A refusal, and a missing file that is ``required``, is an error of the form.
    """
    given = posted.files.get(field, [])
    if not given:
        if required:
            posted.form.fail(field, N_("请先选择要上传的文件"))
        return None
    try:
        async with spooled(given[0]) as path:
            return await uploads.receive(
                actor_of(request),
                owner=owner,
                owner_id=owner_id,
                name=given[0].filename,
                path=path,
                allowed=uploads.PDF_OR_PHOTO if photos else uploads.PDF_ONLY,
            )
    except (Invalid, TooLarge, RuleRefusal) as error:
        wrong = error.fields[0] if isinstance(error, Invalid) and error.fields else error
        posted.form.fail(field, wrong.message, **dict(wrong.params))
        return None
