"""Rosters and the people of a running contract through the pages: numbers stay masked, each side its own (R32, R34)."""

from __future__ import annotations

from datetime import date

import pytest

from registry.kernel.db import row
from registry.whitelist import list_hits
from tests.factories.applying import pdf_bytes
from tests.factories.browsing import counted_queries, text_of, visitors
from tests.factories.listed import make_district, resident_id, set_day

SEPTEMBER = date(2022, 9, 1)


@pytest.fixture(autouse=True)
def pool() -> None:
    """The visitors open the pool themselves."""


async def test_a_teacher_from_the_providers_form_to_the_school_gate(settings_env: dict[str, str]) -> None:
    async with visitors() as _:
        district = await make_district()
        firm = await district.firm()
        other = await district.firm("另一机构", representative=4)
        entry = await district.listed(firm)
        contract = await district.signed(firm, entry)
        await set_day(SEPTEMBER)
    async with visitors(
        firm.actor, district.reviewer, district.school, other.actor, district.township
    ) as (provider, reviewer, school, stranger, township):  # fmt: skip
        mine, desk, gate = (
            f"/provider/entries/{entry}/roster", f"/bureau/entries/{entry}/roster",
            f"/school/contracts/{contract}/entering",
        )  # fmt: skip
        for visitor, path, status in (
            (stranger, mine, 404), (school, mine, 403), (provider, desk, 403), (township, gate, 404),
            (reviewer, gate, 403),
        ):  # fmt: skip
            assert (await visitor.get(path)).status_code == status, path
        assert "名册上还没有教师" in text_of(await provider.get(mine))
        assert "没有待核准的教师" in text_of(await reviewer.get("/bureau/rosters"))
        given = {
            "_csrf_token": provider.csrf, "name": "闭知微", "id_number": resident_id(8), "course": "少儿书法",
            "certificate_type": "教师资格证书", "certificate_number": "20224501031000008",
        }  # fmt: skip
        bare = await provider.client.post(mine, data=given, files={"certificate": ("", b"")})
        assert (bare.status_code, 'value="闭知微"' in bare.text) == (422, True), "what was typed is kept"
        file = {"certificate": ("证书.pdf", pdf_bytes(), "application/pdf")}
        sent = await provider.client.post(mine, data=given, files=file)
        assert sent.status_code == 303, text_of(sent)
        twice = await provider.client.post(mine, data=given, files=file)
        assert (twice.status_code, "已在名册中" in twice.text) == (422, True)
        found = await row("SELECT id, certificate FROM roster_person")
        assert found is not None
        person, certificate = found["id"], found["certificate"]
        assert (await stranger.get(f"/files/{certificate}")).status_code == 404
        assert (await school.get(f"/files/{certificate}")).status_code == 404
        assert "闭知微" in text_of(await reviewer.get(desk))
        let_in = {
            "what": "join", "name": "闭知微", "id_number": resident_id(8), "certificate": "教师资格证",
            "health_checked_on": "2022-09-01", "record_queried_on": "2022-09-01",
        }  # fmt: skip
        waits = await school.post(gate, let_in)
        assert (waits.status_code, "尚未核准" in text_of(waits)) == (422, True)
        decide = {"person": str(person), "what": "admit"}
        early = await reviewer.post(desk, decide)
        assert (early.status_code, "名单核查还没有重新进行" in text_of(early)) == (422, True)
        await list_hits.follow()
        refusing = await reviewer.post(desk, {"person": str(person), "what": "refuse"})
        assert refusing.status_code == 422
        assert (await reviewer.post(desk, decide)).status_code == 303
        assert (await reviewer.post(desk, decide)).status_code == 409
        assert (await school.post(gate, {**let_in, "record_queried_on": "2021-08-31"})).status_code == 422
        assert (await school.post(gate, let_in)).status_code == 303
        again = await school.post(gate, let_in)
        assert (again.status_code, "请勿重复填写" in again.text) == (422, True)
        first = await row("SELECT min(id) AS id FROM contract_person")
        assert first is not None
        renewed = {"what": "renew", "person": str(first["id"]), f"health-{first['id']}": "2022-09-01"}
        assert (await school.post(gate, renewed)).status_code == 303
        late = await school.post(gate, {**renewed, f"health-{first['id']}": "2022-07-01"})
        assert (late.status_code, "日期不能早于已登记的日期" in late.text) == (422, True)
        assert (await school.post(gate, {"what": "leave", "person": str(first["id"])})).status_code == 303
        assert (await school.post(gate, {"what": "leave", "person": str(first["id"])})).status_code == 404
        assert (await school.post(gate, {"what": "leave", "person": "x"})).status_code == 404
        for visitor, path in ((provider, mine), (reviewer, desk), (school, gate)):
            with counted_queries() as count:
                shown = await visitor.get(path)
            assert shown.status_code == 200
            assert resident_id(8) not in shown.text
            assert count.n <= 12, count.statements
        gone = {"person": str(person)}
        assert (await stranger.post(f"{mine}/leave", gone)).status_code == 404
        assert (await provider.post(f"{mine}/leave", gone)).status_code == 303
        assert (await provider.post(f"{mine}/leave", gone)).status_code == 409
