"""Why a pair matches, for a person: both sides aligned, what was equal, what differed, what decided.

ID numbers are shown with their middle hidden, so that an explanation can stand on a page and in a record.
"""

from __future__ import annotations

from difflib import SequenceMatcher

from vetting.matching.company import BRANCH, parse
from vetting.matching.keys import ListingKeys, SubjectKeys
from vetting.matching.model import Explanation, Part, Reason, Span
from vetting.matching.normalise import codes_contradict, hide_id
from vetting.matching.rules import Ruling
from vetting.matching.variants import Variation

_PART_NAMES = {
    "place": ("行政区划", "place"),
    "brand": ("字号", "brand"),
    "trade": ("行业", "trade"),
    "form": ("组织形式", "organisational form"),
    "note": ("组织形式注记", "legal-form note"),
    "branch": ("分支机构", "branch"),
}
_ROLES = {"legal_representative": ("法定代表人", "legal representative"), "teacher": ("教师", "teacher")}
_VARIATIONS = {
    Variation.LOOK_ALIKE: ("仅一字之差且为形近字", "one character differs and the two look alike"),
    Variation.LIMITED_FORM: ("仅“有限公司”与“有限责任公司”之别", "only 有限公司 against 有限责任公司"),
    Variation.LEGAL_NOTE: ("仅有无组织形式注记之别", "only the legal-form note is present on one side"),
    Variation.CITY_SUFFIX: ("仅行政区划有无“市”字之别", "only 市 is present in the place on one side"),
    Variation.NUMBER: ("仅数字写法不同，数值相同", "the same number is written in another script"),
}


def align(subject: str, listing: str) -> tuple[Span, ...]:
    """Two texts character by character, runs of one kind joined."""
    matcher = SequenceMatcher(None, subject, listing, autojunk=False)
    return tuple(Span(op, subject[i:j], listing[k:m]) for op, i, j, k, m in matcher.get_opcodes())


def compare_parts(subject: str, listing: str) -> tuple[Part, ...]:
    """Two company names (keys) part by part; parts that neither has are left out."""
    ours, theirs = parse(subject).parts, parse(listing).parts
    return tuple(Part(part, ours[part], theirs[part]) for part in ours if ours[part] or theirs[part])


def _code_facts(
    subject: SubjectKeys, listing: ListingKeys
) -> tuple[tuple[str, ...], tuple[str, ...], str, str]:
    """What the codes say: facts that are equal, facts that differ, and the clause for it in Chinese and English."""
    if codes_contradict(subject.code, listing.code):
        return (), ("credit_code",), "双方统一社会信用代码不同", "the credit codes differ"
    if subject.code and subject.code == listing.code:
        return ("credit_code",), (), "统一社会信用代码相同", "the credit codes are equal"
    if subject.code or listing.code:
        side = ("名单未载明统一社会信用代码", "the list gives no credit code")
        other = ("机构未填写统一社会信用代码", "the provider gave no credit code")
        chosen = side if subject.code else other
        return (), (), chosen[0], chosen[1]
    return (), (), "双方均无统一社会信用代码", "neither side has a credit code"


def _where(listing: ListingKeys) -> tuple[str, str]:
    name = listing.listing.list_name or listing.listing.kind.value
    return f"《{name}》中的“{listing.listing.name.strip()}”", f"“{listing.listing.name.strip()}” on {name}"


def explain(subject: SubjectKeys, listing: ListingKeys, ruling: Ruling) -> Explanation:
    """The explanation of one ruling."""
    if ruling.person is not None:
        return _explain_person(subject, listing, ruling)
    if ruling.reason is Reason.CREDIT_CODE:
        return _explain_code(subject, listing)
    return _explain_name(subject, listing, ruling)


def _explain_code(subject: SubjectKeys, listing: ListingKeys) -> Explanation:
    where_zh, where_en = _where(listing)
    same_name = bool(listing.name) and subject.name == listing.name
    zh = f"机构的统一社会信用代码与{where_zh}相同" + (
        "，名称也相同。" if same_name else "；名称不同不影响判断。"
    )
    en = f"The credit code equals that of {where_en}" + (
        "; so does the name." if same_name else ", whatever the name."
    )
    return Explanation(
        field="credit_code",
        subject=subject.code,
        listing=listing.code,
        alignment=align(subject.code, listing.code),
        parts=compare_parts(subject.name, listing.name) if listing.name else (),
        equal=("credit_code", "name") if same_name else ("credit_code",),
        different=() if same_name or not listing.name else ("name",),
        decided=Reason.CREDIT_CODE,
        zh=zh,
        en=en,
    )


