"""Server-side sessions: the browser holds a random token, the database its hash. Real time, never the demo's day."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from registry.accounts.tables import Session
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.clock import real_now
from registry.kernel.db import rows
from registry.settings import get_settings


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is behind a request, with the session's CSRF token and what the header shows (``unread`` messages)."""

    actor: Actor
    csrf: str
    login: str
    organisation: str
    unread: int = 0
    password_due: bool = False


def token_hash(token: str) -> str:
    """What is stored of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()


async def start(account_id: int) -> str:
    """Open a session for an account; returns the token for the cookie."""
    token = secrets.token_urlsafe(32)
    now = real_now()
    await Session.insert(
        Session(
            token_hash=token_hash(token),
            account=account_id,
            csrf=secrets.token_urlsafe(24),
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(hours=get_settings().session_hours),
        )
    )
    return token


async def end(token: str) -> None:
    """Close a session; unknown tokens are nothing."""
    await rows("DELETE FROM session WHERE token_hash = {}", token_hash(token))


async def end_all(account_id: int) -> None:
    """Close every session of an account (password changed, account closed)."""
    await rows("DELETE FROM session WHERE account = {}", account_id)


async def sweep() -> None:
    """Delete sessions that are over."""
    await rows("DELETE FROM session WHERE expires_at < {}", real_now())


async def find(token: str) -> SignedIn | None:
    """The session of a token, if it is alive and the account is active. One query."""
    found = await rows(
        """
        SELECT s.csrf, a.id, a.login, a.display_name, a.password_due, m.role, m.bureau, m.provider, m.school,
               coalesce(b.name, p.name, k.name, '') AS organisation,
               (SELECT count(*) FROM notification n WHERE n.account_id = a.id AND n.read_at IS NULL) AS unread
        FROM session s
        JOIN account a ON a.id = s.account AND a.active
        LEFT JOIN membership m ON m.account = a.id
        LEFT JOIN bureau b ON b.id = m.bureau
        LEFT JOIN provider p ON p.id = m.provider
        LEFT JOIN school k ON k.id = m.school
        WHERE s.token_hash = {} AND s.expires_at > {}
        ORDER BY m.id
        """,
        token_hash(token),
        real_now(),
    )
    if not found:
        return None
    memberships = tuple(
        Membership(Role(r["role"]), bureau_id=r["bureau"], provider_id=r["provider"], school_id=r["school"])
        for r in found
        if r["role"] is not None
    )
    first = found[0]
    actor = Actor(account_id=first["id"], name=first["display_name"], memberships=memberships)
    return SignedIn(
        actor, first["csrf"], first["login"], first["organisation"], first["unread"], first["password_due"]
    )
