"""A signed-in visitor of the pages, in the test's own event loop, that counts database queries."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import httpx

from registry.accounts import sessions
from registry.kernel import db
from registry.kernel.actor import Actor
from registry.web.components.cookies import CSRF_COOKIE, SESSION_COOKIE
from tests.factories.application import web_application

BASE = "http://registry.test"


@dataclass
class Count:
    """How many statements were sent, and which."""

    statements: list[str] = field(default_factory=list)

    @property
    def n(self) -> int:
        """How many."""
        return len(self.statements)


@contextmanager
def counted_queries() -> Iterator[Count]:
    """Count every statement that goes through the engine in the block."""
    kind, count = type(db.engine()), Count()
    run: Callable[..., Any] = kind.run_querystring

    async def counting(engine: Any, querystring: Any, *args: Any, **kwargs: Any) -> Any:
        count.statements.append(" ".join(str(querystring).split())[:160])
        return await run(engine, querystring, *args, **kwargs)

    kind.run_querystring = counting  # type: ignore[assignment,method-assign]
    try:
        yield count
    finally:
        kind.run_querystring = run  # type: ignore[method-assign]


class Visitor:
    """A browser without JavaScript: keeps cookies, sends the CSRF token with posts, does not follow redirects."""

    def __init__(self, client: httpx.AsyncClient, csrf: str) -> None:
        self.client = client
        self.csrf = csrf

    async def get(self, path: str) -> httpx.Response:
        """A page."""
        return await self.client.get(path)

    async def post(self, path: str, data: dict[str, Any] | None = None) -> httpx.Response:
        """A posted form; a list value is sent several times."""
        return await self.client.post(path, data={"_csrf_token": self.csrf, **(data or {})})


@asynccontextmanager
async def visitors(*actors: Actor | None) -> AsyncIterator[list[Visitor]]:
    """One visitor for each actor (None: nobody signed in), on one application with a connection pool."""
    transport = httpx.ASGITransport(app=cast("Any", web_application()))
    made: list[Visitor] = []
    async with db.pooled(), AsyncExitStack() as clients:
        for actor in actors:
            client = httpx.AsyncClient(transport=transport, base_url=BASE, timeout=60)
            clients.push_async_callback(client.aclose)
            csrf = "nobody"
            if actor is not None and actor.account_id is not None:
                token = await sessions.start(actor.account_id)
                signed_in = await sessions.find(token)
                assert signed_in is not None
                csrf = signed_in.csrf
                client.cookies.set(SESSION_COOKIE, token)
            else:
                client.cookies.set(CSRF_COOKIE, csrf)
            made.append(Visitor(client, csrf))
        yield made


def text_of(response: httpx.Response) -> str:
    """The words of a page without markup, white space folded."""
    main = response.text.partition("<main")[2] or response.text
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())
