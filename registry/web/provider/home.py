"""The provider's home: its providers, rounds to apply in, applications and what they wait for."""

from __future__ import annotations

from litestar import Response, get

from registry.applications import queries as applications
from registry.applications.lifecycle import OVER
from registry.kernel.clock import today
from registry.providers import queries as providers
from registry.rounds import queries as rounds
from registry.web.components.requests import Req, actor_of, page, redirect
from registry.whitelist import queries as whitelist


@get("/provider", opt={"permission": "account.own"})
async def home(request: Req) -> Response[str]:
    """What is open, what waits for this provider, and what it has handed in."""
    actor = actor_of(request)
    if not actor.provider_ids:
        return redirect("/provider/register")
    as_of = await today()
    mine = await applications.of_providers(actor.provider_ids)
    own = await providers.names_of(actor.provider_ids)
    live = {(a.provider_id, a.round_id): a for a in mine if a.state not in OVER}
    offers = [
        {
            "round": found,
            "phase": found.phase(as_of).value,
            "days_left": (found.deadline - as_of).days,
            "providers": [one for one in own if (one.id, found.id) not in live],
        }
        for found in await rounds.open_rounds(as_of)
    ]
    return await page(
        request,
        "provider/home.html.j2",
        providers=own,
        offers=offers,
        applications=mine,
        entries=await whitelist.entries_of_provider(actor.provider_ids, as_of),
    )


HANDLERS = [home]
