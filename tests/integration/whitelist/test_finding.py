"""Finding entries at size: common words are read in order, counts that hit the cap are kept (R19, R21)."""

from __future__ import annotations

from typing import Any

import pytest

from registry.kernel.db import rows
from registry.whitelist import finding, narrowing
from registry.whitelist.commands import suspend
from registry.whitelist.finding import Narrow
from registry.whitelist.lifecycle import Cause
from tests.factories.browsing import counted_queries
from tests.factories.listed import START, District, make_district


class Sorted(Narrow, total=False):
    """What a page of entries is asked for."""

    sort: str


async def _seven() -> District:
    """Seven listed: four arts centres of 南宁市, three sports centres of 广西."""
    district = await make_district()
    for n in range(7):
        name = f"南宁市第{n}艺术中心" if n % 3 else f"广西飞扬{n}体育中心"
        await district.listed(await district.firm(name))
    return district


async def _pages(asked: Sorted) -> list[list[int]]:
    """The ids on each page of two, to the last page."""
    seen: list[list[int]] = []
    after: str | None = None
    while True:
        page = await finding.search_entries(as_of=START, limit=2, after=after, **asked)
        seen.append([one.id for one in page.entries])
        after = page.after
        if after is None:
            return seen


@pytest.mark.parametrize(("near", "first"), [(2000, 1000), (1, 1000), (1, 2), (3, 3)])
async def test_common_words_find_the_same_page_by_page(
    monkeypatch: pytest.MonkeyPatch, near: int, first: int
) -> None:
    """Read in order, from the kept first matches, beyond them, or looked up in the index: the same in the same order."""
    await _seven()
    await rows(
        "INSERT INTO entry_rating (entry, terms, evaluations, overall, quality, safety, conduct, answers)"
        " SELECT id, 2, 2, 400 + id % 3, 450, 450, 450, 0 FROM entry WHERE id % 2 = 0"
    )
    words = ("艺术", "feiyang", "中心 南宁", "没有")
    ways = [Sorted(q=q, sort=sort) for q in words for sort in finding.SORTS]
    ways += [Sorted(q="艺术", category="arts"), Sorted(q="艺术", status="")]
    looked_up = [await _pages(way) for way in ways]
    assert sum(map(len, looked_up[0])) == 4
    monkeypatch.setattr(finding, "COMMON", 1)
    monkeypatch.setattr(finding, "NEAR", near)
    monkeypatch.setattr(finding, "FIRST", first)
    assert [await _pages(way) for way in ways] == looked_up


@pytest.mark.parametrize(
    ("asked", "in_order"),
    [
        (Sorted(q="艺术"), True),
        (Sorted(q="艺术", status=""), True),
        (Sorted(q="艺术", category="arts"), True),
        (Sorted(q="飞扬"), False),  # three of them are not common
        (Sorted(q=""), False),
        # What leaves only a few is quicker looked up.
        (Sorted(q="艺术", status="suspended"), False),
        (Sorted(q="艺术", region="450100"), False),
        (Sorted(q="艺术", list_ids=[1]), False),
        (Sorted(q="艺术", least_rating=400), False),
        (Sorted(q="艺术", changed_since=START), False),
    ],
)
async def test_only_common_words_are_read_in_order(
    monkeypatch: pytest.MonkeyPatch, asked: Sorted, in_order: bool
) -> None:
    await _seven()
    monkeypatch.setattr(finding, "COMMON", 4)
    ways: list[bool] = []
    sorts = finding._sorted

    async def watched(wanted: narrowing.Narrowing, *rest: Any) -> list[dict[str, Any]]:
        ways.append(wanted.in_order)
        return await sorts(wanted, *rest)

    monkeypatch.setattr(finding, "_sorted", watched)
    await finding.search_entries(as_of=START, **asked)
    assert ways == [in_order]


async def test_first_matches_are_kept_and_what_they_are_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    district = await _seven()
    monkeypatch.setattr(finding, "COMMON", 1)
    monkeypatch.setattr(finding, "NEAR", 1)
    shown = (await finding.search_entries(as_of=START, limit=2, q="艺术")).entries
    assert [one.name for one in shown] == ["南宁市第1艺术中心", "南宁市第2艺术中心"]
    await suspend(district.approver, shown[0].id, cause=Cause.BUREAU, reason="核查")
    with counted_queries() as again:
        page = await finding.search_entries(as_of=START, limit=2, q="艺术")
    assert [one.name for one in page.entries] == ["南宁市第2艺术中心", "南宁市第4艺术中心"]
    assert again.n == 2, "those near, then those kept"
    suspended = await finding.search_entries(as_of=START, limit=2, q="艺术", status="")
    assert [one.id for one in suspended.entries] == [one.id for one in shown]


async def test_how_many_there_are_is_kept_once_there_are_more_than_are_counted() -> None:
    district = await _seven()
    with counted_queries() as first:
        assert await finding.count_entries(as_of=START, cap=3, q="中心") == (3, True)
    with counted_queries() as again:
        assert await finding.count_entries(as_of=START, cap=3, q="中心") == (3, True)
    assert (first.n, again.n) == (1, 0)
    assert await finding.count_entries(as_of=START, cap=3, q="飞扬") == (3, False)
    await district.listed(await district.firm("广西飞扬八体育中心"))
    assert await finding.count_entries(as_of=START, cap=4, q="飞扬") == (4, False), (
        "an exact count is never old"
    )


async def test_facets_of_a_search_are_kept_once_there_are_more_than_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await _seven()
    exact = await finding.facets(as_of=START, q="艺术")
    assert (exact.total, exact.capped) == (4, False)
    await rows("UPDATE registry_list SET public = false")
    assert (await finding.facets(as_of=START, q="艺术")).total == 0, "an exact one is never old"
    await rows("UPDATE registry_list SET public = true")
    monkeypatch.setattr(finding, "COUNT_CAP", 2)
    with counted_queries() as first:
        capped = await finding.facets(as_of=START, q="飞扬")
    with counted_queries() as again:
        assert await finding.facets(as_of=START, q="飞扬") == capped
    assert (capped.capped, first.n, again.n) == (True, 1, 0)
