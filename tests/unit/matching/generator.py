"""Screening cases of every kind that shared/cases/screening has, with other names, places, numbers and characters.

Each case is a listing, a provider, a day and what the README's table says of the pair. Randomness is seeded by the caller.
All names are made up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from vetting.matching.model import Listing, ListKind, Outcome, Person, Reason, Subject, SubjectType

AS_OF = date(2025, 9, 1)
PLACES = (
    ("广西壮族自治区", "南宁市", "青秀区", "450103"), ("广西壮族自治区", "桂林市", "七星区", "450305"),
    ("广西壮族自治区", "梧州市", "万秀区", "450403"), ("广西壮族自治区", "玉林市", "玉州区", "450902"),
    ("广东省", "中山市", "", "442000"), ("湖南省", "长沙市", "岳麓区", "430104"), ("贵州省", "贵阳市", "南明区", "520102"),
    ("四川省", "成都市", "武侯区", "510107"), ("江苏省", "苏州市", "姑苏区", "320508"), ("海南省", "海口市", "龙华区", "460106"),
)  # fmt: skip
BRANDS = (
    "漪竺",
    "鸢尾",
    "沅芷",
    "璟和",
    "栖梧",
    "砺行",
    "汀兰",
    "若谷",
    "拾贝",
    "桫椤",
    "鹿鸣",
    "蒹葭",
    "霖溪",
    "听澜",
    "朴石",
    "樱洲",
)
TRADES = (
    "艺术培训",
    "文化传播",
    "体育发展",
    "教育科技",
    "信息咨询",
    "研学旅行",
    "编程教育",
    "书法培训",
    "课后服务",
)
OTHER_TRADES = (
    "美术培训",
    "文化交流",
    "体育管理",
    "教育咨询",
    "网络科技",
    "户外拓展",
    "机器人教育",
    "棋艺培训",
    "托管服务",
)
GIVEN = "砚棠笙遥霁汐岫舟禾樾荔溪棂濂珩翊昀"
LOOK_ALIKES = (
    "己已", "未末", "日曰", "人入", "天夭", "千干", "戊戌", "侯候", "折析", "沐沭", "汨汩", "栗粟", "壁璧", "徽微", "博搏",
    "免兔", "鸟乌", "萧箫", "蓝篮", "晴睛", "师帅", "冶治", "洒酒", "拔拨", "准淮", "荻获", "栎砾", "柚袖", "桐洞", "竞竟",
    "杞杷", "汀订", "麓簏", "鹭鹜", "篁簧", "棠堂", "岚岗", "羸赢", "祟崇", "孟盂", "宜宣", "官宫", "苹萍", "瑞端", "亭亨",
)  # fmt: skip
NUMBERS = (
    ("一", "1"),
    ("三", "3"),
    ("十二", "12"),
    ("二十一", "21"),
    ("一百零八", "108"),
    ("八八", "88"),
    ("九", "玖"),
)
HOMOPHONES = ("语雨", "嘉佳", "启起", "艺翼", "诚橙", "晨辰", "星兴", "智志", "慧会", "源园")
BRACKETS = ("（）", "()", "〔〕", "【】", "［］", "｛｝", "《》", "「」", "﹙﹚", "<>")
ORDINARY = (
    ListKind.SERIOUS_VIOLATION, ListKind.ABNORMAL_OPERATION, ListKind.JUDGMENT_DEBTOR, ListKind.INDUSTRY_BLACKLIST,
)  # fmt: skip
TRADITIONAL = str.maketrans(
    "艺术训传发书课务舞业乐旅学编听兰师广东万国", "藝術訓傳發書課務舞業樂旅學編聽蘭師廣東萬國"
)


@dataclass(frozen=True, slots=True)
class Case:
    """One pair and what the table says of it; ``reason`` is None for clear."""

    kind: str
    listing: Listing
    subject: Subject
    as_of: date
    outcome: Outcome
    reason: Reason | None


class Maker:
    """Makes facts at random."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._count = 0

    def code(self, region: str = "450103") -> str:
        """A code of 18 characters (its check character does not matter to matching)."""
        return "91" + region + "".join(self.random.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=10))

    def resident_id(self, region: str = "450103") -> str:
        """A resident ID of 18 digits with its check character, born in 19.. ."""
        body = f"{region}19{self.random.randint(60, 99)}{self.random.randint(1, 12):02}"
        body += f"{self.random.randint(1, 28):02}{self.random.randint(950, 995)}"
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]

    def person_name(self) -> str:
        """A rare name."""
        surname = self.random.choice("农韦覃蒙零闭甘容岑玉班") if self.random.random() < 0.8 else "欧阳"
        return surname + "".join(self.random.sample(GIVEN, 2))

    def person(self) -> Person:
        """A person with a full ID."""
        return Person(self.person_name(), self.resident_id())

    def brand(self) -> str:
        """A brand of four characters."""
        return "".join(self.random.sample(BRANDS, 2))

    def listing(self, name: str, **facts: object) -> Listing:
        """An organisation listed and in force; ``facts`` override."""
        self._count += 1
        made = Listing(
            list_id=f"T-{self._count:04}",
            kind=self.random.choice(ORDINARY),
            subject_type=SubjectType.ORGANISATION,
            name=name,
            legal_representative=self.person(),
            region_code="450103",
            in_force_from=AS_OF - timedelta(days=self.random.randint(1, 900)),
        )
        return replace(made, **facts)  # type: ignore[arg-type]

    def subject(self, name: str, **facts: object) -> Subject:
        """A provider; ``facts`` override."""
        self._count += 1
        made = Subject(
            id=f"q{self._count:04}",
            name=name,
            credit_code=self.code(),
            legal_representative=self.person(),
            teachers=tuple(self.person() for _ in range(self.random.randint(0, 2))),
            address="广西壮族自治区南宁市青秀区栎湾路75号",
        )
        return replace(made, **facts)  # type: ignore[arg-type]


