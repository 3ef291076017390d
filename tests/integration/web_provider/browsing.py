"""A browser without JavaScript: pages over ASGI, forms filled from what the page holds."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, cast

import httpx

from tests.factories.application import web_application


@dataclass
class PostForm:
    """A form of a page: where it posts and the fields it would send as they stand."""

    action: str
    fields: dict[str, str | list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    """Collects forms; templates for script-made rows are no part of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PostForm] = []
        self._in_template = 0
        self._select = ""
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "template":
            self._in_template += 1
        if tag == "form":
            self.forms.append(PostForm(given.get("action", "")))
        if not self.forms or self._in_template:
            return
        form, name = self.forms[-1], given.get("name", "")
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind in {"checkbox", "radio"}:
                if "checked" in given:
                    self._add(form, name, given.get("value", "on"))
            elif kind != "file":
                self._add(form, name, given.get("value", ""))
        elif tag == "button" and name:
            form.buttons.append((name, given.get("value", "")))
        elif tag == "select":
            self._select = name
            form.fields.setdefault(name, "")
        elif tag == "option" and self._select and "selected" in given:
            form.fields[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._area = name
            form.fields[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._in_template -= 1
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area and self.forms and not self._in_template:
            self.forms[-1].fields[self._area] = str(self.forms[-1].fields[self._area]) + data

    @staticmethod
    def _add(form: PostForm, name: str, value: str) -> None:
        before = form.fields.get(name)
        if before is None:
            form.fields[name] = value
        else:
            form.fields[name] = [*(before if isinstance(before, list) else [before]), value]


@dataclass
class Browser:
    """One person's browser."""

    client: httpx.AsyncClient
    page: httpx.Response = field(default_factory=lambda: httpx.Response(0))

    @property
    def text(self) -> str:
        """The page as HTML."""
        return self.page.text

    @property
    def at(self) -> str:
        """Path of the page."""
        return self.page.url.path

    async def open(self, path: str) -> httpx.Response:
        """Go to a page, following redirects."""
        self.page = await self.client.get(path, follow_redirects=True)
        return self.page

    def form(self, action: str) -> PostForm:
        """The first form of the page that posts to ``action``."""
        parser = _Forms()
        parser.feed(self.page.text)
        return next(form for form in parser.forms if form.action == action)

    async def send(
        self,
        action: str,
        fields: Mapping[str, str | list[str]] | None = None,
        **files: tuple[str, bytes, str],
    ) -> httpx.Response:
        """Send a form of the page with some fields changed, following the redirect."""
        data = {**self.form(action).fields, **(fields or {})}
        answer = await self.client.post(action, data=data, files=files or None)
        self.page = answer
        if answer.status_code == 303:
            await self.open(answer.headers["location"])
        return answer

    def errors(self) -> list[str]:
        """The sentences of the error summary."""
        found = re.search(r'class="r-errors".*?</ul>', self.text, re.DOTALL)
        return re.findall(r"<li>(?:<a[^>]*>)?([^<]*)", found[0]) if found else []


@asynccontextmanager
async def browsers() -> AsyncIterator[list[Browser]]:
    """The whole application with its lifespan; three browsers of different people."""
    app = web_application()
    async with app.lifespan():
        opened = [
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=cast("Any", app)), base_url="http://registry.test"
            )
            for _ in range(3)
        ]
        try:
            yield [Browser(client) for client in opened]
        finally:
            for client in opened:
                await client.aclose()