def _explain_name(subject: SubjectKeys, listing: ListingKeys, ruling: Ruling) -> Explanation:
    parts = compare_parts(ruling.subject_name, ruling.listing_name)
    equal, different, code_zh, code_en = _code_facts(subject, listing)
    where_zh, where_en = _where(listing)
    names = [_PART_NAMES[p.part] for p in parts if not p.equal]
    sentences = {
        Reason.NAME: (f"机构名称与{where_zh}相同", f"The name equals that of {where_en}"),
        Reason.FORMER_NAME: (
            f"机构与{where_zh}有相同的现用名或曾用名“{ruling.subject_name}”",
            f"The provider and {where_en} share the current or former name “{ruling.subject_name}”",
        ),
        Reason.BRANCH: (
            f"机构是{where_zh}的{BRANCH}（名称为总公司名称后加“{ruling.subject_name[len(ruling.listing_name) :]}”）",
            f"The provider is a branch of {where_en} (its name plus “{ruling.subject_name[len(ruling.listing_name) :]}”)",
        ),
        Reason.NAME_OTHER_CODE: (
            f"机构名称与{where_zh}相同，请核实是重新登记还是另一家机构",
            f"The name equals that of {where_en}: registered anew, or another organisation",
        ),
    }
    if ruling.variation is not None:
        variation_zh, variation_en = _VARIATIONS[ruling.variation]
        zh, en = (
            f"机构名称与{where_zh}近似：{variation_zh}",
            f"The name is close to {where_en}: {variation_en}",
        )
        different = (ruling.variation.value, *different)
    else:
        zh, en = sentences[ruling.reason]
    if names and ruling.reason is Reason.SIMILAR_NAME:
        zh += f"，差异在{'、'.join(n[0] for n in names)}"
        en += f", in the {' and '.join(n[1] for n in names)}"
    if ruling.reason is not Reason.BRANCH:
        zh, en = f"{zh}；{code_zh}", f"{en}; {code_en}"
    same_name = ruling.subject_name == ruling.listing_name
    field = "former_name" if ruling.reason is Reason.FORMER_NAME else "name"
    return Explanation(
        field=field,
        subject=ruling.subject_name,
        listing=ruling.listing_name,
        alignment=align(ruling.subject_name, ruling.listing_name),
        parts=parts,
        equal=((field,) if same_name else tuple(p.part for p in parts if p.equal)) + equal,
        different=tuple(p.part for p in parts if not p.equal) + different,
        decided=ruling.reason,
        zh=zh + "。",
        en=en + ".",
    )


def _explain_person(subject: SubjectKeys, listing: ListingKeys, ruling: Ruling) -> Explanation:
    person = ruling.person
    if person is None:
        raise ValueError("a ruling on persons names the person")
    role_zh, role_en = _ROLES[person.role]
    where_zh, where_en = _where(listing)
    whom_zh = f"{where_zh}" if listing.is_person else f"{where_zh}的法定代表人"
    whom_en = where_en if listing.is_person else f"the legal representative of {where_en}"
    name = person.name or "（未填姓名）"
    equal: tuple[str, ...]
    different: tuple[str, ...] = ()
    if ruling.reason is Reason.RELATED_PERSON_ID:
        ours, theirs, field = hide_id(person.id), hide_id(listing.person_id), "id_number"
        same = person.name in listing.person_names
        equal, different = (
            ("id_number", "person_name") if same else ("id_number",),
            () if same else ("person_name",),
        )
        zh = f"机构{role_zh}{name}的身份证件号码与{whom_zh}完全相同"
        en = f"The full ID number of the {role_en} {name} equals that of {whom_en}"
        if not same:
            zh, en = zh + "，姓名写法不同不影响判断", en + ", whatever the name"
    elif ruling.reason is Reason.MASKED_ID:
        # Shown is what both sides may show: the positions hidden on the list stay hidden here.
        theirs, field = listing.person_id, "id_number"
        shown = person.id if len(theirs) == len(person.id) else person.id[:6] + person.id[8:17]
        ours = "".join("*" if mask == "*" else char for char, mask in zip(shown, theirs, strict=True))
        equal = ("person_name", "visible_digits")
        zh = f"机构{role_zh}{name}与{whom_zh}同名，身份证件号码与名单上已脱敏号码的可见部分一致"
        en = f"The {role_en} {name} has the name of {whom_en}, and the ID number fits the digits shown on the list"
    else:
        ours, theirs, field = person.name, person.name, "person_name"
        equal = ("person_name", "region")
        zh = f"机构{role_zh}{name}与{whom_zh}同名，姓名少见，且同在行政区划{listing.region}；名单未载明身份证件号码"
        en = (
            f"The {role_en} {name} has the rare name of {whom_en} in the same district {listing.region}; "
            "the list gives no ID number"
        )
    return Explanation(
        field=field,
        subject=ours,
        listing=theirs,
        alignment=align(ours, theirs),
        parts=(),
        equal=equal,
        different=different,
        decided=ruling.reason,
        zh=zh + "。",
        en=en + ".",
    )
