"""A policy's values one by one: where each stands, what it means, in which unit (R30)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from registry.policies.model import Part, PolicyValues
from registry.policies.vocabulary import FINDING_NAMES, ListKind


def is_section(name: str) -> bool:
    """Whether ``name`` is a table of leaves rather than a leaf."""
    field = PolicyValues.model_fields[name]
    return _section_model(name) is not None or not (field.json_schema_extra or {})


def is_open_section(name: str) -> bool:
    """Whether ``name`` is a table whose keys the policy chooses (list kinds, finding codes)."""
    return is_section(name) and _section_model(name) is None


def section_fields(name: str) -> tuple[str, ...]:
    """Names of the leaves in a closed section."""
    model = _section_model(name)
    return tuple(model.model_fields) if model else ()


def _section_model(name: str) -> type[Part] | None:
    annotation = PolicyValues.model_fields[name].annotation
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    return None


def leaf_text(key: str) -> tuple[str, str]:
    """Meaning (zh) and unit of the leaf at ``key``."""
    section, _, name = key.partition(".")
    field = PolicyValues.model_fields[section]
    model = _section_model(section)
    if model is not None:
        field = model.model_fields[name]
    elif name:
        known = {**FINDING_NAMES, **{kind.value: kind.zh for kind in ListKind}}
        base, _, detail = name.partition(":")
        label = known.get(base, base) + (f"（{detail}）" if detail else "")
        return (field.description or "{}").format(label), ""
    extra = field.json_schema_extra
    unit = extra.get("unit", "") if isinstance(extra, dict) else ""
    return field.description or key, str(unit)


def leaves(values: PolicyValues) -> Iterator[tuple[str, Any]]:
    """Each leaf key with its value, in the order of the model."""
    for name in PolicyValues.model_fields:
        value = getattr(values, name)
        if is_open_section(name):
            for code, item in value.items():
                yield f"{name}.{code}", item
        elif is_section(name):
            for field in section_fields(name):
                yield f"{name}.{field}", getattr(value, field)
        else:
            yield name, value
