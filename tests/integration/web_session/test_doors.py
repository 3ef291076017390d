"""Every door, tried without an account and with one that holds no role."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from registry.accounts.commands import open_account
from tests.architecture.routes import RouteHandler, route_handlers
from tests.integration.web_provider.browsing import browsers

pytestmark = pytest.mark.usefixtures("settings_env")

CLOSED = [route for route in route_handlers() if route.permission is not None]
# An account alone opens these: one's own account, and registering a provider.
_OPEN_TO_ANY_ACCOUNT = {"account.own", "provider.register"}


def _address(route: RouteHandler) -> str:
    """The route with something in its places."""
    return re.sub(r"\{[a-z_]+:(int|str)\}", lambda found: "1" if found[1] == "int" else "x", route.path)


async def test_without_an_account_every_door_leads_to_sign_in() -> None:
    async with browsers() as (someone, *_):
        wrong = []
        for route in CLOSED:
            path = _address(route)
            answer = await someone.client.request(route.method, path)
            to = urlsplit(answer.headers.get("location", ""))
            if answer.status_code != 303 or to.path != "/sign-in" or parse_qs(to.query).get("next") != [path]:
                wrong.append((route.method, route.path, answer.status_code, answer.headers.get("location")))
        assert wrong == []
        assert len(CLOSED) > 100


async def test_an_account_without_a_role_opens_only_its_own_doors() -> None:
    async with browsers() as (someone, *_):
        await open_account("nobody", "无名氏", "a-long-password-1")
        await someone.open("/sign-in")
        await someone.send("/sign-in", {"login": "nobody", "password": "a-long-password-1"})
        assert someone.at == "/provider/register"
        wrong = []
        for route in CLOSED:
            answer = await someone.client.request(route.method, _address(route))
            if route.permission not in _OPEN_TO_ANY_ACCOUNT and answer.status_code != 403:
                wrong.append((route.method, route.path, answer.status_code))
            if answer.status_code >= 500:
                wrong.append((route.method, route.path, answer.status_code))
        assert wrong == []


async def test_a_program_is_told_instead_of_led() -> None:
    async with browsers() as (someone, *_):
        answer = await someone.client.get("/bureau/applications", headers={"accept": "application/json"})
        assert answer.status_code == 401
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert answer.json()["code"] == "not_signed_in"


async def test_who_sent_a_form_too_late_comes_back_to_its_page() -> None:
    """The address that takes a form mostly shows no page, and another site's page is no way back."""
    async with browsers() as (someone, *_):
        address = "/provider/applications/1/files/0"
        for sent_from, back in (
            ("http://registry.test/provider/applications/1/files?x=1", "/provider/applications/1/files?x=1"),
            ("http://elsewhere.test/provider/applications/1/files", address),
            ("", address),
        ):
            answer = await someone.client.post(address, headers={"referer": sent_from})
            to = urlsplit(answer.headers["location"])
            assert (to.path, parse_qs(to.query)["next"]) == ("/sign-in", [back])
