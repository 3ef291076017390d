"""A policy in plain words: each value with its meaning, unit and source, and what differs (R30)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.kernel.terms import Term
from registry.policies.leaves import leaf_text, leaves
from registry.policies.model import Material, Policy
from registry.policies.vocabulary import Holder

NOT_STATED = "来源文件未规定，沿用默认规则"
SYSTEM_DEFAULT = "系统默认值"


@dataclass(frozen=True, slots=True)
class Row:
    """One value of a policy for a person to read.

    ``value`` is Chinese text including the unit, ``raw`` the JSON value. ``stated`` says whether the
    policy's own documents state it; ``source`` is the passage (also of an inherited value), ``basis``
    the sentence to show in its place.
    """

    key: str
    meaning: str
    value: str
    raw: Any
    unit: str
    stated: bool
    source: str | None
    basis: str
    set_by: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that two policies set differently. ``before`` or ``after`` is None where only one has it."""

    key: str
    meaning: str
    before: str | None
    after: str | None


def explain(policy: Policy) -> list[Row]:
    """Every value of the policy, in the order of the model."""
    rows: list[Row] = []
    for key, value in leaves(policy):
        meaning, unit = leaf_text(key)
        origin = policy.stated[key]
        stated = policy.is_stated(key)
        rows.append(
            Row(
                key=key,
                meaning=meaning,
                value=_shown(policy, key, value, unit),
                raw=_plain(value),
                unit=unit,
                stated=stated,
                source=origin.source,
                basis=_basis(policy, origin.source, stated),
                set_by=origin.policy,
            )
        )
    return rows


def diff(before: Policy, after: Policy) -> list[Difference]:
    """What ``after`` sets differently from ``before``; sources alone are no difference."""
    left = {row.key: row for row in explain(before)}
    right = {row.key: row for row in explain(after)}
    differences: list[Difference] = []
    for key in [*left, *(key for key in right if key not in left)]:
        a, b = left.get(key), right.get(key)
        if a is not None and b is not None and a.raw == b.raw:
            continue
        meaning = (a or b or left[key]).meaning
        differences.append(Difference(key, meaning, a.value if a else None, b.value if b else None))
    return differences


def _basis(policy: Policy, source: str | None, stated: bool) -> str:
    if stated and source:
        parts = []
        for citation in source.split("；"):
            identifier, _, passage = citation.strip().partition(" ")
            title = policy.sources[identifier].title if identifier in policy.sources else identifier
            parts.append(f"《{title}》{passage}".strip())
        return "；".join(parts)
    return NOT_STATED if policy.inherits else SYSTEM_DEFAULT


def _shown(policy: Policy, key: str, value: Any, unit: str) -> str:
    if key == "categories":
        return "、".join(policy.category_name(code) for code in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return "；".join(f"{code}：{name}" for code, name in value.items()) or "无"
    if isinstance(value, tuple):
        items = [_item(item) for item in value]
        joined = ("；" if any("、" in item for item in items) else "、").join(items)
        return f"{joined} {unit}".strip() if joined else "无"
    return f"{_item(value)} {unit}".strip()


def _item(value: Any) -> str:
    if isinstance(value, Term):
        return value.zh
    if isinstance(value, Material):
        return value.name if value.per is Holder.ORGANISATION else f"{value.name}（{value.per.zh}）"
    return str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Material):
        return value.model_dump(mode="json")
    if isinstance(value, Term):
        return value.value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return value
