"""The public page of a notice of yearly review results (R15, R30)."""

from __future__ import annotations

import pytest

from registry.notices import queries as notices
from registry.whitelist.review_notices import publish_results
from registry.whitelist.yearly_reviews import ReviewOutcome
from tests.factories.browsing import text_of, visitors
from tests.factories.yearly_reviews import TITLE, decided

pytestmark = pytest.mark.usefixtures("settings_env")


async def test_its_public_page_takes_reports_and_no_objections() -> None:
    district, _, reviews = await decided(ReviewOutcome.PASSED)
    notice = await publish_results(district.approver, district.list_id, reviews, TITLE)
    entry = (await notices.detail(notice)).items[0].entry_id
    async with visitors(None) as (someone,):
        page = await someone.get(f"/notices/{notice}")
        assert "审查合格" in text_of(page)
        assert f"/whitelist/{entry}/complaint" in page.text
        assert '/objection"' not in page.text
        assert (await someone.get(f"/notices/{notice}/items/{reviews[0]}/objection")).status_code == 404
        for name in ("announcement.docx", "announcement.xlsx", "window.ics", "snapshot.json"):
            assert (await someone.get(f"/notices/{notice}/{name}")).status_code == 200
        told = (await someone.get(f"/api/v1/notices/{notice}")).json()
        assert (told["notice"]["kind"], told["providers"][0]["state"]) == ("yearly_review", "passed")
        assert "年度审查结果" in (await someone.get("/notices.atom")).text
