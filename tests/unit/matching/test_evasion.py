"""Ban evasion: chains of shared people, phones and addresses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from vetting.matching.evasion import CROWD, LinkIndex, LinkKind, address_key, phone_key
from vetting.matching.model import Listing, ListKind, Person, Subject, SubjectType

DAY = date(2025, 9, 1)
BOSS = Person("岑朗溪", "452123198604179534")
TEACHER = Person("农霁澍", "450502198607209813")
BANNED = Listing(
    "B1",
    ListKind.OWN_BAN,
    SubjectType.ORGANISATION,
    "南宁市墨屿课后托管服务有限公司",
    list_name="本地退出禁入名单",
    legal_representative=BOSS,
    teachers=(TEACHER,),
    phones=("0771-5550001",),
    address="广西南宁市江南区五一路1-2号3室",
    in_force_from=date(2025, 2, 1),
    in_force_until=date(2028, 1, 31),
)
NEW = Subject("P1", "南宁市新墨课后服务有限公司", legal_representative=Person("覃舟", "450103199001019559"))


@pytest.mark.parametrize(
    ("subject", "kind", "roles"),
    [
        (
            replace(NEW, legal_representative=BOSS),
            LinkKind.PERSON,
            ("legal_representative", "legal_representative"),
        ),
        (replace(NEW, teachers=(TEACHER,)), LinkKind.PERSON, ("teacher", "teacher")),
        (
            replace(NEW, teachers=(Person("岑某", "452123860417953"),)),
            LinkKind.PERSON,
            ("teacher", "legal_representative"),
        ),
        (replace(NEW, phones=("+86 0771 5550001",)), LinkKind.PHONE, ("phone", "phone")),
        (replace(NEW, address="江南区五一路１－２号三室"), LinkKind.ADDRESS, ("address", "address")),
    ],
    ids=["boss", "teacher", "boss as teacher, old ID", "phone", "address"],
)
def test_each_thing_shared_is_a_link(subject: Subject, kind: LinkKind, roles: tuple[str, str]) -> None:
    (chain,) = LinkIndex([BANNED]).chains(subject, DAY)
    (link,) = chain.links
    assert chain.listing is BANNED
    assert link.kind is kind
    assert (link.first_role, link.second_role) == roles
    assert (link.first.id, link.second.id) == ("P1", "B1")
    assert "南宁市墨屿课后托管服务有限公司" in chain.zh
    assert BOSS.id_number not in chain.zh + chain.en + link.shown


def test_nothing_shared_is_no_chain() -> None:
    assert LinkIndex([BANNED]).chains(NEW, DAY) == []
    assert LinkIndex([BANNED]).chains(replace(NEW, address="南宁市江南区五一路"), DAY) == []


def test_a_listing_not_in_force_is_no_end_of_a_chain() -> None:
    subject = replace(NEW, legal_representative=BOSS)
    assert LinkIndex([BANNED]).chains(subject, date(2025, 1, 31)) == []
    assert LinkIndex([BANNED]).chains(subject, date(2028, 2, 1)) == []


def test_a_chain_leads_through_another_provider_and_is_the_shortest() -> None:
    between = Subject("P2", "南宁市中转文化有限公司", legal_representative=BOSS, phones=("13800001234",))
    subject = replace(NEW, phones=("138 0000 1234",))
    index = LinkIndex([BANNED], [between, subject])
    (chain,) = index.chains(subject, DAY)
    assert [(link.kind, link.first.id, link.second.id) for link in chain.links] == [
        (LinkKind.PHONE, "P1", "P2"),
        (LinkKind.PERSON, "P2", "B1"),
    ]
    assert index.chains(subject, DAY, through=0) == []
    (direct,) = index.chains(replace(subject, teachers=(TEACHER,)), DAY)
    assert len(direct.links) == 1


def test_an_address_that_a_crowd_shares_joins_nobody() -> None:
    crowd = [Subject(f"C{i}", f"甲{i}", address=BANNED.address) for i in range(CROWD)]
    subject = replace(NEW, address=BANNED.address)
    assert LinkIndex([BANNED]).chains(subject, DAY)
    assert LinkIndex([BANNED], crowd).chains(subject, DAY) == []


def test_keys_of_addresses_and_phones() -> None:
    assert (
        address_key("广西南宁市青秀区云景路８号A座1202")
        == address_key("南宁市青秀区云景路8号a座1202室")
        != ""
    )
    assert address_key("青秀区云景路8号") != address_key("青秀区云景路18号")
    assert address_key("青秀区云景路") == ""
    assert phone_key("+86 138-0000-1234") == phone_key("13800001234") == "13800001234"
    assert phone_key("110") == ""
