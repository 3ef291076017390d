"""The demo's contracts, evaluations and complaints are made by the same commands as real life."""

from __future__ import annotations

import pytest

from registry.entrypoints.demo import listed, places, served
from registry.entrypoints.demo.places import FIRST_DAY
from registry.evaluations import queries, ratings
from registry.evaluations.lifecycle import ComplaintState
from registry.kernel import db
from registry.kernel.db import rows
from tests.factories.listed import set_day


@pytest.fixture(autouse=True)
def pool() -> None:
    """The test opens the pool itself."""


async def test_a_rated_provider_and_a_complaint_in_each_state(settings_env: dict[str, str]) -> None:
    async with db.pooled():
        where = await places.make_places()
        entries = await listed.enter_listed(where)
        await served.serve(where, entries, set_day)
        await set_day(FIRST_DAY)
        states = {one["state"] for one in await rows("SELECT state FROM complaint")}
        assert states == {one.value for one in ComplaintState}
        rated = await ratings.ratings([entry for _, entry in entries.values()], FIRST_DAY)
        assert set(rated) == {entries["shihui"][1]}
        assert len(rated[entries["shihui"][1]].terms) == 3
        assert (await ratings.scored_terms(entries["hemu"][1], FIRST_DAY)) == (1, 3)
        owed = await queries.owed([where.schools["school-2"]], FIRST_DAY)
        assert (owed.due, owed.overdue) == (1, 1)
