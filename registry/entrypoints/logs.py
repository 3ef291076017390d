"""Logs: one line an event, tracebacks without local variables, nothing that may hold personal data."""

from __future__ import annotations

import logging
import re
import traceback
from typing import Any

import structlog

# PostgreSQL quotes row values in these lines of its errors.
_QUOTES_ROWS = re.compile(r"^\s*(DETAIL|CONTEXT|HINT):.*$", re.MULTILINE)


def _plain_exception(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        text = "".join(traceback.format_exception(error))
        event["exception"] = _QUOTES_ROWS.sub("DETAIL: (left out)", text).strip()
    return event


class _Scrubbing(logging.Formatter):
    """The standard library's records, tracebacks scrubbed as ours are."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 -- the name is the standard library's
        """The traceback as text without the lines that quote rows."""
        return _QUOTES_ROWS.sub("DETAIL: (left out)", super().formatException(ei))


def configure() -> None:
    """Set up logging of a process; web and worker call it first."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=False),
            _plain_exception,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], drop_missing=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    handler = logging.StreamHandler()
    handler.setFormatter(_Scrubbing("timestamp=%(asctime)s level=%(levelname)s logger=%(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
