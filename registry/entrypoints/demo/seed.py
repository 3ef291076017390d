"""The demo's data: a Nanning round of 2022 two days before its deadline, made by the same commands as real life."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

import structlog

from registry.checks.jobs import vet_application
from registry.documents.store import object_store
from registry.entrypoints.demo import applications, listed, places, served
from registry.entrypoints.demo.places import FIRST_DAY, Places
from registry.exits import deciding, reporting
from registry.kernel import db
from registry.kernel.clock import real_now
from registry.kernel.db import row, rows
from registry.kernel.errors import RegistryError
from registry.kernel.tables import SweepState
from registry.notices import commands as notices
from registry.policies.vocabulary import Ground
from registry.review import commands as review
from registry.rounds import commands as rounds
from registry.rounds.commands import RoundDraft
from registry.whitelist import commands as whitelist
from registry.whitelist import list_imports

log = structlog.get_logger(__name__)


async def seed_if_empty() -> None:
    """Fill an empty demo database; a filled one stays as it is.

    Raises RegistryError where an earlier filling broke off: the data is then cleared by ``make clean-data``.
    """
    async with db.pooled():
        started = await row("SELECT 1 AS one FROM bureau LIMIT 1")
        finished = await row("SELECT 1 AS one FROM sweep_state LIMIT 1")
        if finished:
            return
        if started:
            raise RegistryError("演示数据没有装完整。请运行 make clean-data 后重新启动")
        await object_store().ensure_bucket()
        await _seed()


async def _on(day: date) -> None:
    await rows("UPDATE demo_clock SET day = {} WHERE id = 1", day)


async def _seed() -> None:
    where = await places.make_places()
    entries = await listed.enter_listed(where)
    await served.serve(where, entries, _on)
    await _history(where, entries)
    early, noticed = await _early_round(where)
    await _blacklist(where)
    open_round = await _rounds(where)
    await _notice(where, early, noticed)
    await _applications(where, open_round)
    await _on(FIRST_DAY)
    await SweepState.insert(SweepState(id=1, swept_until=FIRST_DAY))


async def _history(where: Places, entries: dict[str, tuple[int, int]]) -> None:
    """What happened to those listed: a removal with its ban, a withdrawal."""
    await _on(date(2022, 3, 7))
    school = where.actor("xuexiao2")
    case_id = await reporting.report(
        school,
        entries["chengfeng"][1],
        reporting.Report(
            ground=Ground.SUBCONTRACTED,
            facts="经核实,该机构未经学校同意,将轮滑课程交由其他公司人员授课。",
            school_id=where.schools["school-2"],
        ),
    )
    await _on(date(2022, 3, 21))
    reviewer, approver = where.actor("chushen"), where.actor("fushen")
    await deciding.propose(
        reviewer, case_id, "uphold", Ground.SUBCONTRACTED, "学校材料与机构用工记录一致,转包属实。"
    )
    await deciding.decide(approver, case_id, "uphold", "事实清楚、证据充分,同意移出备选库。")
    await whitelist.withdraw(
        await applications.member_of(entries["mianma"][0], "mianma", "陆棉"),
        entries["mianma"][1],
        "工作室停业,申请退出",
    )


async def _blacklist(where: Places) -> None:
    await _on(date(2022, 5, 30))
    content = files("registry.entrypoints.demo").joinpath("data", "industry_blacklist.csv").read_bytes()
    for admin, bureau in (("guanli", "nanning"), ("quguanli", "lanshan"), ("xlguanli", "xiaolan")):
        await list_imports.import_list(
            where.actor(admin), where.bureaux[bureau], "industry_blacklist", "校外培训行业黑名单.csv", content
        )


async def _rounds(where: Places) -> int:
    """The rounds: one open, one being noticed, one upcoming elsewhere; returns the open one's id."""
    await _on(date(2022, 5, 30))
    admin = where.actor("guanli")
    open_round = await rounds.create(
        admin,
        RoundDraft(
            list_id=where.lists["nanning"], title="2022年引进第三方机构参与课后服务遴选",
            opens_on=date(2022, 5, 30), deadline=date(2022, 6, 22), cycle_ends_on=date(2024, 8, 31),
            inspection_years=(2020, 2021),
        ),
    )  # fmt: skip
    await rounds.publish(admin, open_round)
    xiaolan = where.actor("xlguanli")
    upcoming = await rounds.create(
        xiaolan,
        RoundDraft(
            list_id=where.lists["xiaolan"], title="2022年下半年校内课后服务第三方社会机构遴选",
            opens_on=date(2022, 7, 4), deadline=date(2022, 7, 15),
        ),
    )  # fmt: skip
    await rounds.publish(xiaolan, upcoming)
    return open_round


async def _early_round(where: Places) -> tuple[int, int]:
    """A supplementary round in May with one application, vetted; returns the ids of round and application."""
    admin = where.actor("guanli")
    await _on(date(2022, 5, 9))
    early = await rounds.create(
        admin,
        RoundDraft(
            list_id=where.lists["nanning"], title="2022年上半年补充遴选", opens_on=date(2022, 5, 9),
            deadline=date(2022, 5, 20), cycle_ends_on=date(2024, 8, 31), inspection_years=(2020, 2021),
            supplementary=True,
        ),
    )  # fmt: skip
    await rounds.publish(admin, early)
    await _on(date(2022, 5, 12))
    carpenter = await applications.join("xiaomujiang", "罗立行", "d04-xiaomujiang")
    handed_in = await applications.hand_in(carpenter, early, "d04-xiaomujiang")
    await vet_application(handed_in)
    return early, handed_in


async def _notice(where: Places, early: int, application_id: int) -> None:
    """The early application is shortlisted by two people and stands in a notice that is open when the demo begins."""
    reviewer, approver = where.actor("chushen"), where.actor("fushen")
    await _on(date(2022, 6, 9))
    await review.recommend(reviewer, application_id, "shortlist", "材料齐全,信息一致,建议拟入围。")
    await _on(date(2022, 6, 14))
    await review.decide(approver, application_id, "shortlist", "同意初审意见。")
    await _on(date(2022, 6, 16))
    notice = await notices.publish(approver, early, [application_id], "2022年上半年补充遴选拟入围机构公示")
    await notices.record_posting(
        approver, notice, "教育局门户网站", "jyj.example.gov.cn/gs/2022-06-16", real_now()
    )


async def _applications(where: Places, open_round: int) -> None:
    """Applications of the open round: one rejected, two on their way through vetting, one draft."""
    reviewer, approver = where.actor("chushen"), where.actor("fushen")
    await _on(date(2022, 6, 15))
    plumes = await applications.join("boyu", "甘立行", "d07-boyu")
    rejected = await applications.hand_in(plumes, open_round, "d07-boyu")
    await vet_application(rejected)
    await _on(date(2022, 6, 16))
    await review.recommend(reviewer, rejected, "reject", "服务方案含学科类教学内容,不符合申报条件。")
    await _on(date(2022, 6, 17))
    await review.decide(approver, rejected, "reject", "服务方案包含语文、数学等学科内容,不予通过。")
    dance = await applications.join("yunjiao", "卢伟强", "d05-yunjiao")
    await applications.hand_in(dance, open_round, "d05-yunjiao")
    await _on(FIRST_DAY)
    lotus = await applications.join("tinghe", "农雨桐", "d02-tinghe")
    await applications.hand_in(lotus, open_round, "d02-tinghe")
    jigou = await applications.join("jigou", "岑子墨", "d01-qingmeng", where.accounts["jigou"])
    await applications.draft(jigou, open_round, "d01-qingmeng")
