"""All handlers of the bureau's pages."""

from __future__ import annotations

from registry.web.bureau import queue

HANDLERS = [*queue.HANDLERS]
