"""One running system for all journeys, and a browser.

The journeys move the system's day, so they run one after the other, in the order of `_ORDER`: what needs the
open round of the demo comes first. Under pytest-xdist each worker starts a system of its own. While writing
one, `JOURNEYS_ON=var` in the environment uses the demo system that runs on that data folder.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.journeys.browsing import DESK, Visitor
from tests.journeys.system import System, joined, running

# A busy machine is slow, not wrong: what never comes still fails.
expect.set_options(timeout=60_000)

_ORDER = (
    "test_parent",
    "test_handing_in",
    "test_wrong_requests",
    "test_wrong_files",
    "test_life",
    "test_school",
    "test_journey",
    "test_every_link",
    "test_zoom",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is slow; modules come in the order of the life they tell."""
    here = [item for item in items if item.nodeid.startswith("tests/journeys/")]
    for item in here:
        item.add_marker(pytest.mark.slow)
        item.add_marker(pytest.mark.xdist_group("journeys"))
    places = [index for index, item in enumerate(items) if item in here]
    for index, item in zip(places, sorted(here, key=_place), strict=True):
        items[index] = item


def _place(item: pytest.Item) -> int:
    name = item.path.stem
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    """The whole system with its demo data: PostgreSQL, S3, web and worker, started by the supervisor."""
    if folder := os.environ.get("JOURNEYS_ON"):
        yield joined(Path(folder))
        return
    with running() as system:
        yield system


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("needs chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-dev-shm-usage",
            ],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def visitor(browser: Browser, system: System) -> Iterator[Callable[..., Visitor]]:
    """Opens browser windows, `visitor("jigou", PHONE)`; closed, and found without trouble, at the end."""
    windows: list[Visitor] = []

    def open_window(login: str = "", size: tuple[int, int] = DESK, *, refusals: bool = False) -> Visitor:
        window = Visitor(browser, system.url, size, refusals=refusals)
        windows.append(window)
        if login:
            window.sign_in(login)
        return window

    yield open_window
    for window in windows:
        window.close()
