"""Passwords: argon2id, hashed off the event loop."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()
MINIMUM_LENGTH = 10

# Verified when the account does not exist, so that both answers take the same time.
_NOBODY = _HASHER.hash("nobody has this password")


async def hash_password(password: str) -> str:
    """An argon2id hash of ``password``."""
    return await asyncio.to_thread(_HASHER.hash, password)


async def matches(stored: str | None, password: str) -> bool:
    """Whether ``password`` is the one behind ``stored``; None (no such account) takes as long and is False."""

    def check() -> bool:
        try:
            _HASHER.verify(stored or _NOBODY, password)
            return stored is not None
        except (VerificationError, InvalidHashError):
            return False

    return await asyncio.to_thread(check)
