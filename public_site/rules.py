"""The rules in plain words, from the policies in force, with their sources (R30)."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

from registry.jurisdictions.queries import public_lists
from registry.kernel.errors import NotFound
from registry.policies import explain, load
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, page


@get("/rules", opt={"public": True})
async def rules(request: Req) -> Response[str]:
    """How it works, and what each list's policy says."""
    lists = await public_lists()
    policies = {one.policy_name: load(one.policy_name) for one in lists}
    return await page(request, "public/rules.html.j2", lists=lists, policies=policies)


@get("/rules/{name:str}", opt={"public": True})
async def policy(request: Req, name: FromPath[str]) -> Response[str]:
    """Every value of one policy with its meaning and source. Raises NotFound for one that no public list has."""
    if name not in {one.policy_name for one in await public_lists()}:
        raise NotFound(N_("没有找到这套规则"))
    found = load(name)
    values = explain(found)
    return await page(
        request, "public/policy.html.j2", policy=found, rows=values, stated=sum(row.stated for row in values)
    )


HANDLERS = [rules, policy]
