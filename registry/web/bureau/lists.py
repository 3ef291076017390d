"""The lists that providers are checked against: how fresh each is, its imports, looking a name up (R3)."""

from __future__ import annotations

from litestar import Response, get

from registry.kernel.actor import Role
from registry.screening import queries
from registry.screening.tables import LIST_KINDS
from registry.web.bureau.asking import choice_in, number_in, query_of, text_in
from registry.web.bureau.words import LIST_NAMES
from registry.web.components.exports import spreadsheet
from registry.web.components.forms import filled
from registry.web.components.i18n import N_, Translator
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, actor_of, day_of, page, words_of

PATH = "/bureau/lists"

TEMPLATE_COLUMNS = (
    N_("编号"), N_("主体类型"), N_("名称"), N_("曾用名"), N_("统一社会信用代码"), N_("法定代表人"),
    N_("法定代表人身份证号"), N_("行政区划代码"), N_("列入日期"), N_("届满日期"), N_("移出日期"), N_("列入事由"),
    N_("列入机关"),
)  # fmt: skip
# Read back by the import, so the example stays Chinese whatever language the page is in.
_EXAMPLE = (
    "2022-001", "机构", "示例市示例教育咨询有限公司", "示例市旧名教育咨询有限公司", "91450100MA5EXAMPL0", "张某", "",
    "450100", "2022-01-10", "2025-01-09", "", "示例：违规开展学科类培训", "示例市市场监督管理局",
)  # fmt: skip


def kind_options(words: Translator) -> list[tuple[str, str]]:
    """The kinds of list that can be imported, with their names."""
    return [(kind, words.gettext(LIST_NAMES[kind])) for kind in LIST_KINDS]


@get(PATH, opt={"permission": "bureau.read"})
async def lists_page(request: Req) -> Response[str]:
    """Every list with its freshness, what waits, whom to look at, and the latest imports."""
    actor, as_of = actor_of(request), day_of(request)
    bureaux = actor.bureau_ids()
    administered = actor.bureau_ids(Role.BUREAU_ADMIN)
    imports, _ = await queries.history(bureaux, limit=5)
    return await page(
        request,
        "bureau/lists.html.j2",
        lists=await queries.overview(bureaux, as_of),
        waiting=[
            one
            for one in await queries.waiting_imports(bureaux)
            if one.state == "waiting" or one.bureau_id in administered
        ],
        unjudged=await queries.unjudged(bureaux),
        imports=imports,
        list_names=LIST_NAMES,
        may_import=bool(administered),
        form=filled({}),
    )


@get(f"{PATH}/imports", opt={"permission": "bureau.read"})
async def history_page(request: Req) -> Response[str]:
    """What was imported: which list, when, by whom, what changed."""
    kind = choice_in(request, "kind", LIST_KINDS)
    found, more = await queries.history(
        actor_of(request).bureau_ids(), kind=kind, before=number_in(request, "after"), limit=20
    )
    listing = Listing(
        f"{PATH}/imports",
        [
            Column("list", N_("名单")),
            Column("state", N_("状态"), kind="short"),
            Column("on", N_("导入日期"), kind="date"),
            Column("by", N_("导入人"), kind="short"),
            Column("counts", N_("变动"), kind="short"),
        ],
        query=query_of(request),
        next_cursor=str(more) if more else None,
        filters=("kind",),
        exports=(),
    )
    return await page(
        request,
        "bureau/lists_imports.html.j2",
        listing=listing,
        rows=found,
        list_names=LIST_NAMES,
        kinds=kind_options(words_of(request)),
        form=filled({"kind": kind}),
    )


@get(f"{PATH}/search", opt={"permission": "bureau.read"})
async def search_page(request: Req) -> Response[str]:
    """Rows of the lists as they stand, by a part of the name or the code."""
    actor, words = actor_of(request), words_of(request)
    q, kind = text_in(request, "q", 200), choice_in(request, "kind", LIST_KINDS)
    found, more = await queries.search(
        actor.bureau_ids(), q=q, kind=kind, after=number_in(request, "after") or 0
    )
    listing = Listing(
        f"{PATH}/search",
        [
            Column("name", N_("名称")),
            Column("list", N_("名单")),
            Column("force", N_("列入期"), kind="short"),
            Column("state", N_("状态"), kind="short"),
            Column("grounds", N_("事由")),
        ],
        query=query_of(request),
        next_cursor=str(more) if more else None,
        filters=("q", "kind"),
        exports=(),
    )
    return await page(
        request,
        "bureau/lists_search.html.j2",
        listing=listing,
        rows=found,
        as_of=day_of(request),
        officer=bool(actor.bureau_ids(Role.REVIEWER, Role.APPROVER, Role.BUREAU_ADMIN)),
        list_names=LIST_NAMES,
        kinds=kind_options(words),
        form=filled({"q": q, "kind": kind}),
    )


@get([f"{PATH}/template.xlsx", f"{PATH}/template.csv"], opt={"permission": "bureau.read"})
async def template(request: Req) -> Response[bytes]:
    """An empty list with the headings that the import knows, and one example to be overwritten."""
    return spreadsheet(
        request.url.path.rpartition(".")[2],
        words_of(request).gettext(N_("名单导入模板")),
        list(TEMPLATE_COLUMNS),
        [list(_EXAMPLE)],
    )


HANDLERS = [lists_page, history_page, search_page, template]
