"""A person at a browser without JavaScript: opens pages, fills in the forms that are there, presses buttons."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from lxml import html

Fields = Mapping[str, str | Sequence[str]]
Files = Mapping[str, tuple[str, bytes, str]]


class Unexpected(Exception):
    """The system answered otherwise than the journey says it must."""


@dataclass(frozen=True, slots=True)
class Page:
    """An answer as a person sees it."""

    status: int
    path: str
    tree: Any

    @property
    def text(self) -> str:
        """All words of the page's main part, on one line."""
        main = self.tree.xpath("//main") or [self.tree]
        return " ".join(main[0].text_content().split())

    @property
    def title(self) -> str:
        """The heading of the page."""
        found = self.tree.xpath("//h1")
        return " ".join(found[0].text_content().split()) if found else ""

    @property
    def errors(self) -> str:
        """What the page says is wrong."""
        found = self.tree.xpath(
            "//*[@role='alert' or contains(@class,'r-errors') or contains(@class,'r-error')]"
        )
        return " / ".join(" ".join(e.text_content().split()) for e in found)

    def refusal(self, words: str) -> str:
        """Why something was refused, as the page's panel, error summary or error page says it.

        Of several reasons the first that holds ``words``; ``words`` itself where none does.
        """
        for place in (
            "//*[@role='alert']//li",
            "//*[@role='alert']//p[not(contains(@class, 'r-strong'))]",
            "//*[contains(@class, 'r-errors')]//li",
            "//*[contains(@class, 'r-lede')]",
            "//*[contains(@class, 'r-note')]",
        ):
            for found in self.tree.xpath(place):
                parts = (" ".join(part.split()) for part in found.itertext())
                sentence = " · ".join(part for part in parts if part)
                if words in sentence:
                    return sentence
        return words

    def link(self, fragment: str) -> str:
        """The address of the first link that contains ``fragment``. Raises Unexpected."""
        for anchor in self.tree.xpath("//a[@href]"):
            if fragment in anchor.get("href"):
                return str(anchor.get("href"))
        raise Unexpected(f"{self.path}: no link with {fragment!r}")

    def form(self, action: str, where: Mapping[str, str] | None = None) -> Any:
        """The form whose address contains ``action`` and that holds the values ``where``. Raises Unexpected."""
        for form in self.tree.forms:
            values = dict(form.form_values())
            if action in (form.get("action") or "") and all(
                values.get(k) == v for k, v in (where or {}).items()
            ):
                return form
        raise Unexpected(
            f"{self.path} ({self.title}): no form for {action!r}; {self.errors or self.text[:400]}"
        )


class Person:
    """One person with a browser of their own."""

    def __init__(self, base: str, name: str) -> None:
        self.name = name
        self.client = httpx.Client(base_url=base, follow_redirects=True, timeout=60.0, trust_env=False)

    def close(self) -> None:
        """Close the browser."""
        self.client.close()

    def open(self, path: str, *, expect: int | None = 200) -> Page:
        """Open a page. Raises Unexpected for another status."""
        return self.read(self.client.get(path), expect)

    def press(
        self,
        page: Page,
        action: str,
        fields: Fields | None = None,
        files: Files | None = None,
        *,
        where: Mapping[str, str] | None = None,
        expect: int | None = 200,
    ) -> Page:
        """Fill in the form of a page whose address contains ``action`` and send it; what is not named stays.

        ``where`` tells forms with the same address apart by values they hold. Raises Unexpected where there is
        no such form and for another status than ``expect``.
        """
        form = page.form(action, where)
        data: dict[str, list[str]] = {}
        for name, value in form.form_values():
            data.setdefault(name, []).append(value)
        for name, given in (fields or {}).items():
            data[name] = [given] if isinstance(given, str) else list(given)
        target = urljoin(page.path, form.get("action"))
        return self.read(self.client.post(target, data=data, files=dict(files) if files else None), expect)

    def send(self, target: str, fields: Fields, files: Files | None = None) -> Page:
        """Post to an address without its page, as somebody does who knows it: the system itself must refuse."""
        token = self.open("/account").tree.xpath("//input[@name='_csrf_token']/@value")
        answer = self.client.post(
            target, data={"_csrf_token": token[0], **fields}, files=dict(files) if files else None
        )
        return self.read(answer)

    def sign_in(self, login: str, password: str) -> Page:
        """Sign in; returns the page one lands on."""
        page = self.open("/sign-in")
        return self.press(page, "/sign-in", {"login": login, "password": password})

    def wait_for(self, path: str, done: str, *, seconds: float = 900.0) -> Page:
        """Look at a page again until it holds the words ``done``. Raises Unexpected after ``seconds``."""
        end = time.monotonic() + seconds
        while True:
            page = self.open(path)
            if done in page.text:
                return page
            if time.monotonic() > end:
                raise Unexpected(f"{path}: {done!r} did not come; {page.text[:400]}")
            time.sleep(1.0)

    def read(self, answer: httpx.Response, expect: int | None = None) -> Page:
        """An answer as a page. Raises Unexpected for another status than ``expect`` (None: any)."""
        content = answer.content or b"<html></html>"
        page = Page(answer.status_code, urlsplit(str(answer.url)).path, html.document_fromstring(content))
        if expect is not None and answer.status_code != expect:
            raise Unexpected(
                f"{answer.request.method} {page.path}: {answer.status_code} instead of {expect}; "
                f"{page.errors or page.text[:600]}"
            )
        return page
