"""What CI does: every step is made, and one that fails makes CI fail."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
STEPS = ("setup", "test", "lint", "types", "imports", "evaluate", "browser")


@pytest.fixture
def ci(tmp_path: Path) -> Callable[[str], tuple[int, list[str]]]:
    """`.ci/run` with stand-ins for the tools it calls: told which target fails, its exit and the targets made."""
    made = tmp_path / "made"
    tools = tmp_path / "tools"
    tools.mkdir()
    scripts = {
        "make": f'echo "$1" >> {made}; sleep 0.1; [ "$1" != "$FAILING" ]',
        "git": "exit 0",
        "apt-get": "exit 1",
        "fc-list": "echo Noto Sans CJK SC",
        "chromium": "exit 0",
    }
    for name, body in scripts.items():
        (tools / name).write_text(f"#!/bin/sh\n{body}\n")
        (tools / name).chmod(0o755)

    def run(failing: str) -> tuple[int, list[str]]:
        made.write_text("")
        environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "FAILING": failing}
        done = subprocess.run(
            [ROOT / ".ci/run"], env=environment, capture_output=True, check=False, timeout=60
        )
        return done.returncode, made.read_text().split()

    return run


def test_ci_runs_everything(ci: Callable[[str], tuple[int, list[str]]]) -> None:
    status, made = ci("nothing")
    assert status == 0
    assert sorted(made) == sorted(STEPS)


@pytest.mark.parametrize("failing", STEPS)
def test_ci_fails_with_any_of_its_steps(ci: Callable[[str], tuple[int, list[str]]], failing: str) -> None:
    status, made = ci(failing)
    assert status != 0
    assert failing in made


def test_one_failing_check_does_not_keep_the_others_from_being_made(
    ci: Callable[[str], tuple[int, list[str]]],
) -> None:
    assert sorted(ci("lint")[1]) == sorted(STEPS)
