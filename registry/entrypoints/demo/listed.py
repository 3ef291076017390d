"""Providers that were on the lists before the demo begins: entered as a bureau enters the list it already has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from registry.entrypoints.demo.places import Places
from registry.kernel import events
from registry.kernel.actor import Actor
from registry.kernel.clock import real_now
from registry.kernel.db import transaction
from registry.kernel.sealed import blind_index, seal, seal_json
from registry.providers.facts import name_key
from registry.providers.tables import Provider
from registry.whitelist.listing import keep_terms
from registry.whitelist.numbers import certificate_number
from registry.whitelist.search import indexed
from registry.whitelist.subjects import lowest_price, subjects_of
from registry.whitelist.tables import Course, Entry


@dataclass(frozen=True, slots=True)
class Listed:
    """One provider with its entry; courses are (title, category, grades, class size, cents a lesson)."""

    key: str
    list: str
    name: str
    credit_code: str
    representative: str
    representative_id: str
    address: str
    categories: tuple[str, ...]
    listed_on: date
    ends_on: date
    courses: tuple[tuple[str, str, str, int, int], ...]
    registered_until: date | None = None
    brand: str = ""


LISTED: tuple[Listed, ...] = (
    Listed(
        "lanting", "nanning", "南宁市澜汀羽毛球俱乐部有限公司", "91450191MAYDM00016", "韦澜生", "450191197803120009",
        "南宁市岚山区澜汀路18号", ("sports",), date(2021, 7, 12), date(2023, 7, 11),
        (("羽毛球启蒙", "sports", "一至三年级", 24, 3500), ("羽毛球提高", "sports", "四至六年级", 20, 4000)), brand="小羽将",
    ),
    Listed(
        "hemu", "nanning", "南宁市禾木手工艺术培训有限公司", "91450191MAYDM00029", "农禾青", "450191198107259992",
        "南宁市岚山区禾木街6号", ("arts",), date(2021, 7, 12), date(2023, 7, 11),
        (("壮锦编织", "arts", "三至六年级", 20, 3800), ("陶艺", "arts", "一至六年级", 16, 4500)),
    ),
    Listed(
        "xingye", "nanning", "南宁市岚山区星野自然教育中心", "52450191MAYDM0003D", "黄星野", "450191198401140001",
        "南宁市岚山区星野路77号", ("comprehensive_practice",), date(2021, 9, 1), date(2023, 8, 31),
        (("校园植物观察", "comprehensive_practice", "一至六年级", 30, 2500),),
    ),
    Listed(
        "gulou", "nanning", "南宁市鼓楼少儿戏曲文化传播有限公司", "91450191MAYDM0004F", "覃鼓声", "450191197909309993",
        "南宁市云蕉区鼓楼巷3号", ("arts",), date(2021, 7, 12), date(2023, 7, 11),
        (("粤剧身段", "arts", "三至六年级", 25, 3600),), date(2022, 6, 10),
    ),
    Listed(
        "chengfeng", "nanning", "南宁市乘风轮滑体育发展有限公司", "91450191MAYDM0005J", "梁乘风", "45019119860218000X",
        "南宁市岚山区乘风大道5号", ("sports",), date(2021, 7, 12), date(2023, 7, 11),
        (("轮滑基础", "sports", "一至六年级", 24, 3000),),
    ),
    Listed(
        "shihui", "nanning", "南宁市拾慧机器人教育科技有限公司", "91450191MAYDM0006M", "苏拾慧", "450191198206079997",
        "南宁市岚山区拾慧路9号", ("comprehensive_practice",), date(2020, 6, 15), date(2022, 6, 14),
        (("积木编程", "comprehensive_practice", "一至四年级", 20, 5000),), brand="积木星球",
    ),
    Listed(
        "mianma", "nanning", "南宁市棉麻布艺工作室有限公司", "91450191MAYDM0007Q", "陆棉", "450191197511230003",
        "南宁市云蕉区棉麻里1号", ("arts",), date(2021, 7, 12), date(2023, 7, 11),
        (("扎染", "arts", "四至九年级", 20, 3200),),
    ),
    Listed(
        "shanlan", "lanshan", "南宁市岚山区山岚武术协会", "52450191MAYDM0008W", "班山岚", "450191198808099995",
        "南宁市岚山区山岚路20号", ("sports",), date(2021, 9, 1), date(2023, 8, 31),
        (("长拳", "sports", "一至六年级", 30, 2000),),
    ),
    Listed(
        "lanting-district", "lanshan", "南宁市澜汀羽毛球俱乐部有限公司", "91450191MAYDM00016", "韦澜生",
        "450191197803120009", "南宁市岚山区澜汀路18号", ("sports",), date(2021, 9, 1), date(2023, 8, 31),
        (("羽毛球启蒙", "sports", "一至三年级", 24, 3200),), brand="小羽将",
    ),
)  # fmt: skip


async def enter_listed(places: Places) -> dict[str, tuple[int, int]]:
    """Enter all of them; returns (provider id, entry id) by key."""
    made: dict[str, tuple[int, int]] = {}
    providers: dict[str, int] = {}
    for one in LISTED:
        admin = places.actor("guanli" if one.list == "nanning" else "quguanli")
        async with transaction():
            if one.credit_code not in providers:
                providers[one.credit_code] = await _provider(one)
            provider_id = providers[one.credit_code]
            made[one.key] = (provider_id, await _entry(admin, places, one, provider_id))
    return made


async def _provider(one: Listed) -> int:
    kind = "private_nonenterprise_certificate" if one.credit_code.startswith("52") else "business_licence"
    provider = Provider(
        name=one.name, name_key=name_key(one.name), credit_code=one.credit_code, kind=kind,
        legal_representative=one.representative,
        legal_representative_id_sealed=seal(one.representative_id, "provider.legal_representative_id"),
        legal_representative_id_index=blind_index(one.representative_id, "person_id"),
        registered_address=one.address,
        contact_sealed=seal_json({"name": one.representative, "phone": "19900000000", "email": ""}, "provider.contact"),
        registered_until=one.registered_until, created_at=real_now(),
    )  # fmt: skip
    await provider.save()
    return int(provider.id)


async def _entry(admin: Actor, places: Places, one: Listed, provider_id: int) -> int:
    division = {"nanning": "450100", "lanshan": "450191"}[one.list]
    number = await certificate_number(division, one.listed_on.year)
    titles = [course[0] for course in one.courses]
    index = indexed([one.name, one.brand], [one.credit_code, number, *titles, one.address])
    entry = Entry(
        list=places.lists[one.list], provider=provider_id, certificate_number=number, name=one.name, brand=one.brand,
        categories=list(one.categories), state="listed", listed_on=one.listed_on, ends_on=one.ends_on,
        confirmed_by=admin.account_id, search_text=index.text, search_terms=[], pinyin_key=index.pinyin_key,
        subjects=subjects_of(titles), lowest_price_cents=lowest_price(course[4] for course in one.courses),
        created_at=real_now(),
    )  # fmt: skip
    await entry.save()
    entry_id = int(entry.id)
    await keep_terms(entry_id, index.terms)
    await Course.insert(
        *[
            Course(
                entry=entry_id, position=n, title=title, category=category, grades=grades, class_size=size,
                price_cents=cents,
            )
            for n, (title, category, grades, size, cents) in enumerate(one.courses, 1)
        ]
    )  # fmt: skip
    await events.record(
        admin, subject="entry", subject_id=entry_id, action="import", to_state="listed",
        chains=(events.bureau_chain(places.bureaux[one.list]), events.provider_chain(provider_id)),
        reason="录入已有名单",
    )  # fmt: skip
    return entry_id
