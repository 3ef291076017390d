"""Contracts that ran before the demo begins, how schools scored them, and complaints in every state (R25)."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

from registry.contracts import drafting, signing
from registry.contracts.drafting import Terms
from registry.contracts.people import Person
from registry.documents.commands import put, record
from registry.entrypoints.demo import applications
from registry.entrypoints.demo.applications import sample
from registry.entrypoints.demo.places import Places
from registry.evaluations import scoring, sweep
from registry.evaluations.complaints import filing, handling
from registry.evaluations.complaints.filing import ComplaintInput
from registry.evaluations.lifecycle import Topic
from registry.evaluations.scoring import Scoring
from registry.kernel.actor import Actor
from registry.kernel.db import row, transaction

MoveTo = Callable[[date], Awaitable[None]]

# (entry, school account, school, course, category, first day, last day, signed on, cents a lesson)
_CONTRACTS = (
    ("shihui", "xuexiao1", "school-1", "积木编程", "comprehensive_practice", date(2020, 9, 1), date(2022, 8, 31),
     date(2020, 8, 24), 5000),
    ("hemu", "xuexiao1", "school-1", "陶艺", "arts", date(2021, 9, 1), date(2022, 8, 31), date(2021, 8, 23), 4500),
    ("xingye", "xuexiao2", "school-2", "校园植物观察", "comprehensive_practice", date(2021, 9, 6), date(2022, 8, 31),
     date(2021, 9, 1), 2500),
)  # fmt: skip
_MEMBERS = {"shihui": "苏拾慧", "hemu": "农禾青", "xingye": "黄星野"}
# By the day on which schools score: what they say of whom. A school left one term of xingye unscored.
_SCORES = (
    (date(2021, 1, 18), "shihui", Scoring(5, 5, 4, 94, 86, "课程有梯度，孩子有作品。")),
    (date(2021, 7, 5), "shihui", Scoring(5, 4, 5, 91, 80, "")),
    (date(2022, 1, 18), "shihui", Scoring(4, 5, 5, 89, 77, "希望增加高年级内容。")),
    (date(2022, 1, 18), "hemu", Scoring(3, 4, 3, 74, 62, "有三次临时停课，未提前通知学校。")),
)


async def serve(places: Places, entries: dict[str, tuple[int, int]], on: MoveTo) -> None:
    """Sign the contracts, score their terms and file the complaints, each on its day."""
    members = {
        key: await applications.member_of(entries[key][0], key, name) for key, name in _MEMBERS.items()
    }
    contracts = {}
    for key, login, school, title, category, starts_on, ends_on, signed_on, cents in _CONTRACTS:
        await on(signed_on)
        terms = Terms(category, title, starts_on, ends_on, cents)
        contracts[key] = await _sign(
            places.actor(login), members[key], places.schools[school], entries[key][1], terms, signed_on
        )
    for day, key, given in _SCORES:
        await on(day)
        await sweep.sweep(day)
        found = await row(
            "SELECT id FROM evaluation WHERE contract = {} AND state = 'due' ORDER BY id DESC LIMIT 1",
            contracts[key],
        )
        assert found is not None
        await scoring.submit(places.actor("xuexiao1"), found["id"], given)
        await scoring.answer(members[key], found["id"], "感谢学校和家长的意见，我们会继续改进。")
    await _complaints(places, entries, members, contracts["hemu"], on)


async def _sign(
    school: Actor, provider: Actor, school_id: int, entry_id: int, terms: Terms, day: date
) -> int:
    contract_id = await drafting.draft(school, school_id, entry_id, terms)
    for kind in ("parents_consulted", "plan_published", "liability_insurance"):
        await drafting.record_precondition(school, contract_id, kind, day, "已完成，材料存学校档案室。")
    person = Person("闻知远", "450191199001010018", "教师资格证书", day, day)
    await drafting.name_people(school, contract_id, [person])
    await drafting.attach_scan(school, contract_id, await _scan(school, contract_id))
    await signing.offer(school, contract_id)
    await signing.sign(provider, contract_id)
    return contract_id


async def _scan(actor: Actor, contract_id: int) -> int:
    """A scan for the demo: the pages of a sample stand for those of the contract."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contract.pdf"
        path.write_bytes(sample("d07-boyu").pdf)
        file = await put(path, name="盖章合同.pdf", media_type="application/pdf")
    async with transaction():
        file_id = await record(actor, file, owner="contract", owner_id=contract_id)
    return file_id  # noqa: RET504 -- inside the block mypy sees a way out without a value


async def _complaints(
    places: Places,
    entries: dict[str, tuple[int, int]],
    members: dict[str, Actor],
    contract_id: int,
    on: MoveTo,
) -> None:
    officer, entry, provider = places.actor("chushen"), entries["hemu"][1], members["hemu"]

    async def file(day: date, topic: Topic, facts: str, *, accepted: bool = True) -> int:
        await on(day)
        given = ComplaintInput("person", "家长", "19900001111", topic, facts, contract_id)
        made = await filing.file(Actor.public(), entry, given)
        if accepted:
            await handling.accept(officer, made.complaint_id)
        return made.complaint_id

    founded = await file(
        date(2022, 4, 11), Topic.QUALITY, "4月6日、7日、8日连续三天没有老师来上陶艺课，也没有通知。"
    )
    await handling.ask(officer, founded, "请说明4月6日至8日陶艺课停课的原因和补课安排。")
    await handling.answer(provider, founded, "任课教师住院，未及时安排代课，已于4月下旬补课三次。")
    await handling.close(
        officer, founded, "find_true", "经核实情况属实，机构已补课，教育局已责令其完善代课安排。"
    )
    unfounded = await file(date(2022, 5, 9), Topic.FEES, "学期中途又收了一次材料费，没有告诉家长用在哪里。")
    await handling.close(
        officer, unfounded, "find_untrue", "经核实，材料费在公示的收费方案之内，明细已发班级群。"
    )
    refused = await file(
        date(2022, 5, 16), Topic.OTHER, "希望学校增开羽毛球课，现在报不上名。", accepted=False
    )
    await handling.refuse(officer, refused, "反映的是开课需求，不涉及机构行为，请向学校反映。")
    answered = await file(date(2022, 6, 6), Topic.CONDUCT, "6月2日课上老师大声训斥学生，孩子回家后情绪低落。")
    await handling.ask(officer, answered, "请说明6月2日授课教师与学生沟通的情况。")
    await handling.answer(provider, answered, "教师确有语气过重，已向家长致歉，机构已组织师德培训。")
    asked = await file(date(2022, 6, 14), Topic.SAFETY, "窑炉旁没有围栏，孩子伸手就能碰到，担心烫伤。")
    await handling.ask(officer, asked, "请说明窑炉的安全防护措施和整改时间。")
    await file(date(2022, 6, 15), Topic.PROMISES, "宣传时说每班不超过16人，实际有二十多人。")
    await file(date(2022, 6, 17), Topic.QUALITY, "最近几次课都在看视频，没有动手做陶艺。", accepted=False)
