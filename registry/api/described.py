"""What the description of the interface says besides the shapes: how to use it, and an example of every answer.

The examples are fictional; their names, codes and numbers belong to nobody.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example

from registry.api import shapes
from registry.kernel.clock import SHANGHAI

DESCRIPTION = """\
Read-only public data of the registry: whitelist entries, public notices, removals and bans, schools with their
contracts, signed snapshots. No account, no key, nothing personal.

* **Days** are ISO days in Asia/Shanghai. `as_of` asks for an earlier day ("who was listed on 2022-09-01?").
* **Ids** are stable; a record keeps its id and its address for ever, also after it is removed from the list.
* **Pages**: lists answer `next`; hand it back as `after`. It is null at the end. Cursors are opaque.
* **Changes**: `changed_since` leaves only what changed on that day or later, the passing of a date included. Ask with
  the `as_of` of your last answer: days overlap, nothing is missed.
* **Caching**: every answer has an `ETag`; `If-None-Match` is answered by 304.
* **Errors** are `application/problem+json` (RFC 9457).
* **Limits**: requests of one address a minute; see `ratelimit-limit`, `ratelimit-remaining`, `ratelimit-reset`. Beyond
  it the answer is 429 with `retry-after`. For everything at once take the files:
  `/data/whitelist.jsonl` (.json, .csv, .xlsx), `/data/bans.*`, `/data/notices.*`, `/notices.atom`.
