"""The JSON interface: shapes, cursors, tags, problems, its own description."""

from __future__ import annotations

import json

from registry.kernel.db import rows
from tests.factories.browsing import visitors
from tests.factories.listed import make_district
from tests.factories.public import make_scene


async def test_entries_with_status_history_and_removal() -> None:
    scene = await make_scene()
    async with visitors(None) as (program,):
        found = (await program.get("/api/v1/entries")).json()
        assert {e["status"]["kind"] for e in found["items"]} == set(scene.entries)
        assert [e["id"] for e in found["items"] if e["status"]["may_sign"]] == [scene.entries["listed"]]
        removed = (await program.get(f"/api/v1/entries/{scene.entries['removed']}")).json()
        assert removed["removal"] == {
            "ground": "subcontracted", "ground_name": "将课后服务分包或转包给其他机构", "overturned_on": None,
        }  # fmt: skip
        assert [h["what"] for h in removed["history"]][-1] == "removed"
        assert removed["courses"][0]["price_yuan"] == "40.00"
        before = (await program.get(f"/api/v1/entries/{scene.entries['removed']}?as_of=2022-07-05")).json()
        assert before["removal"] is None
        assert before["as_of"] == "2022-07-05"
        active = (await program.get("/api/v1/entries?status=active&q=虚构")).json()
        assert [e["id"] for e in active["items"]] == [scene.entries["listed"]]


async def test_cursors_walk_through_everything_once() -> None:
    district = await make_district()
    made = {await district.listed(await district.firm(f"虚构{n}号", representative=n)) for n in range(7)}
    async with visitors(None) as (program,):
        seen: list[int] = []
        after = ""
        while True:
            part = (await program.get(f"/api/v1/entries?limit=3&after={after}")).json()
            seen += [e["id"] for e in part["items"]]
            after = part["next"]
            if after is None:
                break
    assert len(seen) == 7
    assert set(seen) == made


async def test_notices_and_bans() -> None:
    scene = await make_scene(on_notice=2)
    async with visitors(None) as (program,):
        listed = (await program.get("/api/v1/notices?phase=open")).json()["items"]
        assert [
            (n["id"], n["phase"], n["last_day"], n["providers"]) for n in listed if n["id"] == scene.notice_id
        ] == [(scene.notice_id, "open", "2022-07-27", 2)]
        notice = (await program.get(f"/api/v1/notices/{scene.notice_id}")).json()
        assert [p["state"] for p in notice["providers"]] == ["on_notice", "on_notice"]
        assert sum(d["counts"] for d in notice["days"]) == 5
        bans = (await program.get("/api/v1/bans?state=in_force")).json()["items"]
        assert [(b["ground"], b["may_apply_from"], b["state"]) for b in bans] == [
            ("subcontracted", "2025-07-21", "in_force")
        ]
        assert (await program.get("/api/v1/bans?state=over")).json()["items"] == []


async def test_an_answer_that_is_known_is_not_sent_again() -> None:
    scene = await make_scene()
    address = f"/api/v1/entries/{scene.entries['listed']}"
    async with visitors(None) as (program,):
        first = await program.client.get(address, headers={"origin": "https://elsewhere.example"})
        assert first.headers["access-control-allow-origin"] == "*"
        program.client.cookies.clear()
        assert "set-cookie" not in (await program.client.get(address)).headers
        tag = first.headers["etag"]
        known = await program.client.get(address, headers={"if-none-match": f'W/{tag}, "other"'})
        assert (known.status_code, known.content) == (304, b"")
        await rows("UPDATE entry SET name = '改名' WHERE id = {}", scene.entries["listed"])
        changed = await program.client.get(address, headers={"if-none-match": tag})
        assert changed.status_code == 200
        assert changed.headers["etag"] != tag


async def test_problems_are_problem_json() -> None:
    async with visitors(None) as (program,):
        for path, status, fields in (
            ("/api/v1/entries/999", 404, None),
            ("/api/v1/entries/99999999999999999999", 404, None),
            ("/api/v1/notices/999", 404, None),
            ("/api/v1/entries?limit=0&as_of=zz", 400, {"limit", "as_of"}),
            ("/api/v1/entries?limit=1000", 400, {"limit"}),
            ("/api/v1/notices?after=x", 400, {"after"}),
            ("/api/v1/nothing", 404, None),
        ):
            answer = await program.get(path)
            assert answer.status_code == status, path
            assert answer.headers["content-type"].startswith("application/problem+json"), path
            body = answer.json()
            assert body["status"] == status
            if fields is not None:
                assert {f["field"] for f in body["fields"]} == fields
        assert (await program.client.post("/api/v1/entries")).status_code in {403, 405}


async def test_the_description_names_the_interface_alone_and_loads_nothing() -> None:
    async with visitors(None) as (program,):
        described = (await program.get("/api/schema/openapi.json")).json()
        assert set(described["paths"]) == {
            "/api/v1/entries", "/api/v1/entries/{entry_id}", "/api/v1/notices", "/api/v1/notices/{notice_id}",
            "/api/v1/bans",
        }  # fmt: skip
        answered = described["paths"]["/api/v1/bans"]["get"]["responses"]["200"]["content"][
            "application/json"
        ]
        assert "BanList" in json.dumps(answered)
        for path in ("/api/schema", "/api/schema/openapi.json", "/api/schema/openapi.yaml"):
            assert "<script" not in (await program.get(path)).text
        for viewer in ("scalar", "swagger", "redoc", "elements", "rapidoc"):
            assert (await program.get(f"/api/schema/{viewer}")).status_code == 404
