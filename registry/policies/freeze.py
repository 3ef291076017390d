"""A policy as stored with a round, a contract or a case, and back (R30).

The stored form is plain JSON. Its ``version`` is a hash of the rest, so that a changed row is noticed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from registry.policies.errors import PolicyError
from registry.policies.loader import load
from registry.policies.model import Policy
from registry.policies.version import content_version


def freeze(policy: Policy) -> dict[str, Any]:
    """The policy as JSON-ready values, with the ``version`` of exactly this content."""
    content = policy.model_dump(mode="json")
    return {**content, "version": content_version(content)}


def thaw(frozen: Mapping[str, Any]) -> Policy:
    """Read back what ``freeze`` gave.

    A value that the software learned to ask for after the policy was frozen is taken from the default,
    as for any value that a policy does not state; ``version`` stays the stored one. Raises
    ``PolicyError`` where the content does not fit its version (it was changed) or is no policy.
    """
    name = str(frozen.get("name", "?"))[:64]
    if frozen.get("version") != content_version(frozen):
        raise PolicyError(name, ["保存的规则与其版本号不符，内容可能被改动"])
    try:
        return Policy.model_validate(_completed(frozen))
    except ValidationError as error:
        places = sorted({".".join(str(part) for part in item["loc"]) for item in error.errors()})
        raise PolicyError(name, [f"保存的规则无法读取：{'、'.join(places)}"]) from None


def _completed(frozen: Mapping[str, Any]) -> dict[str, Any]:
    base = load("default").model_dump(mode="json")
    content = dict(frozen)
    stated = dict(content.get("stated") or {})
    for key, origin in base["stated"].items():
        section, _, name = key.partition(".")
        if not name:
            if section not in content:
                content[section] = base[section]
                stated[key] = origin
        elif isinstance(content.setdefault(section, {}), Mapping) and name not in content[section]:
            content[section] = {**content[section], name: base[section][name]}
            stated[key] = origin
    content["stated"] = stated
    return content
