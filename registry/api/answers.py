"""How answers travel: a tag of the content, readable from pages of other sites, problems as problem+json."""

from __future__ import annotations

import hashlib
from typing import Any, TypeVar, cast

import msgspec
from litestar import MediaType, Request, Response
from litestar.exceptions import ValidationException

T = TypeVar("T")
Req = Request[Any, Any, Any]

# Anyone may read this from anywhere; no cookie is looked at and none is needed.
_OPEN = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "etag, ratelimit-limit, ratelimit-remaining, ratelimit-reset, retry-after",
    "cache-control": "public, max-age=60",
    "vary": "accept-encoding",
}
_PROBLEM = "application/problem+json"


def answer(request: Req, content: T) -> Response[T]:
    """The content with its tag; 304 without content for a caller that has it already."""
    encoded = msgspec.json.encode(content)
    tag = f'"{hashlib.sha256(encoded).hexdigest()[:32]}"'
    headers = {**_OPEN, "etag": tag}
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if tag in known or "*" in known:
        return cast("Response[T]", Response(None, status_code=304, headers=headers))
    # Encoded once, for the tag and for sending.
    return cast("Response[T]", Response(encoded, media_type=MediaType.JSON, headers=headers))


def on_wrong_parameter(_: Req, error: ValidationException) -> Response[dict[str, Any]]:
    """A parameter that cannot be read: which one, and why."""
    wrong = [
        {"field": str(one.get("key", "")), "message": str(one.get("message", ""))}
        for one in (error.extra if isinstance(error.extra, list) else [])
        if isinstance(one, dict)
    ]
    body = {
        "type": "/problems/http_400", "title": "请求中的参数不正确", "status": 400, "code": "http_400", "fields": wrong,
    }  # fmt: skip
    return Response(body, status_code=400, media_type=_PROBLEM, headers={"access-control-allow-origin": "*"})