def _name(make: Maker) -> str:
    """A company name in one of the usual orders."""
    random = make.random
    _, city, county, _ = random.choice(PLACES)
    trade, brand = random.choice(TRADES), make.brand()
    return random.choice(
        (
            f"{city}{brand}{trade}有限公司",
            f"{city}{county}{brand}{trade}有限责任公司",
            f"{brand}{trade}（{city[:-1]}）有限公司",
            f"{city}{county}{brand}艺术培训中心",
            f"{brand}画室",
        )
    )


def _insert(random: Random, text: str, pieces: str) -> str:
    at = random.randint(1, len(text) - 1)
    return text[:at] + random.choice(pieces) + text[at:]


def hit_code(make: Maker) -> Case:
    """The same code, written otherwise, under another name."""
    code = make.code()
    forms: tuple[Callable[[str], str], ...] = (
        str.lower,
        lambda c: f"{c[:2]} {c[2:8]}-{c[8:]}",
        lambda c: c.translate({i: i + 0xFEE0 for i in range(0x21, 0x7F)}),
        lambda c: _insert(make.random, c, "\u200b\u00a0\ufeff\u3000\t"),
    )
    ours, theirs = make.random.choice(forms)(code), make.random.choice(forms)(code)
    listing, subject = (
        make.listing(_name(make), credit_code=theirs),
        make.subject(_name(make), credit_code=ours),
    )
    return Case("hit_code", listing, subject, AS_OF, Outcome.HIT, Reason.CREDIT_CODE)


def hit_name(make: Maker) -> Case:
    """The same name, written otherwise; at most one side has a code."""
    random = make.random
    name = random.choice((_name(make), f"{make.brand()}Kiki88教育科技（南宁）有限公司"))
    pair = random.choice(BRACKETS)
    forms: tuple[Callable[[str], str], ...] = (
        lambda n: n.replace("（", pair[0]).replace("）", pair[1]),
        lambda n: _insert(random, n, " \u3000\u200b\ufeff\u200d\u2060\u00ad\u00a0"),
        lambda n: n.translate(TRADITIONAL),
        lambda n: n.upper().translate({i: i + 0xFEE0 for i in range(0x30, 0x5B)}),
        lambda n: n.replace("文", "⽂").replace("金", "⾦").replace("青", "⻘").replace("长", "⻓"),
    )
    other = random.choice(forms)(name)
    listing = make.listing(name, credit_code=random.choice(("", make.code())))
    subject = make.subject(other, credit_code="" if listing.credit_code else random.choice(("", make.code())))
    return Case("hit_name", listing, subject, AS_OF, Outcome.HIT, Reason.NAME)


def hit_former_name(make: Maker) -> Case:
    """A former name on one side or both."""
    old, way = _name(make), make.random.randrange(3)
    listing = make.listing(
        old if way == 1 else _name(make), former_names=() if way == 1 else (_name(make), old)
    )
    subject = make.subject(old if way == 0 else _name(make), former_names=() if way == 0 else (old,))
    return Case("hit_former_name", listing, subject, AS_OF, Outcome.HIT, Reason.FORMER_NAME)


def hit_branch(make: Maker) -> Case:
    """A branch with a code of its own."""
    parent = f"{make.brand()}{make.random.choice(TRADES)}（长沙）有限公司"
    tail = make.random.choice(("分公司", "柳州分公司", "江南第二分公司", "（岳麓区分公司）"))
    listing = make.listing(parent, credit_code=make.code())
    subject = make.subject(parent.replace("（", "(") + tail)
    return Case("hit_branch", listing, subject, AS_OF, Outcome.HIT, Reason.BRANCH)


