"""The JSON interface: shapes, cursors, tags, problems, its own description."""

from __future__ import annotations

import asyncio
import json
from datetime import date

import pytest

from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import row
from registry.settings import get_settings
from registry.whitelist.commands import withdraw
from tests.factories.browsing import visitors
from tests.factories.listed import make_district, set_day
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
        assert [(b["ground"], b["may_apply_from"], b["state"], b["appeal"]) for b in bans] == [
            ("subcontracted", "2025-07-21", "in_force", "none")
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
        await _withdraw(scene.entries["listed"])
        # Whether anything happened is looked up at most once a second.
        await asyncio.sleep(1.1)
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
            "/api/v1/bans", "/api/v1/lists", "/api/v1/schools", "/api/v1/schools/{school_id}", "/api/v1/snapshots",
            "/api/v1/key", "/api/v1/certificates/{number}",
        }  # fmt: skip
        for address, methods in described["paths"].items():
            answers = methods["get"]["responses"]
            assert set(answers) >= {"200", "304", "400", "429"}, address
            assert answers["200"]["content"]["application/json"]["examples"], address
        answered = described["paths"]["/api/v1/bans"]["get"]["responses"]["200"]["content"][
            "application/json"
        ]
        assert "BanList" in json.dumps(answered)
        for path in ("/api/schema", "/api/schema/openapi.json", "/api/schema/openapi.yaml"):
            assert "<script" not in (await program.get(path)).text
        for viewer in ("scalar", "swagger", "redoc", "elements", "rapidoc"):
            assert (await program.get(f"/api/schema/{viewer}")).status_code == 404


async def _withdraw(entry_id: int) -> None:
    found = await row(
        "SELECT m.account, e.provider FROM entry e JOIN membership m ON m.provider = e.provider WHERE e.id = {}",
        entry_id,
    )
    assert found is not None
    member = Actor(found["account"], "机构", (Membership(Role.PROVIDER, provider_id=found["provider"]),))
    await withdraw(member, entry_id, "停业")


async def test_one_address_may_ask_so_much_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_API_REQUESTS_A_MINUTE", "50")
    get_settings.cache_clear()
    async with visitors(None) as (program,):
        first = await program.get("/api/v1/bans")
        assert (first.headers["ratelimit-limit"], first.headers["ratelimit-remaining"]) == ("50", "49")
        assert 1 <= int(first.headers["ratelimit-reset"]) <= 61
        # A whole list costs more; pages cost nothing.
        assert (await program.get("/data/bans.csv")).headers["ratelimit-remaining"] == "29"
        assert "ratelimit-limit" not in (await program.get("/whitelist")).headers
        await program.get("/data/bans.json")
        stopped = await program.get("/data/bans.jsonl")
        assert stopped.status_code == 429
        assert stopped.headers["content-type"].startswith("application/problem+json")
        assert stopped.headers["retry-after"] == str(stopped.json()["retry_after"])
    get_settings.cache_clear()


async def test_other_sites_may_ask_beforehand_and_read() -> None:
    async with visitors(None) as (program,):
        asked = await program.client.options(
            "/api/v1/entries",
            headers={"origin": "https://elsewhere.example", "access-control-request-method": "GET"},
        )
        assert asked.status_code == 204
        assert asked.headers["access-control-allow-origin"] == "*"
        assert "if-none-match" in asked.headers["access-control-allow-headers"]
        assert "POST" not in asked.headers["access-control-allow-methods"]


async def test_what_changed_since_a_day() -> None:
    scene = await make_scene()
    changes = {
        "2022-07-05": set(scene.entries), "2022-07-06": {"suspended", "lapsed", "expired", "removed"},
        "2022-07-12": {"suspended", "expired", "removed"}, "2022-07-17": {"removed"}, "2022-07-21": set(),
    }  # fmt: skip
    kinds = {entry: kind for kind, entry in scene.entries.items()}
    async with visitors(None) as (program,):
        for since, expected in changes.items():
            found = (await program.get(f"/api/v1/entries?changed_since={since}")).json()["items"]
            assert {kinds[one["id"]] for one in found} == expected, since
        assert len((await program.get("/api/v1/bans?changed_since=2022-07-20")).json()["items"]) == 1
        assert (await program.get("/api/v1/bans?changed_since=2022-07-21")).json()["items"] == []
        since = (await program.get("/api/v1/notices?changed_since=2022-07-20")).json()["items"]
        assert [one["id"] for one in since] == [scene.notice_id]
        await set_day(date(2025, 7, 21))
        ran_out = (await program.get("/api/v1/bans?changed_since=2025-07-21")).json()["items"]
        assert [one["state"] for one in ran_out] == ["over"]


async def test_schools_lists_and_certificates() -> None:
    district = await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    await district.signed(firm, entry)
    async with visitors(None) as (program,):
        school = (await program.get(f"/api/v1/schools/{district.school_id}")).json()
        assert [(s["course"], s["price_yuan"], s["phase"]) for s in school["services"]] == [
            ("少儿书法", "40.00", "upcoming")
        ]
        assert [s["name"] for s in (await program.get("/api/v1/schools?q=乡中心")).json()["items"]] == [
            "虚构乡中心小学"
        ]
        assert [one["id"] for one in (await program.get("/api/v1/lists")).json()["items"]] == [
            district.list_id
        ]
        number = (await program.get(f"/api/v1/entries/{entry}")).json()["entry"]["certificate_number"]
        known = (await program.get(f"/api/v1/certificates/{number}")).json()
        assert (known["known"], known["entry"]["status"]["kind"]) == (True, "listed")
        unknown = (await program.get("/api/v1/certificates/none")).json()
        assert (unknown["known"], unknown["entry"]) == (False, None)
        assert (await program.get("/api/v1/key")).json()["algorithm"] == "Ed25519"
