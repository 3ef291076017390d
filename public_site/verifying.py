"""What the QR code on a provider's door opens: one word that says what it is today, and as of when (R19)."""

from __future__ import annotations

from urllib.parse import quote

import segno
from litestar import Response, get
from markupsafe import Markup

from registry.bans import queries as bans
from registry.kernel.clock import real_now, today
from registry.policies.vocabulary import CATEGORY_NAMES, Ground
from registry.settings import get_settings
from registry.web.components.forms import Form
from registry.web.components.requests import Req, page
from registry.whitelist import queries as whitelist

_GROUNDS = {ground.value: ground.zh for ground in Ground}


def site_of(request: Req) -> str:
    """The address of this site without a slash at its end: the configured one, else the one asked."""
    return (get_settings().public_url or str(request.base_url)).rstrip("/")


def qr_of(request: Req, number: str) -> Markup:
    """A QR code that leads to the check of a certificate number, as an inline drawing."""
    code = segno.make(f"{site_of(request)}/verify?number={quote(number)}", error="m", micro=False)
    return Markup(code.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None))  # noqa: S704 -- drawn by segno from a code of ours


@get("/verify", opt={"public": True})
async def verify(request: Req) -> Response[str]:
    """Check a certificate number at one glance: listed, suspended, removed, over, or not known."""
    number = request.query_params.get("number", "").strip()[:60]
    if not number:
        return await page(request, "public/verify.html.j2", form=Form(), number="")
    as_of = await today()
    found = await whitelist.certified(number, as_of)
    if found is None:
        return await page(
            request, "public/verify.html.j2", status_code=404, number=number, form=Form([("number", number)]),
            checked_at=real_now(), as_of=as_of,
        )  # fmt: skip
    entry, ground = found
    barred = [ban for ban in await bans.of_provider(entry.provider_id) if ban.in_force(as_of)]
    return await page(
        request, "public/verified.html.j2", e=entry, ground=ground, as_of=as_of, checked_at=real_now(), bans=barred,
        category_names=CATEGORY_NAMES, grounds=_GROUNDS, cause_name=whitelist.cause_name,
    )  # fmt: skip


HANDLERS = [verify]
