"""What somebody sent after their session had ended: kept in the sign-in page, to be sent again afterwards.

Nothing is stored on the server: the fields travel as one hidden field from the page that says "sign in again" to
the page that asks whether to go on. Passwords and the old token are left out; files cannot be kept and are named.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from litestar.datastructures import UploadFile
from litestar.exceptions import HTTPException

from registry.web.components.context import CSRF_FIELD
from registry.web.components.forms import MAX_FIELDS
from registry.web.components.requests import Req

KEPT_FIELD = "kept"
KEPT_TO_FIELD = "kept_to"
_SECRETS = frozenset({CSRF_FIELD, "password", "password_again", "new_password"})
_MAX_CHARACTERS = 500_000


@dataclass(frozen=True, slots=True)
class Kept:
    """Fields (name, value) that were on their way to ``to``, one of our addresses."""

    to: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...] = ()

    @property
    def packed(self) -> str:
        """The fields as the value of one hidden field."""
        return json.dumps(self.fields, ensure_ascii=False)


async def sent_too_late(request: Req) -> Kept | None:
    """What a request wanted to send; None where there is nothing worth keeping."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method != "POST" or kind not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        return None
    try:
        pairs = (await request.form()).multi_items()
    except HTTPException:
        return None
    fields = tuple(
        (name, str(value))
        for name, value in pairs
        if not isinstance(value, UploadFile) and name not in _SECRETS
    )
    files = tuple(value.filename for _, value in pairs if isinstance(value, UploadFile) and value.filename)
    if not any(value.strip() for _, value in fields) or sum(len(v) for _, v in fields) > _MAX_CHARACTERS:
        return None
    return Kept(request.url.path, fields, files)


def unpack(to: str, packed: str) -> Kept | None:
    """What a posted sign-in form carries along; None for nothing, or for what is not of our making."""
    if not to.startswith("/") or to.startswith(("//", "/\\")) or len(packed) > 2 * _MAX_CHARACTERS:
        return None
    try:
        found = json.loads(packed)
        fields = tuple((str(name), str(value)) for name, value in found[:MAX_FIELDS])
    except (ValueError, TypeError, KeyError):
        return None
    return Kept(to, tuple(pair for pair in fields if pair[0] not in _SECRETS)) if fields else None
