"""The rules in plain words, from the policies in force, with their sources (R30)."""

from __future__ import annotations

from dataclasses import replace

from litestar import Response, get
from litestar.params import FromPath

from registry.jurisdictions.queries import public_lists
from registry.kernel.errors import NotFound
from registry.policies import Row, diff, explain, load, names
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, page, words_of


@get("/rules", opt={"public": True})
async def rules(request: Req) -> Response[str]:
    """How it works, and what each list's policy says."""
    lists = await public_lists()
    policies = {one.policy_name: load(one.policy_name) for one in lists}
    others = [load(name) for name in names() if name not in policies]
    return await page(request, "public/rules.html.j2", lists=lists, policies=policies, others=others)


_GROUPS = (
    (N_("申报"), ("categories", "category_names", "base_materials", "extra_materials", "inspection", "paper",
                  "heritage_teachers_admitted", "correction_days", "second_look_days")),
    (N_("公示与异议"), ("notice", "objections", "calendar")),
    (N_("入库"), ("listing_confirmation", "cycle_years", "yearly_review", "warning_days")),
    (N_("签约、评价与投诉"), ("contract", "evaluation", "complaint")),
    (N_("退出与禁入"), ("exit", "exit_grounds", "ban")),
    (N_("名单比对"), ("list_hits", "auto_suspension", "import_threshold", "list_refresh_days")),
    (N_("核验发现怎样处理"), ("finding_severities",)),
)  # fmt: skip


def _grouped(values: list[Row]) -> list[tuple[str, list[Row]]]:
    """The values by subject, in the order of ``_GROUPS``; what no group names comes last under 其他."""
    named = {section for _, sections in _GROUPS for section in sections}
    groups = [
        (title, [v for v in values if v.key.partition(".")[0] in sections]) for title, sections in _GROUPS
    ]
    groups.append((N_("其他"), [v for v in values if v.key.partition(".")[0] not in named]))
    return [(title, found) for title, found in groups if found]


def _in_words(value: Row) -> Row:
    """A value whose code would say nothing to a reader, as words. Policies are shown in Chinese."""
    if value.key != "calendar":
        return value
    national, _, region = str(value.raw).partition("-")
    told = "全国放假安排" + (f"，加上本地区的放假安排（{national}-{region}）" if region else "")
    return replace(value, value=told)


@get("/rules/{name:str}", opt={"public": True})
async def policy(request: Req, name: FromPath[str]) -> Response[str]:
    """Every value of one policy with its meaning, unit and source, and what differs from the default.

    Raises NotFound for a policy that there is not.
    """
    if name not in names():
        raise NotFound(N_("没有找到这套规则"))
    found, words, base = load(name), words_of(request), load("default")
    values = [_in_words(value) for value in explain(found)]
    usual = {value.key: _in_words(value).value for value in explain(base)}
    cited = {
        part.split()[0] for row in values if row.stated and row.source for part in row.source.split("；")
    }
    return await page(
        request, "public/policy.html.j2", policy=found, rows=values, stated=sum(row.stated for row in values),
        groups=[(words.gettext(title), rows) for title, rows in _grouped(values)],
        sources=[source for key, source in found.sources.items() if key in cited],
        different={one.key: usual.get(one.key, "") for one in diff(base, found)}, is_default=name == base.name,
        lists=[one for one in await public_lists() if one.policy_name == name],
    )  # fmt: skip


HANDLERS = [rules, policy]
