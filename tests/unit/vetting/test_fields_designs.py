"""Documents in other words and layouts than the corpus: what each says is read all the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.unit.vetting.made import RowSpec, line, page, rows
from tests.unit.vetting.papers import AGENT, AGENT_ID, BOSS, BOSS_ID, CODE, NAME, pairs
from vetting.documents import find_documents
from vetting.model import Line, Mode

FORMER, NOW = "南宁市小拇指教育咨询有限公司", "南宁市星轨机器人科技有限公司"
OFFICE: RowSpec = [(0.6, "南宁市岚山区行政审批局")]
DAY: RowSpec = [(0.62, "2021年3月5日")]
CHANGE = {"name": NOW, "former_name": FORMER, "credit_code": CODE, "issue_date": "2021-03-05"}
LETTER = {
    "agent_name": AGENT,
    "agent_id_number": AGENT_ID,
    "valid_until": "2022-12-31",
    "issue_date": "2022-06-01",
}
HEIR = {
    "name": "韦秀芳",
    "id_number": AGENT_ID,
    "project": "壮族织锦技艺",
    "certificate_number": "NNFY-2019-031",
}

CASES: dict[str, tuple[str, Sequence[RowSpec], dict[str, Any]]] = {
    "change: labels": ("name_change_notice", [
        "# 企业名称变更核准通知书", f"{NOW}：", "    你单位提交的名称变更登记申请材料齐全，符合法定形式，准予变更登记。",
        *pairs(("变更前名称", FORMER), ("变更后名称", NOW), ("统一社会信用代码", CODE), ("核准日期", "2021年3月5日")), OFFICE,
    ], CHANGE),
    "change: columns": ("name_change_notice", [
        "# 名称变更通知书", [(0.1, "变更事项"), (0.3, "变更前内容"), (0.62, "变更后内容")], [(0.1, "名称"), (0.26, FORMER), (0.58, NOW)],
        f"统一社会信用代码：{CODE}", OFFICE, DAY,
    ], CHANGE),
    "change: a sentence": ("name_change_notice", [
        "# 名称变更证明", f"    经我局核准，{FORMER}（统一社会信用代码：", f"{CODE}）自2021年3月5日起名称变更为{NOW}。", OFFICE, DAY,
    ], CHANGE),
    "change: formerly": ("name_change_notice", [
        "# 变更登记证明", f"兹证明{NOW}，", f"曾用名：{FORMER}，", f"统一社会信用代码：{CODE}，已办理名称变更登记。", OFFICE, DAY,
    ], CHANGE),
    "power of attorney: title before the name": ("authorization_letter", [
        "# 法定代表人授权委托书", f"    本授权委托书声明：我{BOSS}系{NOW}的法定代表人，现授权委托",
        f"{AGENT}为我公司代理人，身份证号码：{AGENT_ID}，以我公司名义办理申报事宜。", "    授权期限：2022年6月1日至2022年12月31日。",
        [(0.5, f"授权单位：{NOW}")], [(0.5, "法定代表人（签字）：")], [(0.5, "2022年6月1日")],
    ], {**LETTER, "name": NOW, "legal_representative": BOSS}),
    "power of attorney: on behalf of": ("authorization_letter", [
        "# 授权委托书", f"    兹委托{AGENT}（性别：男，身份证号：{AGENT_ID}）代表{NOW}", "办理申报，有效期自2022年6月1日起至2022年12月31日止。",
        [(0.5, "委托单位（公章）：")], [(0.5, f"法定代表人（签字）：{BOSS}")], [(0.5, "二〇二二年六月一日")],
    ], {**LETTER, "name": NOW}),
    "power of attorney: two numbers": ("authorization_letter", [
        "# 委托书", f"委托单位：{NOW}", f"法定代表人：{BOSS}　　身份证号：{BOSS_ID}", f"受托人：{AGENT}　　身份证号：{AGENT_ID}",
        "    委托期限自签署之日起至2022年12月31日。", [(0.5, "2022年6月1日")],
    ], {**LETTER, "name": NOW, "legal_representative": BOSS}),
    "heritage: addressed": ("heritage_inheritor_certificate", [
        "# 代表性传承人证书", "韦秀芳：", "    被认定为市级非物质文化遗产代表性项目壮族织锦技艺的代表性传承人。",
        f"身份证号：{AGENT_ID}", "证书编号：NNFY-2019-031", [(0.6, "南宁市文化广电和旅游局")], [(0.6, "2019年6月8日")],
    ], HEIR),
    "heritage: recognised": ("heritage_inheritor_certificate", [
        "# 南宁市非物质文化遗产项目", "# 代表性传承人证书", f"    兹认定韦秀芳（身份证号：{AGENT_ID}）为市级非物质文化遗产",
        "项目“壮族织锦技艺”代表性传承人。", "编号：NNFY-2019-031", [(0.6, "颁证日期：2019年6月8日")], [(0.6, "南宁市文化广电和旅游局")],
    ], HEIR),
    "qualification: a sentence": ("teacher_qualification", [
        "# 中华人民共和国教师资格证书", "    根据《教师资格条例》的规定，认定蒙佳宁具备高级中学", "教师资格。任教学科：音乐。",
        f"身份证号码：{AGENT_ID}", "证书编号：20164500932008414", [(0.6, "认定机构：南宁市教育局")], [(0.6, "二〇一六年四月二十二日")],
    ], {"name": "蒙佳宁", "qualification": "高级中学教师资格", "subject": "音乐", "issue_date": "2016-04-22"}),
    "skill: occupation and level in one": ("skill_certificate", [
        "# 职业资格证书", "姓名：陆建宁　　　性别：男", f"证件号码：{AGENT_ID}", "职业（工种）及等级：健身教练（游泳） 四级/中级工",
        "证书编号：1945000000401234", [(0.6, "发证日期：2019年4月3日")], [(0.6, "职业技能鉴定（指导）中心")],
    ], {"name": "陆建宁", "occupation": "健身教练（游泳）", "level": "四级/中级工"}),
    "skill: a course": ("skill_certificate", [
        "# 培训合格证书", f"陆建宁　（身份证号：{AGENT_ID}）", "    参加青少年篮球教练员培训，考核合格，特发此证。", "证书编号：PX2021-0389",
        [(0.6, "中国篮球协会")], [(0.6, "2021年3月25日")],
    ], {"name": "陆建宁", "certificate_number": "PX2021-0389"}),
    "instructor: comrade": ("sports_instructor_certificate", [
        "# 二级社会体育指导员证书", "    卢云飞同志于2019年4月12日经考核批准为二级社会体育指导员。", f"身份证号：{AGENT_ID}", "证书编号：4501201988760",
        "指导项目：羽毛球", [(0.6, "南宁市体育局")], [(0.6, "2019年4月12日")],
    ], {"name": "卢云飞", "level": "二级社会体育指导员", "sport": "羽毛球"}),
    "inspection: in time, and not": ("annual_inspection", [
        "# 企业年度报告公示情况", *pairs(("企业名称", NAME), ("统一社会信用代码", CODE)), [(0.1, "年份"), (0.3, "公示情况"), (0.6, "公示日期")],
        [(0.1, "2020"), (0.3, "已按时公示"), (0.6, "2021-05-24")], [(0.1, "2021"), (0.3, "未按时公示"), (0.6, "2022-07-01")],
    ], {"name": NAME, "years": {"2020": "passed", "2021": "failed"}}),
    "inspection: a sentence each": ("annual_inspection", [
        "# 民办非企业单位年度检查结论通知书", f"{NAME}：", "    根据规定，你单位2020年度检查结论为：基本合格。", "    你单位2021年度检查结论为：合格。", OFFICE,
    ], {"name": NAME, "years": {"2020": "conditional", "2021": "passed"}}),
    "inspection: one result for two years": ("annual_inspection", [
        "# 年检情况说明", f"    {NAME}2020年、2021年年检均为合格，无不良记录。", OFFICE, [(0.6, "2022年5月30日")],
    ], {"years": {"2020": "passed", "2021": "passed"}}),
    "inspection: a year torn apart by the line": ("annual_inspection", [
        "# 年检情况证明", f"    兹证明{NAME}系在我局登记的单位，2020年度年检结论为正常，2021年", "度年检结论为不合格。特此证明。", OFFICE,
    ], {"name": NAME, "years": {"2020": "passed", "2021": "failed"}}),
    "commitment: nothing at the foot": ("commitment", [
        "# 守法诚信承诺书", f"    本单位{NAME}郑重承诺：", "    1．提供材料真实有效。", "    如违反上述承诺，愿承担一切法律责任。",
        [(0.5, f"承诺人（盖章）：{NAME}")], [(0.5, "法定代表人签名：")], [(0.5, "2022年6月10日")],
    ], {"name": NAME, "signed": False, "sealed": False}),
    "commitment: a typed name is no signature": ("commitment", [
        "# 承诺书", f"    {NAME}郑重承诺：", "    1．提供材料真实有效。", [(0.5, "承诺单位（盖章）：")],
        [(0.5, f"法定代表人（签字）：{BOSS}")], [(0.5, "2022年6月10日")],
    ], {"signed": False}),
}  # fmt: skip


@pytest.mark.parametrize("mode", [Mode.DIGITAL, Mode.SCANNED])
@pytest.mark.parametrize("case", CASES)
def test_read_all_the_same(case: str, mode: Mode) -> None:
    type_, lines, expected = CASES[case]
    found = find_documents([page(1, rows(lines), mode=mode)])
    assert [d.type for d in found.documents] == [type_]
    values = {name: value.value for name, value in found.documents[0].fields.items()}
    assert {name: values.get(name) for name in expected} == expected
    if type_ == "commitment":
        assert "legal_representative" not in values or values["legal_representative"] == BOSS


def test_names_of_two_lines_beside_a_label_in_their_middle() -> None:
    table = [
        line("变更事项", 0.12, 0.2), line("变更前", 0.36, 0.2), line("变更后", 0.66, 0.2),
        line(FORMER[:9], 0.26, 0.25), line(NOW[:9], 0.56, 0.25), line("单位名称", 0.11, 0.26),
        line(FORMER[9:], 0.26, 0.27), line(NOW[9:], 0.56, 0.27),
        line("南宁市岚山区", 0.26, 0.31), line("南宁市云蕉区", 0.56, 0.31), line("住所", 0.11, 0.31),
    ]  # fmt: skip
    title = rows(["# 准予变更登记决定书", f"    经审查，{NOW}申请变更登记，准予变更。"])
    found = find_documents([page(1, [*title, *table], mode=Mode.SCANNED)])
    fields = found.documents[0].fields
    assert (fields["name"].value, fields["former_name"].value) == (NOW, FORMER)


def test_a_roster_with_its_numbers_last_and_its_cells_run_together() -> None:
    head = [
        (0.06, "序号"),
        (0.12, "姓名"),
        (0.2, "任教课程"),
        (0.32, "持有证书"),
        (0.5, "证书编号"),
        (0.72, "身份证号码"),
    ]
    body = [
        (0.06, "1"),
        (0.12, "卢云飞"),
        (0.2, "羽毛球"),
        (0.3, "社会体育指导员证书4501201988760"),
        (0.72, AGENT_ID),
    ]
    found = find_documents(
        [page(1, rows(["# 拟派教师花名册", f"填报单位：{NAME}", head, body, "共1人。"]), mode=Mode.SCANNED)]
    )
    teachers = found.documents[0].fields["teachers"].value
    assert [
        (t["name"], t["id_number"], t["certificate_type"], t["certificate_number"]) for t in teachers
    ] == [("卢云飞", AGENT_ID, "社会体育指导员证书", "4501201988760")]


def test_a_certificate_number_of_eighteen_digits_is_no_resident_id() -> None:
    head = [(0.06, "姓名"), (0.2, "证书名称"), (0.4, "证书编号"), (0.65, "身份证号码")]
    body = [(0.06, "蒙佳宁"), (0.2, "教师资格证书"), (0.4, "201745008420053669"), (0.65, AGENT_ID)]
    found = find_documents([page(1, rows(["# 教师名册", f"机构名称：{NAME}", head, body]))])
    assert [t["id_number"] for t in found.documents[0].fields["teachers"].value] == [AGENT_ID]


def test_two_certificates_of_one_kind_on_a_page() -> None:
    def certificate(name: str, number: str, top: float) -> list[Line]:
        return rows([
            "# 教师资格证书", f"持证人{name}，女，身份证号码{number}，经审查符合《教师资格条例》规定，",
            "具备小学教师资格，任教学科为音乐。", "证书编号：20174500842005366", [(0.6, "认定机关：南宁市教育局")], [(0.6, "认定日期：2018年7月9日")],
        ], top=top)  # fmt: skip

    lines = certificate("蒙佳宁", AGENT_ID, 0.08) + certificate("韦秀芳", BOSS_ID, 0.58)
    found = find_documents([page(1, lines)])
    assert [(d.type, d.fields["name"].value) for d in found.documents] == [
        ("teacher_qualification", "蒙佳宁"),
        ("teacher_qualification", "韦秀芳"),
    ]


def test_a_licence_without_a_term_has_no_end() -> None:
    lines = rows([
        "统一社会信用代码", CODE, "# 营业执照", *pairs(("名称", NAME), ("类型", "有限责任公司"), ("法定代表人", BOSS), ("成立日期", "2018年03月15日"),
        ("住所", "南宁市岚山区邕南路38号")), [(0.6, "登记机关")], [(0.62, "2022年05月15日")],
    ])  # fmt: skip
    document = find_documents([page(1, lines)]).documents[0]
    assert document.fields["valid_until"].value is None
