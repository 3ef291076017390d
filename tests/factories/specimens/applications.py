"""The specimens: sixteen applications, each with its traps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from tests.factories.specimens import own, people, registration
from tests.factories.specimens.facts import People, Person, Provider, Teacher
from tests.factories.specimens.stack import Sheet, Specimen, stacked

D = date


def _teacher(source: People, kind: str, **more: Any) -> Teacher:
    patterns = {
        "teacher_qualification": "2017450084200####9", "skill_certificate": "S00004509020122100####",
        "sports_instructor_certificate": "4509202000####", "heritage_inheritor_certificate": "LY-FY-03-####",
    }  # fmt: skip
    defaults: dict[str, Any] = {"issued": D(2018, 7, 9), "subject": "音乐", "level": ""}
    if kind == "skill_certificate":
        defaults |= {"level": "三级/高级工", "subject": "茶艺师"}
    if kind == "sports_instructor_certificate":
        defaults |= {"level": "二级社会体育指导员", "subject": "篮球"}
    if kind == "teacher_qualification":
        defaults |= {"level": "初级中学教师资格"}
    if kind == "heritage_inheritor_certificate":
        defaults |= {"subject": "竹编技艺"}
    return Teacher(source.person(), kind, source.number(patterns[kind]), **{**defaults, **more})


def _provider(source: People, name: str, kind: str = "business_licence", **more: Any) -> Provider:
    prefix = {"business_licence": "91", "trader": "92", "private": "52", "society": "51"}[kind]
    defaults: dict[str, Any] = {
        "address": "榕湖市青岩区柳岸路86号三楼301室", "place": "榕湖市青岩区",
        "scope": "体育赛事策划；体育培训（不含学科类）；健身休闲活动；体育用品及器材零售。（依法须经批准的项目，经相关部门批准后方可开展经营活动）",
        "kind": kind if kind != "trader" else "business_licence",
    }  # fmt: skip
    return Provider(name, source.credit_code(prefix), source.person(1962, 1985), **{**defaults, **more})


ARTS = "面向中小学生的书法、绘画、舞蹈、器乐培训；组织文化艺术交流活动；文具用品零售。"


def specimens() -> Iterator[Specimen]:
    """All of them, always the same."""
    yield from (
        make()
        for make in (
            _u01,
            _u02,
            _u03,
            _u04,
            _u05,
            _u06,
            _u07,
            _u08,
            _u09,
            _u10,
            _u11,
            _u12,
            _u13,
            _u14,
            _u15,
            _u16,
        )
    )


def _u01() -> Specimen:
    s = People(101)
    p = _provider(s, "榕湖市(青岩)跃动足球俱乐部有限公司")
    p.teachers = [
        _teacher(s, "sports_instructor_certificate", subject="足球"),
        _teacher(s, "teacher_qualification", subject="体育与健康"),
    ]
    a, b = p.teachers
    more = "本俱乐部不开设语文、数学、英语等学科课程，不布置书面作业；球员可在休息时间自行完成学校作业。"
    return Specimen("u01-yuedong", p, [
        Sheet(own.application(p, s.person(), "19900003311", design="wide")), Sheet(registration.licence_landscape(replace(p, name="榕湖市（青岩）跃动足球俱乐部有限公司"), how="short")),
        Sheet(people.card(p.boss, p.place, D(2014, 3, 2), D(2034, 3, 2))),
        Sheet(people.roster(p, ("no", "name", "sex", "course", "kind", "number", "until", "id"))),
        Sheet(people.instructor(a, p.place)), Sheet(people.qualification(b, p.place, design="sheet")),
        Sheet(own.inspection(p, {2020: "已公示", 2021: "已公示"}, design="web")), Sheet(own.plan(p, ("少儿足球基础", "体能训练"), more=more)), Sheet(own.commitment(p)),
    ], tricks=["landscape licence of today", "code column last in the roster", "record from the web", "academic subjects denied"])  # fmt: skip


def _u02() -> Specimen:
    s = People(102)
    p = _provider(
        s,
        "榕湖市青岩区墨韵艺术培训中心",
        "private",
        scope=ARTS,
        categories=("arts",),
        since=D(2021, 3, 1),
        until=D(2025, 2, 28),
        issued=D(2021, 3, 1),
    )
    p.teachers = [
        _teacher(s, "teacher_qualification", subject="美术"),
        _teacher(s, "skill_certificate", subject="书法教师", until=D(2024, 5, 6)),
    ]
    a, b = p.teachers
    return Specimen("u02-moyun", p, [
        Sheet(own.application(p, s.person(), "19900003322", design="two"), "phone"), Sheet(registration.private_unit(p), "shadow"),
        Sheet(people.card(p.boss, p.place, D(2010, 1, 5), "long-term", shape="beside", ethnicity="壮"), "phone", 90),
        Sheet(people.roster(p, ("name", "id", "school", "course", "kind", "number", "until"), title="教职工信息表"), "phone", 270),
        Sheet(people.qualification(a, p.place), "phone"), Sheet(people.skill(b), "shadow"), Sheet(own.inspection(p, {2020: "合格", 2021: "合格"}, design="record"), "grey"),
        Sheet(own.plan(p, ("硬笔书法", "国画入门")), "flat"), Sheet(own.commitment(p, title="承诺函"), "phone"),
    ], tricks=["photos with shadows", "pages sideways", "booklet certificate", "card sides beside each other"])  # fmt: skip


def _u03() -> Specimen:
    s = People(103)
    p = _provider(
        s,
        "榕湖市青岩区轮滑运动协会",
        "society",
        until=D(2024, 6, 30),
        since=D(2019, 7, 1),
        issued=D(2019, 7, 1),
        capital="叁万元整",
    )
    p.teachers = [
        _teacher(s, "sports_instructor_certificate", subject="轮滑", level="一级社会体育指导员"),
        _teacher(s, "sports_instructor_certificate", subject="轮滑"),
    ]
    a, b = p.teachers
    return Specimen("u03-lunhua", p, [
        Sheet(own.application(p, s.person(), "19900003333", design="lines"), "fax"), Sheet(registration.society(p), "bw"),
        Sheet(people.card(p.boss, p.place, D(2016, 8, 9), D(2036, 8, 9), shape="pages"), "bw"),
        Sheet(people.roster(p, ("no", "name", "id", "kind", "number"), landscape=False), "fax"), Sheet(people.instructor(a, p.place, prose=True), "bw"), Sheet(people.instructor(b, p.place), "bw", 180),
        Sheet(own.inspection(p, {2020: "合格", 2021: "基本合格"}), "fax"), Sheet(own.plan(p, ("速度轮滑", "平地花式")), "bw"), Sheet(own.commitment(p, how="dash"), "bw"),
    ], findings=[{"code": "annual_inspection_conditional:2021", "alternatives": ["annual_inspection_failed:2021"]}],
       tricks=["1-bit and fax scans", "card on two pages", "years across the table"])  # fmt: skip


def _u04() -> Specimen:
    s = People(104)
    p = _provider(s, "榕湖星澜文化艺术有限责任公司", scope=ARTS, categories=("arts",))
    former = "榕湖市小石榴艺术咨询有限公司"
    agent = s.person()
    p.teachers = [_teacher(s, "teacher_qualification", subject="舞蹈", level="小学教师资格")]
    return Specimen("u04-xinglan", p, [
        Sheet(own.application(p, agent, "19900003344", design="wide"), "grey"), Sheet(registration.licence_portrait(replace(p, name=former)), "worn"),
        Sheet(registration.change_letter(p, former, D(2021, 11, 8)), "flat"),
        Sheet(people.card(agent, p.place, D(2018, 4, 4), D(2038, 4, 4), role="authorized_agent", heading="委托代理人身份证复印件"), "grey"),
        Sheet(own.authorization(p, agent, D(2022, 6, 1), D(2022, 12, 31)), "skewed"),
        Sheet(people.roster(p, ("no", "name", "sex", "id", "course", "kind", "number")), "skewed"), Sheet(people.qualification(p.teachers[0], p.place, design="sheet"), "flat"),
        Sheet(own.inspection(p, {2020: "正常", 2021: "正常"}, design="letter"), "lowjpeg"), Sheet(own.plan(p, ("民族舞", "街舞启蒙"), title="课后服务工作计划"), "grey"), Sheet(own.commitment(p, how="han"), "grey"),
    ], typed={"agent_name": agent.name, "agent_id": agent.number}, tricks=["former name on an old licence, explained by a letter", "agent with a power of attorney", "skewed pages"])  # fmt: skip


def _u05() -> Specimen:
    s = People(105)
    p = _provider(
        s,
        "榕湖市青岩区拾光社区教育服务中心",
        "private",
        scope="组织中小学生开展综合实践、劳动体验和传统手工活动。",
        categories=("comprehensive_practice",),
        until=D(2023, 12, 31),
        since=D(2020, 1, 1),
        issued=D(2020, 1, 1),
    )
    p.teachers = [_teacher(s, "skill_certificate", subject="陶艺师", until=D(2025, 1, 1))]
    wrong = replace(p, name="榕湖市青岩区时光社区教育服务中心")
    return Specimen("u05-shiguang", p, [
        Sheet(own.application(p, s.person(), "19900003355", design="two"), "flat"), Sheet(registration.private_unit(replace(p, name="榕湖市青岩区向阳社区教育服务中心"), how="han"), "flat"),
        Sheet(registration.change_table(wrong, "榕湖市青岩区向阳社区教育服务中心", D(2021, 5, 20)), "grey"),
        Sheet(people.card(p.boss, p.place, D(2015, 5, 5), D(2035, 5, 5)), "flat"), Sheet(people.roster(p, ("no", "name", "id", "course", "kind", "number", "until")), "flat"),
        Sheet(people.skill(p.teachers[0], title="职业资格证书", english=False), "washed"), Sheet(own.inspection(p, {2020: "合格", 2021: "合格"}, design="record"), "flat"),
        Sheet(own.plan(p, ("陶艺", "木工")), "flat"), Sheet(own.commitment(p), "flat"),
    ], findings=[{"code": "name_mismatch"}], tricks=["a change notice that leads to another name than the one typed"])  # fmt: skip


def _u06() -> Specimen:
    s = People(106)
    p = _provider(
        s, "榕湖市启航体育发展有限公司", since=D(2022, 1, 10), until=D(2032, 1, 9), issued=D(2022, 1, 10)
    )
    old = replace(
        p,
        since=D(2017, 9, 4),
        until=D(2022, 1, 9),
        issued=D(2017, 9, 4),
        address="榕湖市青岩区旧港路2号",
        capital="壹拾万圆整",
    )
    p.teachers = [
        _teacher(s, "sports_instructor_certificate", subject="跳绳"),
        _teacher(s, "sports_instructor_certificate", subject="排球"),
    ]
    a, b = p.teachers
    return Specimen("u06-qihang", p, [
        Sheet(own.application(p, s.person(), "19900003366")), Sheet(registration.licence_portrait(old), "grey"), Sheet(registration.licence_landscape(p)), "blank",
        Sheet(own.stray("food", p), "flat"), Sheet(people.card(p.boss, p.place, D(2012, 7, 1), D(2032, 7, 1)), "flat"), "again:1",
        Sheet(people.roster(p, ("no", "name", "sex", "id", "course", "kind", "number", "until"))), Sheet(own.stray("menu", p), "phone"), Sheet(people.instructor(a, p.place), "flat"),
        Sheet(own.stray("photo", p), "phone"), Sheet(people.instructor(b, p.place, prose=True), "skewed"), Sheet(own.inspection(p, {2020: "正常", 2021: "正常"}, design="record")),
        Sheet(own.stray("honour", p), "flat"), Sheet(own.plan(p, ("花样跳绳", "气排球"))), "blank", Sheet(own.commitment(p), "flat"),
    ], tricks=["superseded licence first", "an expired food licence that counts for nothing", "menu, photo, honour", "a page again, not beside its like"])  # fmt: skip


def _u07() -> Specimen:
    s = People(107)
    p = _provider(
        s,
        "广联（榕湖）青少年素质拓展有限公司",
        categories=("comprehensive_practice", "sports"),
        scope="青少年户外营地活动策划；劳动实践教育服务；体育竞赛组织。",
    )
    agent = s.person()
    p.teachers = [
        _teacher(s, "skill_certificate", subject="营地指导员", level="四级/中级工", until=D(2023, 3, 3))
    ]
    return Specimen("u07-guanglian", p, [
        Sheet(own.application(p, agent, "19900003377", design="two"), "flat"), Sheet(registration.licence_landscape(p, how="dash"), "flat"),
        Sheet(people.card(agent, p.place, D(2019, 9, 9), D(2039, 9, 9), role="authorized_agent", heading="经办人身份证"), "flat"),
        Sheet(people.roster(p, ("no", "name", "id", "phone", "kind", "number", "until")), "flat"), Sheet(people.skill(p.teachers[0]), "flat"),
        Sheet(own.inspection(p, {2020: "已公示", 2021: "已公示"}, design="web"), "lowjpeg"), Sheet(own.plan(p, ("定向越野", "野外生存")), "flat"), Sheet(own.commitment(p, signed=False, typed_name=True), "flat"),
    ], typed={"agent_name": agent.name}, findings=[{"code": "missing_document:authorization_letter"}, {"code": "commitment_unsigned_or_unsealed"}],
       tricks=["an agent without power of attorney", "a typed name where a signature belongs", "two categories"])  # fmt: skip


def _u08() -> Specimen:
    s = People(108)
    p = _provider(s, "榕湖市青岩区承艺传统文化传播有限公司", scope=ARTS, categories=("arts", "sports"))
    p.teachers = [
        _teacher(s, "heritage_inheritor_certificate"), _teacher(s, "sports_instructor_certificate", subject="武术", level="三级社会体育指导员"),
        _teacher(s, "skill_certificate", subject="剪纸师", until=D(2022, 6, 21)), _teacher(s, "teacher_qualification", subject="音乐"), _teacher(s, "teacher_qualification", subject="语文", level="小学教师资格"),
    ]  # fmt: skip
    h, i, k, q, _missing = p.teachers
    return Specimen("u08-chengyi", p, [
        Sheet(own.application(p, s.person(), "19900003388", design="wide"), "flat"), Sheet(registration.licence_landscape(p, term=False), "flat"),
        Sheet(people.card(p.boss, p.place, D(2017, 2, 8), D(2037, 2, 8)), "phone"), Sheet(people.roster(p, ("no", "name", "sex", "id", "course", "kind", "number", "until")), "flat"),
        Sheet(people.heritage(h, p.place), "phone"), Sheet(people.instructor(i, p.place, prose=True), "flat"), Sheet(people.skill(k), "grey"), Sheet(people.qualification(q, p.place), "lowjpeg"),
        Sheet(own.inspection(p, {2020: "正常", 2021: "正常"}, design="record"), "flat"), Sheet(own.plan(p, ("竹编", "武术操", "剪纸")), "flat"), Sheet(own.commitment(p), "flat"),
    ], findings=[{"code": "teacher_certificate_level_insufficient"}, {"code": "teacher_certificate_expired"}, {"code": "teacher_certificate_missing"}],
       tricks=["licence without a term", "inheritor instead of a certificate", "third level in a sentence"])  # fmt: skip


def _u09() -> Specimen:
    s = People(109)
    p = _provider(
        s,
        "榕湖市智趣教育科技有限公司",
        scope="科普宣传服务；计算机软硬件开发；教育咨询（不含学科类培训）。",
        categories=("comprehensive_practice",),
    )
    t = _teacher(s, "teacher_qualification", subject="信息技术")
    other = s.person()
    printed = replace(t, person=Person(t.person.name, other.number))
    p.teachers = [t, _teacher(s, "skill_certificate", subject="无人机驾驶员", until=D(2026, 1, 1))]
    return Specimen("u09-zhiqu", p, [
        Sheet(own.application(p, s.person(), "19900003399", design="lines"), "grey"), Sheet(registration.licence_landscape(p), "worn"),
        Sheet(people.card(p.boss, p.place, D(2013, 6, 22), D(2033, 6, 22)), "grey"), Sheet(people.roster(p, ("no", "name", "id", "course", "kind", "number", "until")), "grey"),
        Sheet(people.qualification(printed, p.place), "grey"), Sheet(people.skill(p.teachers[1]), "worn"), Sheet(own.inspection(p, {2020: "正常", 2021: "正常"}, design="letter"), "worn"),
        Sheet(own.plan(p, ("机器人编程", "少儿英语口语提升班", "奥数思维训练"), title="课程方案", terms=("英语", "奥数")), "grey"), Sheet(own.commitment(p), "grey"),
    ], findings=[{"code": "academic_scope"}, {"code": "teacher_id_mismatch"}], tricks=["academic courses in the list of courses", "another number on a certificate", "grey copies"])  # fmt: skip


def _u10() -> Specimen:
    s = People(110)
    p = _provider(
        s,
        "榕湖市青岩区小树苗手工坊",
        "trader",
        scope="手工体验；文具零售；组织文化艺术交流活动。",
        categories=("arts",),
    )
    p.teachers = [_teacher(s, "teacher_qualification", subject="美术", level="幼儿园教师资格")]
    return Specimen("u10-xiaoshumiao", p, [
        Sheet(own.application(p, s.person(), "19900003310", design="two"), "washed"), Sheet(registration.licence_trader(p), "washed"), Sheet(people.card(p.boss, p.place, D(2011, 11, 11), D(2031, 11, 11)), "lowjpeg"),
        Sheet(people.roster(p, ("no", "name", "id", "kind", "number"), landscape=False), "washed"), Sheet(people.qualification(p.teachers[0], p.place), "lowjpeg"),
        Sheet(own.inspection(p, {2020: "已公示", 2021: "已公示"}, design="web"), "washed"), Sheet(own.plan(p, ("超轻黏土", "扎染")), "lowjpeg"), Sheet(own.commitment(p, how="han"), "lowjpeg"),
    ], tricks=["a sole trader: operator instead of legal representative, no term", "faint scans", "coarse JPEG"])  # fmt: skip


def _u11() -> Specimen:
    s = People(111)
    former = s.person(1960, 1975)
    p = _provider(
        s, "榕湖市劲风羽毛球运动有限公司", since=D(2012, 6, 20), until=D(2022, 6, 19), issued=D(2012, 6, 20)
    )
    p.teachers = [
        _teacher(s, "sports_instructor_certificate", subject="羽毛球", level="国家级社会体育指导员")
    ]
    return Specimen("u11-jinfeng", p, [
        Sheet(own.application(p, s.person(), "19900003321", design="wide"), "flat"), Sheet(registration.licence_portrait(replace(p, boss=former)), "flat"),
        Sheet(people.card(p.boss, p.place, D(2002, 6, 1), D(2022, 6, 1)), "phone"), Sheet(people.roster(p, ("name", "sex", "id", "course", "kind", "number")), "flat"),
        Sheet(people.instructor(p.teachers[0], p.place), "grey"), Sheet(own.inspection(p, {2020: "正常", 2021: "正常"}), "flat"), Sheet(own.plan(p, ("羽毛球提高班",), brochure=True, title="简介"), "flat"), Sheet(own.commitment(p), "flat"),
    ], findings=[{"code": "licence_expired"}, {"code": "legal_rep_mismatch"}, {"code": "legal_rep_id_expired"}], tricks=["Chinese numerals for an expired term", "another legal representative on the licence", "an expired card"])  # fmt: skip


def _u12() -> Specimen:
    s = People(112)
    p = _provider(s, "榕湖市百川青少年活动中心有限公司", scope=ARTS, categories=("arts", "sports"))
    p.teachers = [
        _teacher(s, "teacher_qualification", subject=c)
        for c in ("音乐", "美术", "舞蹈", "体育", "书法", "戏剧", "合唱", "围棋", "古筝")
    ]
    sheets = [people.qualification(t, p.place, design="sheet") for t in p.teachers[:8]]
    pairs = [Sheet(stacked(sheets[i], sheets[i + 1]), "" if i < 4 else "flat") for i in range(0, 8, 2)]
    return Specimen("u12-baichuan", p, [
        Sheet(own.application(p, s.person(), "19900003312", design="two")), Sheet(registration.licence_landscape(p)), Sheet(people.card(p.boss, p.place, D(2016, 1, 1), D(2036, 1, 1), shape="pages")),
        Sheet(people.roster(p, ("no", "name", "sex", "id", "course", "kind", "number"), per_sheet=6)), *pairs,
        Sheet(own.inspection(p, {2020: "已公示", 2021: "已公示"}, design="web")), Sheet(own.plan(p, ("合唱", "围棋"))), Sheet(own.commitment(p)),
    ], findings=[{"code": "teacher_certificate_missing"}], tricks=["two certificates on a page", "a roster that goes on without a heading", "one of nine teachers without a certificate"])  # fmt: skip


def _u13() -> Specimen:
    s = People(113)
    p = _provider(s, "榕湖市北斗棋院有限公司", scope=ARTS, categories=("arts",))
    p.teachers = [
        _teacher(s, "skill_certificate", subject="围棋教练", until=D(2024, 1, 1)),
        _teacher(s, "teacher_qualification", subject="美术"),
    ]
    a, b = p.teachers
    return Specimen("u13-beidou", p, [
        Sheet(own.application(p, s.person(), "19900003313", design="lines"), "flat"), Sheet(registration.licence_landscape(p), "phone"), Sheet(people.card(p.boss, p.place, D(2014, 1, 1), D(2034, 1, 1)), "phone"),
        Sheet(people.skill(a, title="专业技能证书"), "flat"), Sheet(people.qualification(b, p.place), "flat", unreadable=(1,)), Sheet(own.stray("lease", p), "flat"), Sheet(own.stray("bank", p), "flat"),
        Sheet(own.plan(p, ("围棋启蒙", "象棋"), title="课后服务工作方案", more="参考数学家陈景润的故事激发兴趣；不开展数学、英语等学科教学。"), "flat"), Sheet(own.commitment(p, sealed=False), "flat"),
    ], findings=[{"code": "missing_document:teacher_roster"}, {"code": "missing_document:annual_inspection"}, {"code": "unreadable_page"}, {"code": "commitment_unsigned_or_unsealed"}],
       also=["teacher_certificate_missing", "annual_inspection_missing:2020", "annual_inspection_missing:2021"], tricks=["a lease and a bank page", "a blurred certificate", "signed, not sealed"])  # fmt: skip


def _u14() -> Specimen:
    s = People(114)
    p = _provider(
        s,
        "榕湖市云岫艺术培训学校有限公司",
        scope=ARTS,
        categories=("arts",),
        until=D(2031, 1, 1),
        handed_in=D(2026, 5, 20),
    )
    p.teachers = [
        _teacher(s, "teacher_qualification", subject="声乐"),
        _teacher(s, "teacher_qualification", subject="素描"),
    ]
    a, b = p.teachers
    return Specimen("u14-yunxiu", p, [
        Sheet(own.application(p, s.person(), "19900003314", design="wide")), Sheet(registration.licence_landscape(p)), Sheet(registration.school_licence(p, D(2027, 8, 31)), "flat"),
        Sheet(people.card(p.boss, p.place, D(2020, 1, 1), D(2040, 1, 1)), "flat"), Sheet(people.roster(p, ("no", "name", "sex", "id", "course", "kind", "number"))),
        Sheet(people.qualification(a, p.place), "flat"), Sheet(people.qualification(b, p.place, design="sheet"), "flat"), Sheet(people.clearance(a, p.place), "grey"), Sheet(people.clearance(b, p.place), "phone"),
        Sheet(people.contract(a, p), "flat"), Sheet(people.contract(b, p)), Sheet(own.inspection(p, {2024: "合格", 2025: "不合格"}, design="record", day=D(2026, 4, 1)), "flat"),
        Sheet(own.plan(p, ("声乐小班", "素描"))), Sheet(own.commitment(p), "flat"),
    ], findings=[{"code": "annual_inspection_failed:2025"}], policy="taishan-2026", deadline="2026-05-31", years=(2024, 2025), tricks=["school licence, clearances and contracts"])  # fmt: skip


def _u15() -> Specimen:
    s = People(115)
    p = _provider(
        s, "榕湖市青岩区声韵艺术团（普通合伙）", scope=ARTS, categories=("arts",), until="long-term"
    )
    p.teachers = [_teacher(s, "teacher_qualification", subject="音樂")]
    printed = replace(p, name="榕湖市青岩區聲韻藝術團﹙普通合夥﹚")
    code = p.code[:-1] + ("1" if p.code[-1] != "1" else "2")
    return Specimen("u15-shengyun", p, [
        Sheet(own.application(p, s.person(), "19900003315", design="lines")), Sheet(registration.licence_landscape(printed, how="full")), Sheet(people.card(p.boss, p.place, D(2019, 3, 3), "long-term"), "skewed"),
        Sheet(people.roster(printed, ("no", "name", "id", "course", "kind", "number")), "flat"), Sheet(people.qualification(p.teachers[0], p.place), "skewed"),
        Sheet(own.inspection(printed, {2020: "正常", 2021: "正常"}, design="letter"), "skewed"), Sheet(own.plan(p, ("童声合唱",))), Sheet(own.commitment(printed), "flat"),
    ], typed={"credit_code": code, "name": "榕湖市青岩区声韵艺术团(普通合伙)"}, findings=[{"code": "credit_code_invalid"}], tricks=["Traditional characters and rare brackets on the licence", "a check character that is wrong", "full-width dates"])  # fmt: skip


def _u16() -> Specimen:
    s = People(116)
    p = _provider(
        s,
        "榕湖市追风少年田径俱乐部",
        "private",
        until=D(2022, 6, 22),
        since=D(2018, 6, 23),
        issued=D(2018, 6, 23),
    )
    p.teachers = [
        _teacher(s, "sports_instructor_certificate", subject="田径"),
        _teacher(s, "sports_instructor_certificate", subject="铅球", issued=D(2016, 2, 29)),
    ]
    a, b = p.teachers
    return Specimen("u16-zhuifeng", p, [
        Sheet(own.commitment(p), "grey"), Sheet(own.plan(p, ("短跑", "跳远")), "fax"), Sheet(own.inspection(p, {2019: "合格", 2021: "合格"}, design="record"), "bw"), Sheet(people.instructor(b, p.place), "shadow"),
        Sheet(people.instructor(a, p.place, prose=True), "grey", 180), Sheet(people.roster(p, ("no", "name", "sex", "id", "kind", "number", "until")), "grey", 90),
        Sheet(people.card(p.boss, p.place, D(2002, 6, 22), D(2022, 6, 22), shape="beside"), "phone"), Sheet(registration.private_unit(p, how="slash"), "grey", 270), Sheet(own.application(p, s.person(), "19900003316"), "flat"),
    ], findings=[{"code": "annual_inspection_missing:2020"}], tricks=["the whole stack from back to front", "ends on the very day", "another year on the inspection page"])  # fmt: skip
