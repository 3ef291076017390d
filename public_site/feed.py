"""The latest notices as an Atom feed (RFC 4287)."""

from __future__ import annotations

from datetime import date, datetime, time
from xml.etree import ElementTree as ET

from litestar import Response, get

from public_site.verifying import site_of
from registry.kernel.clock import SHANGHAI, today
from registry.notices import queries
from registry.notices.lifecycle import NoticeKind
from registry.notices.queries import NoticeRow
from registry.web.components.requests import Req

_LATEST = 50
_ATOM = "http://www.w3.org/2005/Atom"


@get("/notices.atom", opt={"public": True})
async def feed(request: Req) -> Response[bytes]:
    """The notices of public lists for feed readers, the open ones first; in Chinese, as they were published."""
    found = await queries.notices(await today(), limit=_LATEST)
    return Response(
        _feed(found.rows, site_of(request)),
        media_type="application/atom+xml; charset=utf-8",
        headers={"access-control-allow-origin": "*", "cache-control": "public, max-age=300"},
    )


def _feed(notices: tuple[NoticeRow, ...], site: str) -> bytes:
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "zh-CN"})
    latest = max((notice.published_on for notice in notices), default=date(2022, 1, 1))
    _add(root, "id", f"{site}/notices")
    _add(root, "title", "课后服务机构备选库公示")
    _add(root, "updated", _instant(latest))
    _add(root, "link", href=f"{site}/notices.atom", rel="self", type="application/atom+xml")
    _add(root, "link", href=f"{site}/notices", rel="alternate", type="text/html")
    for notice in notices:
        entry = ET.SubElement(root, f"{{{_ATOM}}}entry")
        _add(entry, "id", f"{site}/notices/{notice.id}")
        _add(entry, "title", notice.title)
        _add(entry, "updated", _instant(notice.published_on))
        _add(entry, "published", _instant(notice.published_on))
        _add(ET.SubElement(entry, f"{{{_ATOM}}}author"), "name", notice.bureau_name)
        _add(entry, "link", href=f"{site}/notices/{notice.id}", rel="alternate", type="text/html")
        _add(entry, "summary", _summary(notice))
    made: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _summary(notice: NoticeRow) -> str:
    until = "预计至" if notice.provisional else "至"
    day = notice.last_day
    about = "年度审查结果，" if notice.kind == NoticeKind.YEARLY_REVIEW else ""
    return (
        f"{notice.number}，{about}{notice.providers - notice.taken_off} 家机构。公示期{until}{day.year}年{day.month}月"
        f"{day.day}日，期内可以{'反映问题' if about else '提出异议'}。"
    )


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> None:
    made = ET.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    made.text = text or None


def _instant(day: date) -> str:
    return datetime.combine(day, time(), SHANGHAI).isoformat()


HANDLERS = [feed]
