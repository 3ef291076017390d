"""Every link that the demo's people see leads somewhere."""

from __future__ import annotations

from collections import deque
from urllib.parse import urljoin, urlsplit

import pytest

from registry.entrypoints.demo.journey.browser import Person
from tests.journeys.system import System

PEOPLE = (
    "", "jigou", "mianma", "boyu", "chushen", "fushen", "guanli", "xuexiao1", "shenji", "xlguanli", "quchushen",
)  # fmt: skip
# Filters, sorts and pages of lists lead to the same page again and again.
_MAX_QUERIES_PER_PATH = 4
_MAX_PAGES = 110


@pytest.mark.parametrize("login", PEOPLE)
def test_no_link_is_dead(system: System, login: str) -> None:
    person = system.person(login) if login else system.anybody()
    try:
        assert _walk(person, system.url) == []
    finally:
        person.close()


def _walk(person: Person, base: str) -> list[str]:
    """Follow links breadth first; returns those that lead nowhere, with the page they stand on."""
    dead: list[str] = []
    waiting = deque([("/", "")])
    seen, asked = {"/"}, dict[str, int]()
    while waiting and len(seen) < 2000 and sum(asked.values()) < _MAX_PAGES:
        path, parent = waiting.popleft()
        asked[urlsplit(path).path] = asked.get(urlsplit(path).path, 0) + 1
        if asked[urlsplit(path).path] > _MAX_QUERIES_PER_PATH:
            continue
        answer = person.client.get(path)
        if answer.status_code >= 400:
            dead.append(f"{answer.status_code} {path} from {parent}")
            continue
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        here = str(answer.url)
        for target in person.read(answer).tree.xpath("//a/@href | //img/@src | //link/@href | //script/@src"):
            full = urljoin(here, target)
            if not full.startswith(f"{base}/") or "/design" in full or "/sign-in?" in full:
                continue
            address = full.removeprefix(base).partition("#")[0]
            if address not in seen:
                seen.add(address)
                waiting.append((address, path))
    return dead
