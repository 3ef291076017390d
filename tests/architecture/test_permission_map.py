"""Every route is in the permission map or is marked public, and the public ones are listed here."""

from __future__ import annotations

from registry.accounts.permissions import PERMISSIONS
from tests.architecture.routes import RouteHandler, route_handlers

ROUTES = route_handlers()

# What anybody may reach without an account. Whoever adds an address here shows its answer to the world.
PUBLIC_PAGES = {
    "/", "/apply", "/whitelist", "/whitelist/{entry_id:int}", "/verify", "/notices", "/notices/{notice_id:int}",
    "/notices/latest", "/notices/{notice_id:int}/items/{item_id:int}/objection", "/objections",
    "/objections/receipt", "/whitelist/{entry_id:int}/complaint", "/complaints", "/complaints/receipt", "/exits",
    "/exits/{ban_id:int}", "/rules", "/rules/{name:str}", "/calendars", "/calendars/{calendar_id:str}/{year:int}", "/data",
    "/data/snapshots", "/schools", "/schools/{school_id:int}", "/statistics", "/rounds/{round_id:int}/questions",
    "/sign-in", "/sign-out", "/register", "/healthz", "/metrics", "/design", "/design/{page:str}",
}  # fmt: skip
PUBLIC_FILES = {
    "/whitelist.csv", "/whitelist.xlsx", "/exits.csv", "/exits.xlsx", "/notices/{notice_id:int}/window.ics",
    "/notices/{notice_id:int}/snapshot.json", "/data/whitelist.csv", "/data/whitelist.json", "/data/whitelist.xlsx",
    "/notices/{notice_id:int}/announcement.docx", "/notices/{notice_id:int}/announcement.xlsx", "/notices.atom",
    "/whitelist.json", "/whitelist.jsonl", "/data/whitelist.jsonl", "/data/bans.jsonl", "/data/notices.csv",
    "/data/notices.json", "/data/notices.jsonl", "/data/notices.xlsx", "/data/snapshots/{snapshot_id:int}",
    "/data/public-key.pem", "/data/bans.csv", "/data/bans.json", "/data/bans.xlsx", "/static/{file_path:path}",
}  # fmt: skip
PUBLIC_POSTS = {
    "/complaints", "/whitelist/{entry_id:int}/complaint", "/rounds/{round_id:int}/questions",
    "/sign-in", "/sign-out", "/register", "/objections", "/notices/{notice_id:int}/items/{item_id:int}/objection",
}  # fmt: skip
# Litestar adds these by itself; the guard does not cover them, and they answer nothing of ours.
SCHEMA = {
    "/api/schema", "/api/schema/openapi.json", "/api/schema/openapi.yaml", "/api/schema/{path:str}",
}  # fmt: skip


def _shown(routes: list[RouteHandler]) -> list[str]:
    return [f"{route.method} {route.path}" for route in routes]


def test_there_is_something_to_walk() -> None:
    assert len(ROUTES) > 150


def test_every_route_is_in_the_map_or_public() -> None:
    silent = [
        route
        for route in ROUTES
        # Litestar answers OPTIONS for every address with the methods it has, and nothing else.
        if route.method != "OPTIONS" and not route.public and route.permission not in PERMISSIONS
    ]
    assert _shown(silent) == []


def test_no_route_is_both() -> None:
    assert _shown([route for route in ROUTES if route.public and route.permission]) == []


def test_the_public_ones_are_known() -> None:
    known = PUBLIC_PAGES | PUBLIC_FILES | SCHEMA
    strangers = [
        route
        for route in ROUTES
        if route.public and route.path not in known and not route.path.startswith("/api/v1/")
    ]
    assert _shown(strangers) == []
    posts = {route.path for route in ROUTES if route.public and route.method == "POST"}
    assert posts == PUBLIC_POSTS


def test_the_interface_for_programs_only_reads() -> None:
    writing = [
        route
        for route in ROUTES
        if route.path.startswith(("/api/", "/data")) and route.method not in {"GET", "HEAD", "OPTIONS"}
    ]
    assert _shown(writing) == []


def test_every_permission_guards_something_or_is_asked_by_name() -> None:
    """A permission that no route names is either used below the routes or dead."""
    # Judged inside a page that several may open, and by commands without a page so far.
    by_name = {"objection.answer", "screening.import", "screening.judge", "bureau.manage", "system.operate"}
    named = {route.permission for route in ROUTES}
    assert set(PERMISSIONS) - named <= by_name | {"contract.read"}
