"""Every kind of page at 200% on a desk and at 320 px: nothing scrolls sideways, is cut off or lies over another (WCAG
1.4.4, 1.4.10)."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.browsing import SCREENSHOTS, Visitor
from tests.journeys.system import System
from tests.journeys.walking import PEOPLE, walk

_FITS = Path(__file__).with_name("fits.js").read_text(encoding="utf-8")
_MAX_PAGES = 110
# A window of 1280 px at 200% has 640 of them; 320 is what reflow is asked for.
_WINDOWS = ((640, 450, 2.0), (320, 640, 1.0))

_BEHIND_SIGN_IN = (
    "/provider/",
    "/school/",
    "/bureau/",
    "/operator/",
    "/messages/",
    "/account/",
    "/contracts/",
)


@pytest.mark.parametrize("login", PEOPLE)
def test_every_kind_of_page_fits(system: System, browser: Browser, login: str) -> None:
    wrong: dict[str, list[str]] = {path: [] for path in _one_of_each_kind(system, login)}
    windows = [
        Visitor(browser, system.url, (width, height), scale=scale) for width, height, scale in _WINDOWS
    ]
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for one in windows:
        if login:
            one.sign_in(login)
        for path in wrong:
            one.open(path)
            found = one.page.evaluate(_FITS)
            if found:
                file = (
                    SCREENSHOTS / f"zoom-{login}-{path.strip('/').replace('/', '_')[:60]}-{one.size[0]}.png"
                )
                one.page.screenshot(path=file, full_page=True)
                wrong[path] += [f"{one.size[0]} px: {sentence}" for sentence in found]
        one.close()
    assert {path: sentences for path, sentences in wrong.items() if sentences} == {}


def _one_of_each_kind(system: System, login: str) -> list[str]:
    """The first page of each kind that a person comes to; public ones only for somebody who did not sign in."""
    person = system.person(login) if login else system.anybody()
    found: dict[str, str] = {}
    try:
        for visit in walk(person, system.url, _MAX_PAGES):
            if visit.is_page and (not login or f"{visit.kind}/".startswith(_BEHIND_SIGN_IN)):
                found.setdefault(visit.kind, visit.path)
    finally:
        person.close()
    return list(found.values())