* **Other sites** may read it (CORS, GET).
"""

_DAY = date(2022, 9, 1)
_STATUS = shapes.Status("listed", date(2022, 7, 5), True, ())
_ENTRY = shapes.Entry(
    id=17, url="/whitelist/17", certificate_number="BX-450100-2022-0017", name="虚构市青禾足球俱乐部有限公司", brand="青禾",
    credit_code="91450100MA5XXXXX0T", list_id=1, list_name="虚构市教育局直属学校备选库", bureau="虚构市教育局",
    region="450100", categories=("sports",), subjects=("football",), lowest_price_yuan="35.00", status=_STATUS,
    listed_on=date(2022, 7, 5), ends_on=date(2024, 7, 4),
)  # fmt: skip
_ENTRY_RECORD = shapes.EntryRecord(
    as_of=_DAY, entry=_ENTRY,
    courses=(shapes.Course("校园足球", "sports", "一至六年级", 24, "35.00"),),
    history=(shapes.HistoryEvent(date(2022, 7, 5), "listed", "BX-450100-2022-0017", None),),
    registration_kind="business_licence", registered_address="虚构市青禾路 1 号", registered_until=None, removal=None,
)  # fmt: skip
_NOTICE = shapes.Notice(
    id=4, url="/notices/4", kind="selection", number="GS-450100-2022-0004", title="2022年第一批拟入围机构公示",
    list_name="虚构市教育局直属学校备选库", bureau="虚构市教育局", published_on=date(2022, 6, 24),
    last_day=date(2022, 7, 1), passes_from=date(2022, 7, 2), provisional=False, phase="passed", supplements=None,
    providers=1,
)  # fmt: skip
_NOTICE_RECORD = shapes.NoticeRecord(
    as_of=_DAY, notice=_NOTICE, working_days=5, publication_day_counts=False, sha256="0" * 64,
    snapshot_url="/notices/4/snapshot.json", supplemented_by=(),
    providers=(shapes.NoticeProvider(9, "虚构市青禾足球俱乐部有限公司", "91450100MA5XXXXX0T", ("sports",), "listed", None, 0),),
    days=(shapes.NoticeDay(date(2022, 6, 27), True, "工作日"),),
    postings=(shapes.Posting("教育局门户网站", "jyj.example.gov.cn/gs/4", datetime(2022, 6, 24, 9, tzinfo=SHANGHAI)),),
)  # fmt: skip
_BAN = shapes.Ban(
    id=2, url="/exits/2", name="虚构市某培训中心", credit_code="52450100MJXXXXXX0T", ground="subcontracted",
    ground_name="将课后服务分包或转包给其他机构", authority="虚构市教育局", decided_on=date(2022, 7, 20),
    last_day=date(2025, 7, 20), may_apply_from=date(2025, 7, 21), reach="450100", reach_name="虚构市", state="in_force",
    overturned_on=None, appeal="none",
)  # fmt: skip
_SCHOOL = shapes.School(
    id=31,
    url="/schools/31",
    name="虚构市第一小学",
    bureau="虚构市教育局",
    division="450103",
    division_name="虚构区",
)
_SERVICE = shapes.Service(
    entry_id=17, provider="虚构市青禾足球俱乐部有限公司", category="sports", course="校园足球",
    starts_on=date(2022, 9, 1), ends_on=date(2023, 8, 31), ended_on=None, price_yuan="35.00", phase="running",
)  # fmt: skip
_SNAPSHOT = shapes.Snapshot(
    id=61, url="/data/snapshots/61", list_id=1, list_name="虚构市教育局直属学校备选库", day=_DAY,
    made_at=datetime(2022, 9, 1, 0, 7, 11, tzinfo=SHANGHAI), entries=211, size=93_120, sha256="0" * 64,
    signature="bm90IGEgc2lnbmF0dXJl", public_key="bm90IGEga2V5",
)  # fmt: skip

EXAMPLES: dict[type, Any] = {
    shapes.EntryList: shapes.EntryList(_DAY, (_ENTRY,), "17_qing he"),
    shapes.EntryRecord: _ENTRY_RECORD,
    shapes.NoticeList: shapes.NoticeList(_DAY, (_NOTICE,), None),
    shapes.NoticeRecord: _NOTICE_RECORD,
    shapes.BanList: shapes.BanList(_DAY, (_BAN,), None),
    shapes.SchoolList: shapes.SchoolList((_SCHOOL,), None),
    shapes.SchoolRecord: shapes.SchoolRecord(_DAY, _SCHOOL, (_SERVICE,)),
    shapes.SnapshotList: shapes.SnapshotList((_SNAPSHOT,), None),
    shapes.SigningKey: shapes.SigningKey(
        "Ed25519", "bm90IGEga2V5", "6c0f 22d1 9f3a 77b2", "/data/public-key.pem"
    ),
    shapes.Verification: shapes.Verification(_DAY, "BX-450100-2022-0017", True, _ENTRY),
    shapes.ListList: shapes.ListList(
        (shapes.PublicList(1, "虚构市教育局直属学校备选库", "虚构市教育局", "450100", "/whitelist?list=1"),)
    ),
}
_PROBLEM = shapes.Problem("/problems/not_found", "没有找到这个名单条目", 404, "not_found")


def answers(kind: type, *, may_miss: bool = False) -> dict[int, ResponseSpec]:
    """The answers of an address: the one of shape ``kind`` with its example, unchanged, problems."""
    found = {
        200: _spec(kind, "The answer", EXAMPLES[kind]),
        304: ResponseSpec(None, description="Unchanged since the answer with the `ETag` of `If-None-Match`"),
        400: _problem("A parameter cannot be read", shapes.Problem("/problems/http_400", "请求中的参数不正确", 400, "http_400")),
        429: _problem("Too many requests", shapes.Problem("/problems/too_many", "请求过于频繁", 429, "too_many")),
    }  # fmt: skip
    if may_miss:
        found[404] = _problem("There is no such record", _PROBLEM)
    return found


def _spec(kind: type, description: str, value: Any) -> ResponseSpec:
    example = Example(summary=description, value=msgspec.to_builtins(value))
    return ResponseSpec(kind, generate_examples=False, description=description, examples=[example])


def _problem(description: str, value: Any) -> ResponseSpec:
    example = Example(summary=description, value=msgspec.to_builtins(value))
    return ResponseSpec(
        shapes.Problem, generate_examples=False, description=description, media_type="application/problem+json",
        examples=[example],
    )  # fmt: skip
