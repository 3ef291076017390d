"""A receipt between the post and the page that shows it: in a sealed cookie, never in an address."""

from __future__ import annotations

import base64
import binascii
from dataclasses import asdict, dataclass
from typing import Literal

from litestar.datastructures import Cookie

from registry.kernel.sealed import SealBroken, seal_json, unseal_json
from registry.web.components.cookies import make
from registry.web.components.requests import Req

Kind = Literal["objection", "complaint"]
_COOKIE = "registry_receipt"
_CONTEXT = "receipt_cookie"
_SHOWN_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class ShownReceipt:
    """What the page after filing shows: number and code, about which provider, and the page it came from."""

    kind: Kind
    number: str
    secret: str
    provider: str
    back: str


def keep(receipt: ShownReceipt) -> Cookie:
    """The cookie that carries a receipt to its page for half an hour."""
    token = base64.urlsafe_b64encode(seal_json(asdict(receipt), _CONTEXT)).decode()
    return make(_COOKIE, token, max_age=_SHOWN_SECONDS)


def kept(request: Req, kind: Kind) -> ShownReceipt | None:
    """The receipt of a kind that the browser brings along, if any that is ours."""
    try:
        token = base64.urlsafe_b64decode(request.cookies.get(_COOKIE, "").encode("ascii", "replace"))
        found = ShownReceipt(**unseal_json(token, _CONTEXT))
    except (SealBroken, binascii.Error, ValueError, TypeError):
        return None
    return found if found.kind == kind else None
