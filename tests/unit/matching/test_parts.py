"""The parts that the rules stand on: names taken apart, places, numbers, rare names, branches, variations, marks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from vetting.matching.company import parse
from vetting.matching.fingerprint import pair_mark
from vetting.matching.lookalike import look_alike
from vetting.matching.model import Listing, ListKind, Person, Subject, SubjectType
from vetting.matching.normalise import code_key, codes_contradict, id_key, mask_fits, name_key, person_key
from vetting.matching.numerals import number_key
from vetting.matching.persons import is_rare
from vetting.matching.places import region_of
from vetting.matching.rules import branch_of
from vetting.matching.variants import Variation, variation_between


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("南宁市岚柚文化艺术培训有限公司", ("南宁市", "岚柚", "文化艺术培训", "有限公司", "", "")),
        ("杞墨教育科技（南宁）有限公司", ("(南宁)", "杞墨", "教育科技", "有限公司", "", "")),
        ("广西南宁市青秀区鹿鸣画室", ("广西南宁市青秀区", "鹿鸣", "", "画室", "", "")),
        ("南宁市鲤蘅托管中心（个人独资）", ("南宁市", "鲤蘅", "", "托管中心", "个人独资", "")),
        (
            "南宁市岚柚艺术培训有限公司江南分公司",
            ("南宁市", "岚柚", "艺术培训", "有限公司", "", "江南分公司"),
        ),
        ("永福艺术培训有限公司", ("", "永福", "艺术培训", "有限公司", "", "")),
        ("墨禾书屋", ("", "墨禾", "", "书屋", "", "")),
        ("", ("", "", "", "", "", "")),
    ],
)
def test_a_name_is_taken_apart(name: str, parts: tuple[str, ...]) -> None:
    assert tuple(parse(name_key(name)).parts.values()) == parts


@pytest.mark.parametrize(
    ("address", "region"),
    [
        ("广西壮族自治区南宁市青秀区民族大道1号", "450103"),
        ("廣西南寧市武鳴區", "450110"),
        ("南宁市 邕宁区", "450109"),
        ("北京市市辖区朝阳区", "110105"),
        ("海口市龙华区人民路", "460106"),
        ("广东省中山市小榄镇", "442000"),
        ("湖北省仙桃市", "429004"),
        ("青秀区民族大道", "450103"),
        ("朝阳区", ""),
        ("南宁市区民族大道", "450100"),
        ("吉林市船营区", "220204"),
        ("吉林省吉林市船营区", "220204"),
        ("辽宁朝阳双塔区", "211302"),
        ("高新区", ""),
        ("", ""),
    ],
)
def test_an_address_tells_its_division(address: str, region: str) -> None:
    assert region_of(address) == region


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("第二十一", "第21"), ("一百零八", "108"), ("二〇二五", "2025"), ("零零七", "007"), ("第Ⅲ", "第3"), ("第①", "第1"),
        ("3千", "3000"), ("一万零三百", "10300"), ("十", "10"), ("壹佰", "100"), ("廿一", "21"), ("8八", "88"),
    ],
)  # fmt: skip
def test_numbers_become_digits(name: str, key: str) -> None:
    assert number_key(name) == key


@pytest.mark.parametrize("name", ["张伟", "刘洋", "王秀英", "李建国", "陈静"])
def test_common_names(name: str) -> None:
    assert not is_rare(name)


@pytest.mark.parametrize("name", ["欧阳砚笛", "亓官洛桐", "农霁澍", "梁清樾", "阿依古丽·买买提"])
def test_rare_names(name: str) -> None:
    assert is_rare(person_key(name))


@pytest.mark.parametrize(
    ("one", "other", "variation"),
    [
        ("南宁市未荻艺术有限公司", "南宁市末荻艺术有限公司", Variation.LOOK_ALIKE),
        ("甲有限公司", "甲有限责任公司", Variation.LIMITED_FORM),
        ("甲画室（个体工商户）", "甲画室", Variation.LEGAL_NOTE),
        ("甲画室（个体工商户）", "甲画室（个人独资）", None),
        ("甲教育（南宁市）有限公司", "甲教育（南宁）有限公司", Variation.CITY_SUFFIX),
        ("好又多超市", "好又多超", None),
        ("第一课堂", "第1课堂", Variation.NUMBER),
        ("第一课堂", "第二课堂", None),
        ("第十课堂", "第千课堂", None),
        ("柳州市甲艺术", "郴州市甲艺术", None),
        ("南宁市未荻艺术有限公司", "南宁末荻艺术有限公司", None),
        ("甲股份有限公司", "甲有限公司", None),
        ("南宁市语芽有限公司", "南宁市雨芽有限公司", None),
    ],
)
def test_exactly_one_variation_makes_names_similar(one: str, other: str, variation: Variation | None) -> None:
    assert variation_between(name_key(one), one, name_key(other), other) is variation


@pytest.mark.parametrize(
    "pair", ["语雨", "嘉佳", "启起", "柚橙", "燃岭", "禾岸", "鲤鲸", "桐梅", "一二", "十千", "学学"]
)
def test_sound_and_meaning_make_no_look_alikes(pair: str) -> None:
    assert not look_alike(pair[0], pair[1])


def test_a_branch_is_the_parent_and_a_tail_without_another_company() -> None:
    assert branch_of("甲有限公司江南分公司", "甲有限公司")
    assert branch_of("甲有限公司分公司", "甲有限公司")
    assert branch_of("甲有限公司(柳州分公司)", "甲有限公司")
    assert not branch_of("甲有限公司", "甲有限公司")
    assert not branch_of("墨禾书屋文化有限公司江南分公司", "墨禾书屋")
    assert not branch_of("乙有限公司江南分公司", "甲有限公司")
    assert not branch_of("甲有限公司江南分公司", "")


def test_codes_and_ids() -> None:
    assert code_key(" 91-4501 03ylq64uh687 ") == "91450103YLQ64UH687"
    assert code_key("无") == code_key("N/A") == code_key("—") == ""
    assert not codes_contradict("", "91450103YLQ64UH687")
    assert id_key("450502860720981") == "450502198607209813"
    assert id_key("45022119940429973x") == "45022119940429973X"
    assert id_key("4502＊＊＊") == "4502***"
    assert mask_fits("450502860***981", "450502198607209813")
    assert not mask_fits("450502860***981", "450502200607209813")
    assert person_key("阿依古丽•买买提") == person_key("阿依古丽 · 买买提")


SUBJECT = Subject(
    "P1", "甲（南宁）有限公司", ("乙", "丙"), "91450103YLQ64UH687", Person("农霁澍", "450502198607209813")
)
LISTING = Listing("L1", ListKind.OWN_BAN, SubjectType.ORGANISATION, "甲（南宁）有限公司")


def test_a_mark_holds_until_either_side_changes() -> None:
    key = b"k" * 32
    mark = pair_mark(SUBJECT, LISTING, key)
    rewritten = replace(SUBJECT, name="甲(南宁) 有限公司", former_names=("丙", "乙"), id="P2")
    assert pair_mark(rewritten, LISTING, key) == mark
    assert pair_mark(SUBJECT, replace(LISTING, in_force_until=date(2030, 1, 1)), key) == mark
    assert pair_mark(replace(SUBJECT, credit_code=""), LISTING, key) != mark
    assert pair_mark(SUBJECT, replace(LISTING, name="甲有限公司"), key) != mark
    assert pair_mark(SUBJECT, LISTING, b"o" * 32) != mark
    assert "农霁澍" not in mark
