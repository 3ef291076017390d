"""Fields of each type of document, by label and pattern (R9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.vetting import papers
from tests.unit.vetting.made import line, page, rows
from vetting.documents import find_documents
from vetting.model import FieldValue, Ink, Line, Mode, Seal
from vetting.splitting.split import split


def read(lines: Sequence[Line], *, mode: Mode = Mode.DIGITAL, **more: Any) -> dict[str, FieldValue]:
    documents = find_documents([page(1, lines, mode=mode, **more)]).documents
    assert len(documents) == 1
    return dict(documents[0].fields)


def values(lines: Sequence[Line], **more: Any) -> dict[str, Any]:
    return {name: f.value for name, f in read(lines, **more).items()}


def test_business_licence() -> None:
    assert values(papers.business_licence()) == {
        "credit_code": papers.CODE,
        "name": papers.NAME,
        "entity_type": "有限责任公司(自然人投资或控股)",
        "legal_representative": papers.BOSS,
        "registered_capital": "叁拾万圆整",
        "established": "2018-03-15",
        "valid_from": "2018-03-15",
        "valid_until": "2028-03-14",
        "registered_address": "南宁市岚山区邕南路38号荷风大厦1楼",
        "business_scope": papers.SCOPE,
        "issue_date": "2018-03-15",
        "issuer": "南宁市岚山区行政审批局",
    }


@pytest.mark.parametrize(
    ("term", "since", "until"),
    [
        ("长期", None, "long-term"),
        ("2017年12月5日至长期", "2017-12-05", "long-term"),
        ("2018/5/4至2048/5/3", "2018-05-04", "2048-05-03"),
        ("二〇一八年六月二十三日至二〇二二年六月二十二日", "2018-06-23", "2022-06-22"),
    ],
)
def test_terms_of_a_licence(term: str, since: str | None, until: str) -> None:
    found = values(papers.business_licence(term=term))
    assert (found["valid_from"], found["valid_until"]) == (since, until)


def test_an_impossible_date_is_not_read() -> None:
    assert "valid_until" not in values(papers.business_licence(term="2018年03月15日至2028年02月30日")) or (
        values(papers.business_licence(term="2018年03月15日至2028年02月30日"))["valid_until"] is None
    )


def test_two_columns_with_a_scope_beside_an_address() -> None:
    left, right = 0.09, 0.545
    lines = [
        *rows(["统一社会信用代码", papers.CODE, "# 营业执照"], left=left),
        line("名", left, 0.40), line("称", 0.155, 0.40), line(papers.NAME, 0.19, 0.40),
        line("注册资本", right, 0.40), line("叁拾万圆整", 0.65, 0.40),
        line("类", left, 0.45), line("型", 0.155, 0.45), line("有限责任公司", 0.19, 0.45),
        line("成立日期", right, 0.45), line("2018年03月15日", 0.65, 0.45),
        line("法定代表人", left, 0.50), line(papers.BOSS, 0.19, 0.50),
        line("营业期限", right, 0.50), line("长期", 0.65, 0.50),
        line("经营范围", left, 0.55), line("体育竞赛组织；体育健康服务；面向", 0.19, 0.552),
        line("住", right, 0.55), line("所", 0.613, 0.55), line("南宁市岚山区邕南路38号", 0.65, 0.55),
        line("中小学生开展的体育类非学科培训。", 0.19, 0.572),
        line("（依法须经批准的项目除外）", 0.19, 0.592),
        line("2018年03月15日", 0.7, 0.84),
    ]  # fmt: skip
    found = values(lines)
    assert found["name"] == papers.NAME
    assert (
        found["business_scope"]
        == "体育竞赛组织；体育健康服务；面向中小学生开展的体育类非学科培训。（依法须经批准的项目除外）"
    )
    assert found["registered_address"] == "南宁市岚山区邕南路38号"
    assert found["issue_date"] == "2018-03-15"


def test_private_nonenterprise_certificate() -> None:
    found = values(papers.private_nonenterprise_certificate())
    assert found["supervising_body"] == "南宁市岚山区教育局"
    assert (found["valid_from"], found["valid_until"]) == ("2020-08-08", "2024-08-07")
    assert found["issuer"] == "南宁市岚山区民政局"
    assert found["issue_date"] == "2020-08-08"


def test_issuer_from_the_seal() -> None:
    lines = [one for one in papers.private_nonenterprise_certificate() if "民政局" not in one.text]
    seal = Seal((0.6, 0.7, 0.75, 0.8), 0.9, "南宁市岚山区民政局")
    assert values(lines, seals=[seal])["issuer"] == "南宁市岚山区民政局"


@pytest.mark.parametrize(
    "lines",
    [
        papers.name_change_notice(),
        rows([
            "# 名称变更核准通知书",
            [(0.12, "变更事项"), (0.3, "变更前内容"), (0.6, "变更后内容")],
            [(0.12, "企业名称"), (0.3, "南宁市小拇指教育咨询有限公司"), (0.6, papers.NAME)],
            f"统一社会信用代码：{papers.CODE}",
            [(0.6, "南宁市岚山区行政审批局")],
            [(0.62, "二〇二一年三月五日")],
        ]),
        rows([
            "# 企业名称变更证明",
            f"兹证明南宁市小拇指教育咨询有限公司（统一社会信用代码：{papers.CODE}）",
            f"于2021年3月5日经我局核准，名称变更为{papers.NAME}。",
            [(0.6, "南宁市岚山区行政审批局")],
            [(0.62, "2021年3月5日")],
        ]),
    ],
)  # fmt: skip
def test_name_change_notices(lines: list[Line]) -> None:
    assert values(lines) == {
        "name": papers.NAME,
        "former_name": "南宁市小拇指教育咨询有限公司",
        "credit_code": papers.CODE,
        "issue_date": "2021-03-05",
        "issuer": "南宁市岚山区行政审批局",
    }


def test_resident_id() -> None:
    found = values(papers.resident_id(term="2018.01.30-长期"))
    assert found == {
        "name": papers.BOSS,
        "sex": "女",
        "ethnicity": "汉",
        "birth_date": "1979-06-25",
        "address": "广西南宁市云蕉区听荷路139号6栋",
        "id_number": papers.BOSS_ID,
        "issuer": "南宁市公安局岚山分局",
        "valid_from": "2018-01-30",
        "valid_until": "long-term",
        "role": "legal_representative",
    }


def test_authorization_letter() -> None:
    assert values(papers.authorization_letter()) == {
        "name": papers.NAME,
        "legal_representative": papers.BOSS,
        "agent_name": papers.AGENT,
        "agent_id_number": papers.AGENT_ID,
        "valid_from": "2022-06-01",
        "valid_until": "2022-12-31",
        "issue_date": "2022-06-01",
    }


def test_authorization_letter_as_a_table() -> None:
    lines = rows([
        "# 法定代表人授权委托书",
        *papers.pairs(("委托单位", papers.NAME)),
        [(0.12, "法定代表人"), (0.34, papers.BOSS), (0.5, "身份证号"), (0.64, papers.BOSS_ID)],
        [(0.12, "受托人"), (0.34, papers.AGENT), (0.5, "身份证号"), (0.64, papers.AGENT_ID)],
        *papers.pairs(("委托事项", "办理课后服务备选库申报"), ("委托期限", "2022年6月1日至2022年12月31日")),
        [(0.62, "2022年6月1日")],
    ])  # fmt: skip
    found = values(lines)
    assert (found["agent_name"], found["agent_id_number"]) == (papers.AGENT, papers.AGENT_ID)
    assert (found["name"], found["legal_representative"]) == (papers.NAME, papers.BOSS)


def test_an_agents_card_is_known_by_the_letter() -> None:
    pages = [
        page(1, papers.business_licence()),
        page(2, papers.resident_id(papers.AGENT, papers.AGENT_ID)),
        page(3, papers.authorization_letter()),
    ]
    card = find_documents(pages).documents[1]
    assert card.fields["role"].value == "authorized_agent"


def test_teacher_roster() -> None:
    found = values(papers.teacher_roster())
    assert found["name"] == papers.NAME
    assert found["teachers"] == [
        {
            "name": name,
            "id_number": number,
            "certificate_type": kind,
            "certificate_number": certificate,
            "valid_until": None if until == "——" else until,
        }
        for name, number, kind, certificate, until in papers.TEACHERS
    ]


def test_roster_over_two_pages() -> None:
    pages = [page(1, papers.teacher_roster()), page(2, papers.roster_rows(["黄若溪", "韦婉清"], first=4))]
    roster = find_documents(pages).documents[0]
    assert [t["name"] for t in roster.fields["teachers"].value][3:] == ["黄若溪", "韦婉清"]


def test_teacher_certificates() -> None:
    qualification = values(papers.teacher_qualification())
    assert qualification["qualification"] == "高级中学教师资格"
    assert qualification["subject"] == "体育"
    assert qualification["valid_until"] is None
    skill = values(papers.skill_certificate(until="2022/6/23"))
    assert (skill["occupation"], skill["level"]) == ("社会体育指导（羽毛球）", "三级/高级工")
    assert (skill["valid_until"], skill["issuer"]) == ("2022-06-23", "桂南职业技能评价中心")
    sports = values(papers.sports_instructor_certificate())
    assert (sports["level"], sports["sport"], sports["name"]) == ("二级社会体育指导员", "羽毛球", "卢云飞")
    heritage = values(papers.heritage_inheritor_certificate())
    assert (heritage["name"], heritage["project"]) == ("韦秀芳", "壮族织锦技艺")
    assert heritage["certificate_number"] == "GX-FY-2018-0231"


@pytest.mark.parametrize(
    ("printed", "result"),
    [
        ("合格", "passed"),
        ("正常（合格）", "passed"),
        ("基本合格", "conditional"),
        ("不合格", "failed"),
        ("未参加年检", "failed"),
        ("已公示", "passed"),
    ],
)
def test_inspection_results(printed: str, result: str) -> None:
    found = values(papers.annual_inspection([("2020年度", printed), ("2021年度", "合格")]))
    assert found["years"] == {"2020": result, "2021": "passed"}
    assert found["years_printed"]["2020"] == printed
    assert found["issue_date"] == "2022-05-30"


def test_a_year_that_is_not_printed_is_absent() -> None:
    # The day of the inspection lies in 2021, which is no record of 2021.
    assert values(papers.annual_inspection([("2020年度", "合格")]))["years"] == {"2020": "passed"}


def test_years_as_columns() -> None:
    lines = rows([
        "# 年检情况",
        [(0.1, "年度"), (0.3, "2020年度"), (0.6, "2021年度")],
        [(0.1, "结论"), (0.3, "合格"), (0.6, "基本合格")],
    ])  # fmt: skip
    assert values(lines)["years"] == {"2020": "passed", "2021": "conditional"}


def test_plan_with_academic_courses_inside() -> None:
    found = values(papers.service_plan("（5）语文阅读班：每周二次，同步统编教材。"))
    assert found["academic"] is True
    assert found["academic_terms"] == ["语文"]
    assert found["name"] == papers.NAME
    assert values(papers.service_plan())["academic"] is False


def test_application_form() -> None:
    found = values(papers.application_form())
    assert found["categories"] == ["sports"]
    assert found["legal_representative_id"] == papers.BOSS_ID
    assert (found["contact_name"], found["contact_phone"]) == (papers.AGENT, "19900002910")
    assert found["issue_date"] == "2022-06-16"


def test_commitment_signed_and_sealed() -> None:
    lines = papers.commitment()
    label = next(one for one in lines if "签字" in one.text)
    ink = Ink((label.box[2] + 0.02, label.box[1], label.box[2] + 0.12, label.box[3]), 0.9)
    seal = Seal((0.55, 0.4, 0.7, 0.5), 0.9)
    found = read(lines, inks=[ink], seals=[seal])
    assert (found["signed"].value, found["sealed"].value) == (True, True)
    assert found["signed"].box == ink.box
    assert found["sealed"].box == seal.box
    bare = read(lines)
    assert (bare["signed"].value, bare["sealed"].value) == (False, False)
    assert bare["name"].value == papers.NAME
    assert bare["credit_code"].value == papers.CODE


def test_codes_of_scans_are_corrected_visibly_and_text_layers_never() -> None:
    wrong = "91450105MA5NKRE4IR"
    scanned = read(papers.business_licence(code=wrong), mode=Mode.SCANNED)["credit_code"]
    assert (scanned.value, scanned.corrected_from) == (papers.CODE, wrong)
    digital = read(papers.business_licence(code=wrong))["credit_code"]
    assert (digital.value, digital.corrected_from) == (wrong, None)


def test_fields_know_their_place() -> None:
    lines = papers.business_licence()
    name = read(lines)["name"]
    there = next(one for one in lines if one.text == papers.NAME)
    assert name.page == 1
    assert name.box == pytest.approx(there.box, abs=0.01)


def test_a_label_that_lost_a_character_on_a_scan() -> None:
    lines = [
        line("资格种", one.box[0], one.box[1]) if one.text == "资格种类" else one
        for one in papers.teacher_qualification()
    ]
    assert values(lines, mode=Mode.SCANNED)["qualification"] == "高级中学教师资格"


def test_traditional_labels_and_spread_letters() -> None:
    lines = rows([
        "# 教師資格證書",
        [(0.12, "姓"), (0.2, "名"), (0.34, "蒙佳寧")],
        *papers.pairs(("身份證號碼", "450103199602260002"), ("資格種類", "小學教師資格"), ("任教學科", "體育")),
        *papers.pairs(("證書號碼", "20164500932008414"), ("發證日期", "2016年04月22日")),
    ])  # fmt: skip
    assert [b.kind.type for b in split([page(1, lines)]).bundles] == ["teacher_qualification"]
    found = values(lines)
    assert (found["name"], found["id_number"]) == ("蒙佳寧", "450103199602260002")


def changed(lines: Sequence[Line], was: str, now: str) -> list[Line]:
    """The same lines with one of them read otherwise."""
    assert any(one.text == was for one in lines)
    return [replace(one, text=now) if one.text == was else one for one in lines]


def test_a_closing_date_that_lost_its_century_to_a_seal() -> None:
    lines = changed(papers.commitment(), "日　期：2022年6月16日", "22年6月16日")
    dated = read(lines, mode=Mode.SCANNED)["issue_date"]
    assert dated.value == "2022-06-16"
    assert dated.confidence < 0.9
    assert "issue_date" not in read(lines), "a text layer loses nothing"


def test_a_closing_date_in_chinese_numerals_that_lost_its_century() -> None:
    lines = changed(papers.private_nonenterprise_certificate(), "二〇二〇年八月八日", "二〇年八月八日")
    dated = read(lines, mode=Mode.SCANNED)["issue_date"]
    assert (dated.value, dated.confidence < 0.9) == ("2020-08-08", True)


def test_a_club_at_the_head_is_not_the_office_at_the_foot() -> None:
    lines = changed(
        papers.private_nonenterprise_certificate(),
        "南宁市岚山区飞羽体育培训中心",
        "南宁市岚山区飞羽田径俱乐部",
    )
    lines = [one for one in lines if one.text != "南宁市岚山区民政局"]
    assert "issuer" not in read(lines, mode=Mode.SCANNED)


def test_a_name_whose_label_was_half_lost() -> None:
    lines = [one for one in papers.teacher_qualification() if one.text != "姓名"]
    lines = changed(lines, "蒙佳宁", "名蒙佳宁")
    assert read(lines, mode=Mode.SCANNED)["name"].value == "蒙佳宁"


def test_the_holder_of_a_sentence_is_no_name() -> None:
    lines = [one for one in papers.teacher_qualification() if one.text not in {"姓名", "蒙佳宁"}]
    lines.append(line("持证人具备教师资格，根据《中华人民共和国教师法》的规定，特发此证。", 0.12, 0.8))
    assert "name" not in read(lines, mode=Mode.SCANNED)


def test_an_organisation_beside_half_of_its_label() -> None:
    lines = [one for one in papers.business_licence() if one.text not in {"名称", papers.NAME}]
    lines += [line("名", 0.12, 0.22), line(papers.NAME, 0.3, 0.22)]
    assert read(lines, mode=Mode.SCANNED)["name"].value == papers.NAME
    assert "name" not in read(lines), "a text layer loses no label"


def test_a_card_whose_labels_were_too_pale_to_be_scanned() -> None:
    lines = [
        line("覃承泽", 0.34, 0.19), line("男", 0.34, 0.226), line("壮", 0.46, 0.226),
        line("1978 11 3", 0.34, 0.257), line("广西南宁市云蕉区听荷路1", 0.34, 0.289),
        line("00号5栋3单元1380号", 0.34, 0.307), line("452122197811039998", 0.41, 0.349),
        line("中华人民共和国", 0.42, 0.47), line("居民身份证", 0.4, 0.51),
        line("签发机关", 0.33, 0.588), line("南宁市公安局岚山分局", 0.43, 0.588), line("2016.05.18-2036.05.18", 0.41, 0.62),
    ]  # fmt: skip
    found = {name: value.value for name, value in read(lines, mode=Mode.SCANNED).items()}
    assert (found["name"], found["ethnicity"]) == ("覃承泽", "壮")
    assert found["address"] == "广西南宁市云蕉区听荷路100号5栋3单元1380号"


def test_an_office_that_a_seal_took_characters_from() -> None:
    lines = changed(papers.skill_certificate(), "桂南职业技能评价中心", "桂南职业技能价心")
    issuer = read(lines, mode=Mode.SCANNED)["issuer"]
    assert (issuer.value, issuer.corrected_from) == ("桂南职业技能评价中心", "桂南职业技能价心")
    assert "issuer" not in read(lines)
