"""`registry demo journey`, twice in a row: the whole life from application to ban, refusals included."""

from __future__ import annotations

import pytest

from tests.journeys.system import System


@pytest.mark.parametrize("application", ["d01-qingmeng", "d01-qingmeng"], ids=["first", "again"])
def test_the_whole_life_is_played(system: System, application: str) -> None:
    done = system.command(
        "demo", "journey", "--data-dir", str(system.folder), "--application", application, seconds=1500.0
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "走完全程" in done.stdout
