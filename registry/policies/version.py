"""The version of a policy: a hash of its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from registry.policies.model import Policy


def build(content: Mapping[str, Any]) -> Policy:
    """Make a ``Policy`` with its version from values, head and origins.

    Raises pydantic's ``ValidationError``.
    """
    unversioned = Policy.model_validate({**content, "version": ""})
    return unversioned.model_copy(update={"version": content_version(unversioned.model_dump(mode="json"))})


def content_version(content: Mapping[str, Any]) -> str:
    """Hash of a policy's JSON-ready content, its own ``version`` left out; 16 hex digits."""
    rest = {key: value for key, value in content.items() if key != "version"}
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