def related_id(make: Maker) -> Case:
    """The full ID of somebody listed, old or new form, as legal representative or teacher."""
    random, who = make.random, make.person()
    old = who.id_number[:6] + who.id_number[8:17]
    on_list = replace(who, id_number=random.choice((who.id_number, old)))
    typed = replace(
        who, id_number=random.choice((who.id_number, old, who.id_number.lower(), f" {who.id_number}"))
    )
    way = random.randrange(3)
    if way == 0:
        listing = make.listing(who.name, subject_type=SubjectType.PERSON, legal_representative=on_list)
    else:
        kind = ListKind.OWN_BAN if way == 1 else random.choice(ORDINARY)
        listing = make.listing(_name(make), kind=kind, legal_representative=on_list, credit_code=make.code())
    teacher = random.random() < 0.5
    subject = make.subject(
        _name(make), **({"teachers": (typed,)} if teacher else {"legal_representative": typed})
    )
    outcome = Outcome.POSSIBLE if way == 2 else Outcome.HIT
    return Case("related_id", listing, subject, AS_OF, outcome, Reason.RELATED_PERSON_ID)


def name_other_code(make: Maker) -> Case:
    """Two codes under one name."""
    name = _name(make)
    listing, subject = make.listing(name, credit_code=make.code()), make.subject(name)
    return Case("name_other_code", listing, subject, AS_OF, Outcome.POSSIBLE, Reason.NAME_OTHER_CODE)


def similar_name(make: Maker) -> Case:
    """One variation, at most one code."""
    random = make.random
    _, city, county, _ = random.choice(PLACES)
    brand, trade, pair, number = (
        make.brand(),
        random.choice(TRADES),
        random.choice(LOOK_ALIKES),
        random.choice(NUMBERS),
    )
    note = random.choice(("（个人独资）", "（个体工商户）", "（普通合伙）"))
    ours, theirs = random.choice(
        (
            (f"{city}{pair[0]}{brand}{trade}有限公司", f"{city}{pair[1]}{brand}{trade}有限公司"),
            (
                f"{brand}{pair[0]}{trade}（{city[:-1]}）有限公司",
                f"{brand}{pair[1]}{trade}（{city[:-1]}）有限公司",
            ),
            (f"{city}{brand}{trade}有限公司", f"{city}{brand}{trade}有限责任公司"),
            (f"{city}{county}{brand}托管中心{note}", f"{city}{county}{brand}托管中心"),
            (f"{city}{brand}{trade}有限公司", f"{city[:-1]}{brand}{trade}有限公司"),
            (f"{city}{county}{brand}{trade}中心", f"{city[:-1]}{county}{brand}{trade}中心"),
            (f"{brand}{trade}（{city}）有限公司", f"{brand}{trade}（{city[:-1]}）有限公司"),
            (
                f"{city}{brand}第{number[0]}课堂{trade}有限公司",
                f"{city}{brand}第{number[1]}课堂{trade}有限公司",
            ),
        )
    )
    if random.random() < 0.5:
        ours, theirs = theirs, ours
    listing = make.listing(theirs, credit_code=random.choice(("", make.code())))
    subject = make.subject(ours, credit_code="" if listing.credit_code else random.choice(("", make.code())))
    return Case("similar_name", listing, subject, AS_OF, Outcome.POSSIBLE, Reason.SIMILAR_NAME)


def _mask(random: Random, number: str) -> str:
    start = random.choice((4, 6, 8, 10))
    end = random.choice((14, 16))
    mask = number[:start] + "*" * (end - start) + number[end:]
    return random.choice((mask, mask.replace("*", "＊"), f"{mask[:6]} {mask[6:]}"))


def masked_id(make: Maker) -> Case:
    """A masked ID under the same name that fits, or does not, or fits under another name."""
    random, who = make.random, make.person()
    way = random.randrange(4)
    typed = who
    if way == 1:
        typed = replace(who, id_number=("51" if who.id_number[:2] == "45" else "45") + who.id_number[2:])
    if way == 2:
        typed = replace(who, name=who.name[:-1] + "淼")
    on_list = replace(who, id_number=_mask(random, who.id_number))
    organisation = way == 3 or random.random() < 0.3
    if organisation:
        listing = make.listing(_name(make), kind=random.choice(tuple(ListKind)), legal_representative=on_list)
    else:
        listing = make.listing(who.name, subject_type=SubjectType.PERSON, legal_representative=on_list)
    subject = make.subject(_name(make), teachers=(typed,))
    fits = way in (0, 3)
    outcome = Outcome.POSSIBLE if fits else Outcome.CLEAR
    return Case(f"masked_id_{way}", listing, subject, AS_OF, outcome, Reason.MASKED_ID if fits else None)


