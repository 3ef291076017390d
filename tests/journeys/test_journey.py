"""`registry demo journey`, twice in a row: the whole life from application to ban, refusals included."""

from __future__ import annotations

from tests.journeys.system import System


def test_the_whole_life_is_played_twice(system: System) -> None:
    for _ in range(2):
        done = system.command("demo", "journey", "--data-dir", str(system.folder), seconds=1500.0)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "走完全程" in done.stdout
