"""Every test here has a clean database and the application's connection pool on it."""

from __future__ import annotations

from tests.factories.pooled import pool

__all__ = ["pool"]
