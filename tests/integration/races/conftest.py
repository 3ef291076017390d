"""Every race has a clean database and a pool: each act runs on a connection of its own."""

from __future__ import annotations

from tests.factories.pooled import pool

__all__ = ["pool"]
