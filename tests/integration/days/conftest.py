"""Every test has a clean database and a pool."""

from __future__ import annotations

from tests.factories.pooled import pool

__all__ = ["pool"]
