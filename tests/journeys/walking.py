"""Following the links that a person sees, from the first page on."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx

from registry.entrypoints.demo.journey.browser import Person

PEOPLE = (
    "", "jigou", "mianma", "boyu", "chushen", "fushen", "guanli", "xuexiao1", "shenji", "xlguanli", "quchushen",
)  # fmt: skip
# Filters, sorts and pages of lists lead to the same page again and again.
_MAX_QUERIES_PER_PATH = 4
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Visit:
    """A page asked for, the page it was linked on, and the answer."""

    path: str
    parent: str
    answer: httpx.Response

    @property
    def is_page(self) -> bool:
        """Whether it is a page, not a file."""
        return self.answer.is_success and self.answer.headers.get("content-type", "").startswith("text/html")

    @property
    def kind(self) -> str:
        """The address without its numbers: pages of one kind look alike."""
        return _NUMBER.sub("N", self.answer.url.path)


def walk(person: Person, base: str, most: int) -> Iterator[Visit]:
    """Follow links breadth first; at most ``most`` pages are asked for."""
    waiting = deque([("/", "")])
    seen, asked = {"/"}, dict[str, int]()
    while waiting and len(seen) < 2000 and sum(asked.values()) < most:
        path, parent = waiting.popleft()
        asked[urlsplit(path).path] = asked.get(urlsplit(path).path, 0) + 1
        if asked[urlsplit(path).path] > _MAX_QUERIES_PER_PATH:
            continue
        visit = Visit(path, parent, person.client.get(path))
        yield visit
        if not visit.is_page:
            continue
        here = str(visit.answer.url)
        for target in person.read(visit.answer).tree.xpath(
            "//a/@href | //img/@src | //link/@href | //script/@src"
        ):
            full = urljoin(here, target)
            if not full.startswith(f"{base}/") or "/design" in full or "/sign-in?" in full:
                continue
            address = full.removeprefix(base).partition("#")[0]
            if address not in seen:
                seen.add(address)
                waiting.append((address, path))
