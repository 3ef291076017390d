"""A receipt between the post and the page that shows it, and what became of what was filed: number and code stay out
of every address.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Literal

from litestar import Response
from litestar.datastructures import Cookie

from registry.kernel.sealed import SealBroken, seal_json, unseal_json
from registry.web.components.cookies import make
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, page, read_form

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


async def filed_page(request: Req, kind: Kind) -> Response[str]:
    """The receipt of what was just filed from this browser."""
    return _private(await page(request, f"public/{kind}_filed.html.j2", receipt=kept(request, kind)))


async def follow_page(request: Req, kind: Kind) -> Response[str]:
    """The form that asks for number and code."""
    return await page(request, f"public/{kind}_follow.html.j2", form=Form(), found=None)


async def followed_page(
    request: Req, kind: Kind, follow: Callable[[str, str], Awaitable[object | None]]
) -> Response[str]:
    """What became of it: ``follow`` finds it by number and code, or gives None."""
    form = (await read_form(request)).form
    number = form.text("number", N_("回执编号"), max_length=30)
    secret = form.text("secret", N_("查询码"), max_length=40)
    found = None
    if not form.errors:
        found = await follow(number, secret)
        if found is None:
            form.fail("number", N_("没有找到这份回执，请核对编号和查询码"))
    status = 422 if form.errors else 200
    return _private(
        await page(request, f"public/{kind}_follow.html.j2", status_code=status, form=form, found=found)
    )


def _private(response: Response[str]) -> Response[str]:
    response.headers["cache-control"] = "no-store"
    return response