def rare_name(make: Maker) -> Case:
    """A rare name in the same region without an ID; a common one in another province."""
    province, city, county, region = make.random.choice(PLACES)
    if make.random.random() < 0.5:
        name = make.person_name()
        address = (
            f"{make.random.choice((province, '', province.replace('壮族自治区', '')))}{city}{county}人民路1号"
        )
        listing_region, outcome = region, Outcome.POSSIBLE
    else:
        name = make.random.choice(
            ("张伟", "王芳", "李娜", "刘洋", "王伟", "张敏", "李静", "陈杰", "王秀英", "李建国")
        )
        address, listing_region, outcome = f"{province}{city}{county}人民路1号", "110105", Outcome.CLEAR
    listing = make.listing(
        name, subject_type=SubjectType.PERSON, legal_representative=Person(name), region_code=listing_region
    )
    subject = make.subject(
        _name(make), legal_representative=Person(name, make.resident_id()), address=address
    )
    reason = Reason.PERSON_NAME_REGION if outcome is Outcome.POSSIBLE else None
    return Case("rare_name", listing, subject, AS_OF, outcome, reason)


def clear_name(make: Maker) -> Case:
    """Names that are near and yet other companies', each with its own code."""
    random = make.random
    (_, city, _, _), (_, other, _, _) = random.sample(PLACES, 2)
    brand, at = make.brand(), random.randrange(len(TRADES))
    trade, different, homophone = TRADES[at], OTHER_TRADES[at], random.choice(HOMOPHONES)
    ours, theirs = random.choice(
        (
            (f"{city}{brand}{trade}有限公司", f"{other}{brand}{trade}有限公司"),
            (f"{brand}{trade}（{city[:-1]}）有限公司", f"{brand}{trade}（{other[:-1]}）有限公司"),
            (f"{city}{brand}{trade}有限公司", f"{city}{brand}{different}有限公司"),
            (f"{city}{homophone[0]}{brand}{trade}有限公司", f"{city}{homophone[1]}{brand}{trade}有限公司"),
            (f"{city}{brand}第一课堂{trade}有限公司", f"{city}{brand}第二课堂{trade}有限公司"),
            (f"{city}{brand}{trade}有限公司江南分公司", f"{city}{brand}{different}有限公司"),
            (f"{brand[:2]}岸书屋", f"{brand[:2]}橙书屋"),
            (f"{city}{brand}{trade}有限公司", f"{city}LANYOU{trade}有限公司"),
        )
    )
    listing, subject = make.listing(theirs, credit_code=make.code()), make.subject(ours)
    return Case("clear_name", listing, subject, AS_OF, Outcome.CLEAR, None)


def clear_person(make: Maker) -> Case:
    """The same person's name with another full ID."""
    who = make.person()
    kind = make.random.choice((SubjectType.PERSON, SubjectType.ORGANISATION))
    name = who.name if kind is SubjectType.PERSON else _name(make)
    listing = make.listing(name, subject_type=kind, kind=ListKind.OWN_BAN, legal_representative=who)
    subject = make.subject(_name(make), legal_representative=Person(who.name, make.resident_id("430104")))
    return Case("clear_person", listing, subject, AS_OF, Outcome.CLEAR, None)


def dated(make: Maker) -> Case:
    """A company and its own listing around the first day, the last day and the day of lifting."""
    code, day = make.code(), make.random.randint(0, 700)
    begins = AS_OF - timedelta(days=day)
    until = begins + timedelta(days=365)
    lifted = begins + timedelta(days=200)
    as_of, listing_dates, in_force = make.random.choice(
        (
            (begins, {}, True),
            (begins - timedelta(days=1), {}, False),
            (until, {"in_force_until": until}, True),
            (until + timedelta(days=1), {"in_force_until": until}, False),
            (lifted, {"lifted_on": lifted, "in_force_until": until}, False),
            (lifted - timedelta(days=1), {"lifted_on": lifted}, True),
            (begins, {"lifted_on": begins}, False),
        )
    )
    listing = make.listing(_name(make), credit_code=code, in_force_from=begins, **listing_dates)
    subject = make.subject(listing.name, credit_code=code)
    outcome = Outcome.HIT if in_force else Outcome.CLEAR
    return Case("dated", listing, subject, as_of, outcome, Reason.CREDIT_CODE if in_force else None)


MAKERS: tuple[Callable[[Maker], Case], ...] = (
    hit_code, hit_name, hit_former_name, hit_branch, related_id, name_other_code, similar_name, masked_id, rare_name,
    clear_name, clear_person, dated,
)  # fmt: skip
