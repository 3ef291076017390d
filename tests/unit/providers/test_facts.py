"""What is wrong with a provider's facts, field by field."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from registry.providers.facts import Contact, ProviderFacts, check_facts, name_key

GOOD = ProviderFacts(
    name="南宁虚构艺术培训有限公司",
    credit_code="91450105MA5NKRE41R",
    kind="business_licence",
    legal_representative="卢晓岚",
    legal_representative_id="452122197906250008",
    registered_address="南宁市虚构区想象路 1 号",
    contact=Contact("岑子墨", "19900001234", "a@example.com"),
)


def test_right_facts_have_no_error() -> None:
    assert check_facts(GOOD, as_of=date(2022, 6, 20)) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("青檬树（南宁）有限公司", "青檬树(南宁)有限公司"),
        ("ＡＢＣ 艺术", "abc艺术"),
        ("青檬树\u200b有限公司", "青檬树 有限公司"),
    ],
)
def test_names_are_the_same_but_for_width_case_spaces(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("facts", "field", "words"),
    [
        (replace(GOOD, name="  "), "name", "机构名称"),
        (replace(GOOD, kind=""), "kind", "登记类型"),
        (replace(GOOD, kind="school"), "kind", "登记类型"),
        (replace(GOOD, credit_code=""), "credit_code", "请填写"),
        (replace(GOOD, credit_code=GOOD.credit_code[:-1]), "credit_code", "现为 17 位"),
        (replace(GOOD, credit_code="O" + GOOD.credit_code[1:]), "credit_code", "第 1 位是字母 O"),
        (replace(GOOD, credit_code=GOOD.credit_code[:-1] + "~"), "credit_code", "位"),
        (replace(GOOD, registered_address=""), "registered_address", "登记地址"),
        (replace(GOOD, legal_representative=""), "legal_representative", "法定代表人"),
        (replace(GOOD, legal_representative_id=""), "legal_representative_id", "身份证"),
        (replace(GOOD, legal_representative_id="452122197906250009"), "legal_representative_id", "校验"),
        (replace(GOOD, legal_representative_id="452122203206250008"), "legal_representative_id", "出生日期"),
        (replace(GOOD, contact=Contact("", "19900001234")), "contact_name", "联系人"),
        (replace(GOOD, contact=Contact("岑子墨", "")), "contact_phone", "联系电话"),
        (replace(GOOD, contact=Contact("岑子墨", "打我电话")), "contact_phone", "联系电话"),
        (replace(GOOD, contact=Contact("岑子墨", "19900001234", "not-an-address")), "contact_email", "邮箱"),
        (replace(GOOD, former_names=tuple(f"旧名{n}" for n in range(11))), "former_names", "10"),
    ],
)
def test_wrong_facts_are_told_at_their_field(facts: ProviderFacts, field: str, words: str) -> None:
    errors = check_facts(facts, as_of=date(2022, 6, 20))
    told = {error.field: error.message % dict(error.params) for error in errors}
    assert list(told) == [field]
    assert words in told[field]
    assert facts.legal_representative_id not in told[field] or not facts.legal_representative_id
