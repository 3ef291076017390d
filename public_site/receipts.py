"""An objection's receipt between the post and the page that shows it: in a sealed cookie, never in an address."""

from __future__ import annotations

import base64
import binascii
from dataclasses import asdict, dataclass

from litestar.datastructures import Cookie

from registry.kernel.sealed import SealBroken, seal_json, unseal_json
from registry.web.components.cookies import make
from registry.web.components.requests import Req

_COOKIE = "registry_receipt"
_CONTEXT = "objection.receipt_cookie"
_SHOWN_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class ShownReceipt:
    """What the page after filing shows: number and code, which provider, on which notice."""

    number: str
    secret: str
    provider: str
    notice_id: int


def keep(receipt: ShownReceipt) -> Cookie:
    """The cookie that carries a receipt to its page for half an hour."""
    token = base64.urlsafe_b64encode(seal_json(asdict(receipt), _CONTEXT)).decode()
    return make(_COOKIE, token, max_age=_SHOWN_SECONDS)


def kept(request: Req) -> ShownReceipt | None:
    """The receipt that the browser brings along, if any that is ours."""
    try:
        token = base64.urlsafe_b64decode(request.cookies.get(_COOKIE, "").encode("ascii", "replace"))
        return ShownReceipt(**unseal_json(token, _CONTEXT))
    except (SealBroken, binascii.Error, ValueError, TypeError):
        return None
