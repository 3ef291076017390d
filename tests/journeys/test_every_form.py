"""Every form that the demo's people can open, filled in wrongly: empty, hostile, overlong, with days that do not exist.

The answer is never a broken page; what is wrong is named; what was typed is still there; nothing typed becomes markup.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import pytest

from registry.entrypoints.demo.journey.browser import Page, Person
from tests.journeys.system import System

PEOPLE = ("", "jigou", "tinghe", "chushen", "fushen", "guanli", "xuexiao1")
_HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>' OR 1=1; DROP TABLE account; -- {{7*7}} %(n)s \\"
)
_FILLINGS = {
    "empty": ("", ""),
    "hostile": (_HOSTILE, "2022-02-30"),
    "overlong": ("长" * 60_000, "9999999-99-99"),
    "odd": ("\u202e\u0000\ud7ff\U0001f600 \t", "0000-00-00"),
}
# These end something for good, take back what others wait for, or lead nowhere but away.
_LEFT_ALONE = re.compile(
    r"/(sign-out|submit|take-back|offer|vet-again|remove|restore|read|messages/\d+|reveal)$"
)
_MAX_PAGES = 60
_FREE = {"text", "search", "tel", "email", "url", "date", "password", "hidden", None}


@pytest.mark.parametrize("login", PEOPLE)
def test_no_wrong_filling_breaks_a_form(system: System, login: str) -> None:
    person = system.person(login) if login else system.anybody()
    troubles: list[str] = []
    try:
        for path, action in _forms(person, system.url):
            for name, (text, day) in _FILLINGS.items():
                if wrong := _try(person, path, action, text, day):
                    troubles.append(f"{name} in {action} of {path}: {wrong}")
        assert not troubles, "\n".join(troubles)
    finally:
        person.close()


def _forms(person: Person, base: str) -> Iterator[tuple[str, str]]:
    """Addresses of pages with the forms on them, one of each kind."""
    waiting, seen, kinds = deque(["/"]), {"/"}, set[str]()
    opened = 0
    shapes: dict[str, int] = {}
    while waiting and opened < _MAX_PAGES:
        path = waiting.popleft()
        shape = re.sub(r"\d+", "N", path.partition("?")[0])
        if shapes.setdefault(shape, 0) > 1:
            continue
        answer = person.client.get(path)
        if not answer.is_success or not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        opened, shapes[shape] = opened + 1, shapes[shape] + 1
        page = person.read(answer)
        for form in page.tree.forms:
            action = form.get("action") or ""
            kind = re.sub(r"\d+", "N", action)
            if form.method == "POST" and kind not in kinds and not _LEFT_ALONE.search(action):
                kinds.add(kind)
                yield path, action
        for target in page.tree.xpath("//a/@href"):
            full = urljoin(str(answer.url), target)
            address = full.removeprefix(base).partition("#")[0]
            if full.startswith(f"{base}/") and address not in seen and "/design" not in address:
                seen.add(address)
                waiting.append(address)


def _try(person: Person, path: str, action: str, text: str, day: str) -> str:
    """Fill in one form and send it; returns what is wrong with the answer, "" for nothing."""
    found = person.read(person.client.get(path))
    forms = [form for form in found.tree.forms if (form.get("action") or "") == action]
    if not forms:
        return ""
    data: dict[str, list[str]] = {}
    typed: dict[str, str] = {}
    for field in forms[0].inputs:
        kind = field.get("type") if field.tag == "input" else None
        if not field.name or (field.tag == "input" and kind not in _FREE and "checked" not in field.attrib):
            continue
        if field.tag == "select":
            data.setdefault(field.name, []).append(field.value or "")
        elif kind == "hidden" or field.tag == "button" or kind in {"checkbox", "radio"}:
            data.setdefault(field.name, []).append(field.get("value") or "")
        else:
            typed[field.name] = day if kind == "date" else text
            data.setdefault(field.name, []).append(typed[field.name])
            if kind == "password":
                del typed[field.name]
    answer = person.client.post(urljoin(path, action), data=data)
    if answer.status_code >= 500:
        return f"{answer.status_code}"
    page = person.read(answer)
    if markup := page.tree.xpath("//script[contains(., 'alert(1)')] | //img[@src='x'] | //*[@onerror]"):
        return f"typed text became markup: {markup[0].tag}"
    if answer.status_code in {403, 409, 404, 413, 429}:
        return "" if page.title else "an answer without a heading"
    if answer.status_code != 422:
        return "" if answer.is_success else f"{answer.status_code}"
    return _told(page, typed)


def _told(page: Page, typed: dict[str, str]) -> str:
    """Of a refused form: is it said what is wrong, and is what was typed still there?"""
    if not page.errors and not page.tree.xpath("//main//*[contains(@class, 'r-note')]"):
        return f"refused without a word: {page.text[:120]}"
    shown: dict[str, Any] = {}
    for form in page.tree.forms:
        shown |= {field.name: field.value for field in form.inputs if field.name and field.tag != "button"}
    for name, text in typed.items():
        # Browsers send and show line ends and control characters each in their way.
        if text and name in shown and _plain(text) != _plain(str(shown[name] or "")):
            return f"{name} was lost: {str(shown[name])[:60]!r}"
        if text and name not in shown:
            return f"the field {name} is gone"
    return ""


def _plain(text: str) -> str:
    # A parser of HTML makes U+FFFD of what no page may hold.
    kept = text.replace("\ufffd", "").replace("\0", "")
    return "".join(character for character in kept if character.isprintable() and not character.isspace())
