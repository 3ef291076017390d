"""Realistic, fictional data for ``/design``: every part empty, typical and overfull (demo mode, screenshots).

All organisations, people and codes are invented; the days are those of the demo (2022-06-20 …).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from registry.web.components.context import Flash, NavItem, PageContext, Viewer
from registry.web.components.formats import SHANGHAI
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_, Locale, translator
from registry.web.components.kit import render, static_url
from registry.web.components.listing import Column, Listing

PAGES: dict[str, str] = {
    "records": N_("状态与记录"),
    "forms": N_("表单"),
    "findings": N_("审查发现"),
    "tables": N_("列表"),
    "panels": N_("确认与进度"),
    "consequences": N_("重大决定"),
}
ERROR_STATUSES = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503)

NAME = "青檬树（南宁）体育文化有限公司"
CODE = "91450105MA5NKRE41R"
LONG_NAME = "广西壮族自治区南宁市岚山区青少年体育艺术科技综合素质教育实践活动与课后服务管理咨询发展中心（有限合伙）第一分公司东盟商务区"
TODAY = date(2022, 7, 8)


def showcase_context(locale: Locale, page: str, signed_in: bool = True) -> PageContext:
    """The frame of a showcase page as a reviewer (or nobody) sees it."""
    return PageContext(
        locale=locale,
        path=f"/design/{page}",
        viewer=Viewer("覃雨桐", N_("初审"), "南宁市示范教育局") if signed_in else None,
        nav=(
            NavItem(N_("申报审核"), "/bureau/applications", 12, "inbox"),
            NavItem(N_("公示与异议"), "/bureau/notices", 1, "speakerphone"),
            NavItem(N_("在册机构"), "/design", 0, "certificate"),
            NavItem(N_("退出案件"), "/bureau/exits", 1200, "gavel"),
            NavItem(N_("遴选批次"), "/bureau/rounds", 0, "calendar"),
        )
        if signed_in
        else (),
        csrf_token="design",  # noqa: S106 - a page that takes no posts
        demo_day=TODAY,
        site="南宁市示范教育局",
        flash=(Flash("success", translator(locale).gettext(N_("已保存草稿。"))),) if page == "forms" else (),
    )


def render_showcase(page: str, locale: Locale, signed_in: bool = True) -> str:
    """One page of the showcase as HTML; ``page`` is a key of ``PAGES``. Raises ``KeyError`` for another."""
    title = PAGES[page]
    ctx = showcase_context(locale, page, signed_in)
    return render(
        f"components/design/{page}.html.j2", ctx, pages=PAGES, page=page, title=title, **_data(locale)
    )


def _data(locale: Locale) -> dict[str, Any]:
    return {
        "name": NAME, "code": CODE, "long_name": LONG_NAME, "today": TODAY,
        "events": _events(), "window": _window(), "holiday_window": _holiday_window(),
        "items": _findings(), "view": _view(), "price": Decimal(40),
        "empty_form": Form(), "typical_form": _typical_form(), "wrong_form": _wrong_form(locale),
        "listing": _listing(), "rows": _rows(300), "notice_row": _rows(1)[0],
    }  # fmt: skip


def _events() -> list[dict[str, Any]]:
    return [
        {"when": datetime(2022, 7, 4, 9, 0, tzinfo=SHANGHAI), "title": "发布公示", "who": "黄子墨（复审）",
         "text": "与同批次另外 11 家机构一并公示，共 5 个工作日。", "tone": "amber", "icon": "calendar-event"},
        {"when": datetime(2022, 7, 1, 16, 20, tzinfo=SHANGHAI), "title": "拟入围", "who": "黄子墨（复审）",
         "text": "材料齐全，资质有效，同意初审意见。", "tone": "blue", "icon": "list-check"},
        {"when": datetime(2022, 6, 28, 10, 5, tzinfo=SHANGHAI), "title": "退回补正，已补正", "who": "覃雨桐（初审）",
         "text": "补交蒙佳宁老师的教师资格证书；机构于 6月29日 补正。", "tone": "grey", "icon": "edit"},
        {"when": datetime(2022, 6, 21, 14, 6, tzinfo=SHANGHAI), "title": "材料核验完成", "url": "#",
         "text": "42 页，11 份材料，2 项需核对。", "tone": "grey", "icon": "search"},
        {"when": datetime(2022, 6, 21, 14, 2, tzinfo=SHANGHAI), "title": "提交申报", "who": "卢晓岚（机构）",
         "tone": "blue", "icon": "send"},
    ]  # fmt: skip


def _day(day: date, counts: int | None, kind: str, reason: str = "") -> dict[str, Any]:
    return {"date": day, "counts": counts, "kind": kind, "reason": reason}


def _window() -> list[dict[str, Any]]:
    """Published on Monday 2022-07-04: five working days, the weekend between (R15)."""
    first = date(2022, 7, 4)
    plan = [(None, "published"), (1, "working"), (2, "working"), (3, "working"), (4, "working"),
            (None, "weekend"), (None, "weekend"), (5, "working")]  # fmt: skip
    return [_day(first + timedelta(n), counts, kind) for n, (counts, kind) in enumerate(plan)]


def _holiday_window() -> list[dict[str, Any]]:
    """Published on Saturday 2023-04-15 under CN-GX: the regional days off around 壮族三月三 (R29)."""
    first = date(2023, 4, 15)
    plan = [(None, "published", ""), (None, "weekend", ""), (1, "working", ""), (2, "working", ""),
            (3, "working", ""), (4, "working", ""), (None, "off", "壮族三月三"), (None, "weekend", ""),
            (None, "off", "壮族三月三，不执行全国调休"), (5, "working", "")]  # fmt: skip
    return [_day(first + timedelta(n), *rest) for n, rest in enumerate(plan)]


def _view(
    box: tuple[float, float, float, float] | None = (0.12, 0.636, 0.86, 0.662), page: int = 2, text: str = ""
) -> dict[str, Any]:
    return {
        "image_url": static_url("design-page.svg"), "width": 1654, "height": 2339, "page": page, "pages": 42,
        "page_url": "/design/findings#page", "label": "营业执照", "box": box, "text": text,
        "boxes": [{"box": box, "label": "营业期限：2019年03月18日至2022年06月21日", "tone": "red"}],
    }  # fmt: skip


def _findings() -> list[dict[str, Any]]:
    code_box = (0.12, 0.27, 0.56, 0.302)
    items: list[dict[str, Any]] = [
        {"severity": "block", "rule": "R10", "code": "licence_expired",
         "message": "营业执照有效期至2022年6月21日，早于申报截止日2022年6月22日，已过期 1 天。请机构提交换发后的营业执照。",
         "evidence": [_view(text="营业期限 2019年03月18日至2022年06月21日")]},
        {"severity": "block", "rule": "R4", "code": "credit_code_mismatch",
         "message": "填报的统一社会信用代码与营业执照不一致。", "typed": "91450105MA5NKRE4IR", "printed": CODE,
         "evidence": [_view(code_box, text=CODE)], "decision": "upheld",
         "decision_reason": "第 17 位填成了字母 I，请机构更正。", "decided_by": "覃雨桐，2022-06-23"},
        {"severity": "block", "rule": "R3", "code": "name_mismatch",
         "message": "填报的机构名称与营业执照不一致，且未见名称变更通知书。",
         "typed": "青檬树(南宁)体育文化传播有限公司", "printed": NAME,
         "evidence": [_view((0.12, 0.35, 0.8, 0.375), text=NAME)]},
        {"severity": "warn", "rule": "R6", "code": "teacher_certificate_missing",
         "message": "教师名册中的蒙佳宁没有对应的资格证书。请补交证书，或由审核人员按非遗传承人、民间艺人认定并写明理由。"},
        {"severity": "warn", "rule": "R11", "code": "unreadable_page",
         "message": "第 31 页模糊，无法辨认。请人工核对，或请机构重新扫描（建议 200 dpi、灰度）。",
         "evidence": [_view(None, 31, "第 31 页")], "decision": "overruled",
         "decision_reason": "已对照原件核对，为年检情况页，两年均合格。", "decided_by": "覃雨桐，2022-06-23"},
        {"severity": "info", "rule": "R10", "code": "lapses_before_cycle_end",
         "message": "陆建宁的专业技能证书有效期至2024年4月3日，早于本周期最后一日2024年7月4日。"},
    ]  # fmt: skip
    more = [
        {"severity": "warn" if n < 4 else "info", "rule": "R6", "code": "material_unsealed",
         "message": f"第 {n + 5} 份材料未见机构公章。"}
        for n in range(6)
    ]  # fmt: skip
    return items + more


def _typical_form() -> Form:
    return filled(
        {
            "name": NAME, "code": CODE, "address": "南宁市岚山区邕南路38号荷风大厦1楼", "kind": "business",
            "categories": ["sports", "arts"], "valid_until": date(2024, 4, 3), "price": "40.00",
            "plan": "每周一至周四放学后开展足球、篮球活动，每班不超过 30 人，由持证教练带队。",
            "teachers": [
                {"name": "卢云飞", "certificate": "社会体育指导员证书", "until": None},
                {"name": "陆建宁", "certificate": "专业技能证书", "until": date(2024, 4, 3)},
            ],
            "agree": True,
        }
    )  # fmt: skip


def _wrong_form(locale: Locale) -> Form:
    pairs = [
        ("name", LONG_NAME * 2), ("code", "91450105MA5NKRE4IR"), ("valid_until", "2022-02-30"),
        ("price", "四十"), ("teachers-0-name", ""), ("teachers-0-certificate", "教师资格证书"),
    ]  # fmt: skip
    form = Form(pairs, translator(locale).gettext)
    form.text("name", N_("机构名称"), max_length=100)
    form.fail("code", N_("统一社会信用代码第 18 位校验不符，请对照营业执照核对"))
    form.choice("kind", N_("登记类型"), ["business"])
    form.choices("categories", N_("申报类别"), ["sports"])
    form.date("valid_until", N_("有效期至"))
    form.amount("price", N_("每课时收费"))
    form.text("plan", N_("服务方案摘要"))
    for row in form.rows("teachers", max_rows=300):
        row.text("name", N_("姓名"))
    form.fail("merged", N_("请选择要上传的文件"))
    form.ticked("agree", required=N_("请勾选承诺后再提交"))
    return form


def _listing() -> Listing:
    return Listing(
        "/design/tables",
        (
            Column("name", N_("机构"), sortable=True),
            Column("code", N_("统一社会信用代码"), kind="code"),
            Column("categories", N_("类别"), kind="short"),
            Column("state", N_("状态")),
            Column("until", N_("有效期至"), sortable=True, kind="date"),
            Column("price", N_("收费"), sortable=True, kind="number"),
            Column("act", ""),
        ),
        query=(("q", "体育"), ("sort", "name")),
        sort="name",
        next_cursor="eyJuIjozMDB9",
        previous_cursor="eyJuIjoxfQ",
        total=1000,
        capped=True,
        filters=("q", "category", "state"),
    )


def _rows(count: int) -> list[dict[str, Any]]:
    stems = (
        "青檬树体育",
        "亭禾艺术",
        "蓝月美育",
        "小木匠实践",
        "云娇舞蹈",
        "跳绳社",
        "博羽羽毛球",
        "飞鱼游泳",
    )
    kinds = ("体育类", "文化艺术类", "综合实践类")
    states = ("listed", "listed", "listed", "suspended", "lapsed", "removed", "expired", "listed")
    rows = []
    for n in range(count):
        name = LONG_NAME if n == 3 else f"{stems[n % 8]}（虚构{n + 1:03d}）有限公司"
        rows.append(
            {"name": name, "code": f"9145010{n % 10}MA5N{n:05d}{'ABCDEFGH'[n % 8]}", "categories": kinds[n % 3],
             "state": states[n % 8], "until": date(2024, 7, 4) - timedelta(n % 8), "price": Decimal(30 + n % 5 * 5)}
        )  # fmt: skip
    return rows
