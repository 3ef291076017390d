"""From the shortlist to the contract: notes kept, candidates side by side, a choice written once, a contract from it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import psycopg
import pytest

from registry.contracts import due
from registry.contracts.choosing import choices, shortlist
from registry.contracts.choosing.choices import Candidate, Draft, Way
from registry.kernel.actor import Membership, Role
from registry.kernel.db import rows
from registry.kernel.errors import Invalid, NotFound
from tests.conftest import TestDatabase
from tests.factories.browsing import Visitor, counted_queries, text_of, visitors
from tests.factories.listed import START, District, account, make_district, set_day

MOST_QUERIES = 12


async def _post(someone: Visitor, path: str, **data: Any) -> Any:
    return await someone.client.post(path, data={"_csrf_token": someone.csrf, **data})


async def _three(district: District) -> list[int]:
    return [
        await district.listed(await district.firm(f"南宁市虚构{n}号艺术培训中心", representative=n))
        for n in range(3)
    ]


def _draft(ids: list[int], **changes: Any) -> Draft:
    given: dict[str, Any] = {
        "need": "每周两次的书法课", "way": Way.PANEL, "participants": "校务会成员 5 人", "reasons": "课程合适",
        "decided_on": START, "candidates": [Candidate(one, "") for one in ids], "chosen": ids[0],
    }  # fmt: skip
    return Draft(**{**given, **changes})


async def test_from_search_to_a_contract_with_its_reasons() -> None:
    district = await make_district()
    first, second, third = await _three(district)
    async with visitors(district.school, district.township) as (school, other):
        assert text_of(await school.get("/school/choose")).count("加入备选单") == 3
        for entry in (first, second, first):
            added = await _post(school, "/school/shortlist", entry=entry)
            assert (added.status_code, added.headers["location"]) == (303, "/school/shortlist")
        saved = await _post(school, f"/school/shortlist/{first}/note", **{f"note-{first}": "<b>师资稳定</b>"})
        assert saved.status_code == 303
        kept = await school.get("/school/shortlist")
        assert "&lt;b&gt;师资稳定&lt;/b&gt;" in kept.text
        assert 'href="/school/choose" aria-current="page"' in kept.text, "the shortlist belongs to choosing"
        assert "备选单是空的" in text_of(await other.get("/school/shortlist")), "a school's own"
        side = text_of(
            await school.get(f"/school/compare?entry={first}&entry={second}&entry={third}&entry=999")
        )
        assert side.count("¥40.00/课时") == 3
        assert "师资稳定" in side, "the school's own note stands beside the rest"
        form = await school.get("/school/choices/new")
        assert "&lt;b&gt;师资稳定&lt;/b&gt;" in form.text, "notes are where the remarks begin"
        wrong = await _post(
            school, "/school/choices/new", entry=[first, second], need="书法课", decided_on="2099-01-01"
        )
        assert wrong.status_code == 422
        assert 'value="书法课"' in wrong.text
        given = {
            "entry": [first, second], "need": "书法课", "way": "panel", "participants": "校务会 5 人",
            "decided_on": "2022-07-04", "chosen": first, "reasons": "价格合适", f"remark-{first}": "试听效果好",
        }  # fmt: skip
        recorded = await _post(school, "/school/choices/new", **given)
        assert recorded.status_code == 303
        address = recorded.headers["location"]
        shown = await school.get(address)
        for expected in ("价格合适", "试听效果好", "校内评审小组评议", "2022年7月4日", "据此起草合同"):
            assert expected in text_of(shown), expected
        assert (await other.get(address)).status_code == 404
        following = re.search(r'href="(/school/contracts/new\?[^"]+choice=[^"]+)"', shown.text)
        assert following
        new = await school.get(following[1].replace("&amp;", "&"))
        choice = re.search(r'name="choice" value="(\d+)"', new.text)
        assert choice
        terms = {
            "entry": first, "choice": choice[1], "category": "arts", "course_title": "少儿书法", "starts_on": "2022-09-01",
            "ends_on": "2023-08-31", "fee": "40.00",
        }  # fmt: skip
        drafted = await _post(school, "/school/contracts/new", **terms)
        assert drafted.status_code == 303, text_of(drafted)
        assert address in (await school.get(drafted.headers["location"])).text
        assert "据此起草的合同" in text_of(await school.get(address))
        refused = await _post(school, "/school/contracts/new", **{**terms, "entry": second})
        assert refused.status_code == 422, "chosen was another provider"
        gone = await _post(school, f"/school/shortlist/{second}/remove")
        assert gone.status_code == 303
        assert (await _post(school, f"/school/shortlist/{second}/remove")).status_code == 303


async def test_a_choice_is_checked_and_never_changed(database: TestDatabase) -> None:
    district = await make_district()
    ids = await _three(district)
    wrong: tuple[dict[str, Any], ...] = (
        {"candidates": []}, {"candidates": [Candidate(ids[0], ""), Candidate(ids[0], "")]}, {"chosen": ids[2]},
        {"decided_on": date(2022, 7, 6)}, {"reasons": " "}, {"need": ""},
    )  # fmt: skip
    for changes in wrong:
        with pytest.raises(Invalid):
            await choices.record(district.school, district.school_id, _draft(ids[:2], **changes))
    with pytest.raises(NotFound):
        await choices.record(district.township, district.school_id, _draft(ids))
    await rows("DELETE FROM list_school WHERE school = {}", district.township_id)
    with pytest.raises(NotFound):
        await choices.record(district.township, district.township_id, _draft(ids))
    with pytest.raises(NotFound):
        await shortlist.add(district.township, district.township_id, ids[0])
    made = await choices.record(district.school, district.school_id, _draft(ids, chosen=None))
    again = await choices.record(district.school, district.school_id, _draft(ids))
    view = await choices.get_choice(district.school, made)
    assert (view.chosen, [one.status for one in view.candidates]) == (None, ["listed"] * 3)
    assert view.number != (await choices.get_choice(district.school, again)).number
    for statement in ("UPDATE choice SET reasons = 'x'", "DELETE FROM choice_candidate"):
        with pytest.raises(psycopg.errors.RestrictViolation):
            database.execute(statement)


async def test_what_running_contracts_ask_for() -> None:
    district = await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    contract = await district.signed(firm, entry)
    calm = await due.running([district.school_id], date(2022, 10, 1))
    assert [(one.contract.id, one.urgent, one.calm) for one in calm] == [(contract, False, True)]
    opens = await due.running([district.school_id], date(2023, 6, 30))
    assert [(one.renewal, one.urgent) for one in opens] == [(True, True)]
    assert not (await due.running([district.school_id], date(2023, 6, 29)))[0].renewal
    assert await due.running([district.school_id], date(2023, 9, 1)) == []
    await rows("UPDATE provider SET registered_until = {} WHERE id = {}", date(2022, 12, 1), firm.id)
    assert (await due.running([district.school_id], date(2022, 10, 1)))[0].lapses_on == date(2022, 12, 1)
    assert (await due.running([district.school_id], date(2022, 8, 1)))[0].lapses_on is None
    await set_day(date(2022, 10, 1))
    async with visitors(district.school, district.township) as (school, other):
        shown = text_of(await school.get("/school"))
        assert "登记证照将于2022年12月1日到期" in shown
        assert "还没有签订的合同" in text_of(await other.get("/school"))


async def test_pages_of_choosing_ask_little() -> None:
    district = await make_district()
    ids = await _three(district)
    made = await choices.record(district.school, district.school_id, _draft(ids))
    await shortlist.add(district.school, district.school_id, ids[0])
    compare = "/school/compare?" + "&".join(f"entry={one}" for one in ids)
    async with visitors(district.school) as (school,):
        for path in (
            "/school", "/school/choose", "/school/shortlist", compare, "/school/choices", "/school/choices/new",
            f"/school/choices/{made}",
        ):  # fmt: skip
            with counted_queries() as count:
                answer = await school.get(path)
            assert answer.status_code == 200, path
            # The session, the bar and its counts are part of every page of somebody signed in.
            assert count.n <= MOST_QUERIES + 4, (path, count.statements)


async def test_the_bureau_and_its_auditor_read_what_schools_wrote_down() -> None:
    district = await make_district()
    other = await make_district(division="450199", name="另一教育局")
    ids = await _three(district)
    made = [await choices.record(district.school, district.school_id, _draft(ids)) for _ in range(2)]
    auditor = await account("审计", Membership(Role.AUDITOR, bureau_id=district.bureau_id))
    async with visitors(auditor, district.reviewer, other.reviewer, district.school) as (
        audits, reviews, strange, school,
    ):  # fmt: skip
        for someone in (audits, reviews):
            assert text_of(await someone.get("/bureau/choices")).count("每周两次的书法课") == 2
            one = await someone.get(f"/bureau/choices/{made[0]}")
            assert "校务会成员 5 人" in text_of(one)
            assert "据此起草合同" not in text_of(one)
        assert "还没有选择记录" in text_of(await strange.get("/bureau/choices"))
        assert (await strange.get(f"/bureau/choices/{made[0]}")).status_code == 404
        assert (await school.get("/bureau/choices")).status_code == 403
        with counted_queries() as count:
            await audits.get("/bureau/choices")
        assert count.n <= MOST_QUERIES + 4, count.statements
    page, after = await choices.of_bureaux([district.bureau_id], limit=1)
    rest, end = await choices.of_bureaux([district.bureau_id], after=int(after or 0), limit=1)
    assert [one.id for one in (*page, *rest)] == made[::-1]
    assert end is None
    with pytest.raises(NotFound):
        await choices.attach(auditor, made[0], 1)
