"""What is open data: the whitelist and the bans as rows, and what their columns mean. Nothing personal is in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.bans import queries as bans
from registry.notices import queries as notices
from registry.policies.vocabulary import Ground
from registry.web.components.i18n import N_

_PART = 500
_GROUNDS = {ground.value: ground.zh for ground in Ground}


@dataclass(frozen=True, slots=True)
class DataSet:
    """A set of rows: ``columns`` are (name, Chinese name, meaning); all words are Chinese messages."""

    key: str
    title: str
    about: str
    columns: Sequence[tuple[str, str, str]]


ENTRIES = DataSet(
    "whitelist",
    N_("白名单"),
    N_("各公开备选库的全部条目，包括暂停、到期、退出和移出的。"),
    (
        ("certificate_number", N_("证书编号"), N_("入库证书的编号，唯一")),
        ("name", N_("机构名称"), N_("入库时登记的名称")),
        ("brand", N_("品牌名称"), N_("与机构名称不同的品牌；没有的为空")),
        ("credit_code", N_("统一社会信用代码"), N_("18 位")),
        ("list", N_("备选库"), N_("所在备选库的名称")),
        ("bureau", N_("认定机关"), N_("认定入库的教育局")),
        ("region", N_("地区"), N_("认定机关所在行政区划的代码（GB/T 2260）")),
        ("categories", N_("类别"), N_("可服务的类别代码：sports 体育，arts 文化艺术，comprehensive_practice 综合实践，technology 科技")),
        ("subjects", N_("项目"), N_("由课程名称归类的项目代码，如 football 足球，calligraphy 书法")),
        ("lowest_price_yuan", N_("最低课时价"), N_("各课程课时价中最低的，元；未填报的为空")),
        ("status", N_("状态"), N_("listed 在册，suspended 暂停，lapsed 证照过期，expired 到期，withdrawn 退出，removed 移出")),
        ("since", N_("状态起始日"), N_("从哪一天起是这个状态")),
        ("listed_on", N_("入库日"), N_("在册期的第一天")),
        ("ends_on", N_("在册期止"), N_("在册期的最后一天")),
        ("as_of", N_("数据日期"), N_("状态是哪一天的")),
    ),
)  # fmt: skip

BANS = DataSet(
    "bans",
    N_("禁入名单"),
    N_("被移出备选库并在规定年限内不得再申报的机构，包括已满和已撤销的。"),
    (
        ("name", N_("机构名称"), N_("作出决定时的名称")),
        ("credit_code", N_("统一社会信用代码"), N_("18 位")),
        ("ground", N_("退出情形"), N_("情形代码，中文见 ground_name 列")),
        ("ground_name", N_("退出情形名称"), N_("情形的中文名称")),
        ("authority", N_("决定机关"), N_("作出决定的教育局")),
        ("decided_on", N_("决定日"), N_("作出决定的日期，当日起禁入")),
        ("last_day", N_("最后一日"), N_("禁入的最后一天，次日起可再申报")),
        ("reach", N_("范围"), N_("禁入在哪个行政区划内有效")),
        ("state", N_("状态"), N_("in_force 禁入期内，over 已满，overturned 已撤销")),
        ("appeal", N_("申诉"), N_("none 未申诉，lodged 已申诉、办理中，maintained 维持原决定，overturned 原决定已撤销")),
        ("as_of", N_("数据日期"), N_("状态是哪一天的")),
    ),
)  # fmt: skip

NOTICES = DataSet(
    "notices",
    N_("公示目录"),
    N_("各公开备选库发布的全部公示。每份公示的机构名单在公示页面下载。"),
    (
        ("number", N_("公示编号"), N_("公示的编号，唯一")),
        ("title", N_("标题"), N_("发布时的标题")),
        ("list", N_("备选库"), N_("所在备选库的名称")),
        ("bureau", N_("发布机关"), N_("发布公示的教育局")),
        ("published_on", N_("发布日"), N_("发布的日期")),
        ("last_day", N_("最后一日"), N_("公示期的最后一个工作日")),
        ("provisional", N_("是否预计"), N_("true 表示放假安排尚未公布，最后一日为预计")),
        ("providers", N_("机构数"), N_("公示中的机构数，撤下的不计")),
        ("phase", N_("状态"), N_("open 公示中，passed 已期满")),
        ("as_of", N_("数据日期"), N_("状态是哪一天的")),
    ),
)  # fmt: skip

SETS = (ENTRIES, BANS, NOTICES)
FORMATS = (("xlsx", "Excel (.xlsx)"), ("csv", "CSV"), ("json", "JSON"), ("jsonl", "JSON Lines"))


async def banned(as_of: date, **filters: Any) -> AsyncIterator[dict[str, Any]]:
    """The bans that ``list_bans`` finds with ``filters``, as rows of ``BANS``."""
    after: str | None = None
    while True:
        part = await bans.list_bans(as_of=as_of, after=after, limit=_PART, **filters)
        for b in part.bans:
            yield {
                "id": b.id, "name": b.name, "credit_code": b.credit_code, "ground": b.ground,
                "ground_name": _GROUNDS.get(b.ground, b.ground), "authority": b.bureau_name,
                "decided_on": b.decided_on.isoformat(), "last_day": b.last_day.isoformat(), "reach": b.reach_name,
                "state": b.state(as_of), "appeal": b.appeal(as_of), "as_of": as_of.isoformat(),
            }  # fmt: skip
        after = part.after
        if after is None:
            return


async def published(as_of: date) -> AsyncIterator[dict[str, Any]]:
    """All public notices as rows of ``NOTICES``."""
    after: int | None = None
    while True:
        part = await notices.notices(as_of, after=after, limit=_PART)
        for n in part.rows:
            yield {
                "id": n.id, "number": n.number, "title": n.title, "list": n.list_name, "bureau": n.bureau_name,
                "published_on": n.published_on.isoformat(), "last_day": n.last_day.isoformat(),
                "provisional": n.provisional, "providers": n.providers - n.taken_off, "phase": n.phase(as_of).value,
                "as_of": as_of.isoformat(),
            }  # fmt: skip
        if part.after is None:
            return
        after = int(part.after)
