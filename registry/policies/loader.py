"""Reads policy files: TOML in, ``Policy`` out, every problem named (R30).

Files are hostile until parsed: size, encoding, depth, names and types are checked before use.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Collection, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from registry.kernel.working_days import builtin_calendars
from registry.policies.errors import PolicyError
from registry.policies.leaves import is_open_section, is_section, leaves, section_fields
from registry.policies.model import Policy, PolicyValues, valid_name
from registry.policies.version import build

MAX_BYTES = 256_000
_HEAD = ("name", "title", "inherits", "sources")
_LEAF_KEYS = {"value", "source"}

Parents = Callable[[str], Policy]
Leaf = tuple[Any, str | None]


def names() -> tuple[str, ...]:
    """Names of the policies that come with the software, ``default`` first."""
    found = sorted(
        entry.name.removesuffix(".toml")
        for entry in resources.files("registry.policies").iterdir()
        if entry.name.endswith(".toml")
    )
    return tuple(sorted(found, key=lambda name: name != "default"))


@cache
def load(name: str) -> Policy:
    """The policy of that name. Raises ``PolicyError`` where there is none or it has problems."""
    if not valid_name(name) or name not in names():
        near = difflib.get_close_matches(name, names(), n=1)
        hint = f"，是否指 {near[0]}" if near else f"，现有：{'、'.join(names())}"
        raise PolicyError(name[:64], [f"没有名为 {name[:64]!r} 的规则{hint}"])
    content = resources.files("registry.policies").joinpath(f"{name}.toml").read_bytes()
    policy = parse(content, origin=name)
    if policy.name != name:
        raise PolicyError(name, [f"name：文件名为 {name}，文件中写的是 {policy.name}"])
    return policy


def load_file(path: Path) -> Policy:
    """Read a policy from a file. Raises ``PolicyError``, also where the file cannot be read."""
    try:
        with path.open("rb") as handle:
            content = handle.read(MAX_BYTES + 1)
    except OSError as error:
        raise PolicyError(path.name, [f"文件无法读取：{error.strerror or error}"]) from None
    return parse(content, origin=path.name)


def parse(
    content: bytes,
    *,
    origin: str,
    parents: Parents = load,
    calendars: Collection[str] | None = None,
) -> Policy:
    """Turn the bytes of a policy file into a ``Policy``.

    ``parents`` finds the policy named by ``inherits``; ``calendars`` are the ids that ``calendar`` may
    name, by default those that come with the software. Raises ``PolicyError`` with all problems found.
    """
    document = _toml(content, origin)
    problems: list[str] = []
    head = _head(document, problems)
    parent: Policy | None = None
    if head.get("inherits") is not None and not problems:
        if head["inherits"] == head["name"]:
            problems.append("inherits：不能继承自身")
        else:
            parent = parents(str(head["inherits"]))
    stated = _leaves(document, problems)
    if problems:
        raise PolicyError(origin, problems)

    merged: dict[str, Any] = {}
    origins: dict[str, dict[str, Any]] = {}
    if parent is not None:
        merged.update(leaves(parent))
        origins.update({key: entry.model_dump() for key, entry in parent.stated.items()})
    for key, (value, source) in stated.items():
        merged[key] = value
        origins[key] = {"policy": head["name"], "source": source}

    values = _nest(merged)
    problems += _missing(values)
    sources = dict(parent.sources) if parent else {}
    sources |= cast("dict[str, Any]", head.get("sources") or {})
    problems += _unknown_sources(stated, sources)
    known = builtin_calendars() if calendars is None else calendars
    calendar = values.get("calendar")
    if isinstance(calendar, str) and calendar not in known:
        problems.append(f"calendar：没有日历 {calendar!r}，现有：{'、'.join(sorted(known))}")
    if problems:
        raise PolicyError(origin, problems)
    try:
        return build({**values, **head, "sources": sources, "stated": origins})
    except ValidationError as error:
        raise PolicyError(origin, _sentences(error)) from None


def _toml(content: bytes, origin: str) -> dict[str, Any]:
    if len(content) > MAX_BYTES:
        raise PolicyError(origin, [f"文件超过 {MAX_BYTES // 1000} kB，不是规则文件"])
    try:
        return tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        raise PolicyError(origin, [f"第 {error.start + 1} 字节处不是 UTF-8 文本"]) from None
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(origin, [f"不是有效的 TOML：{error}"]) from None
    except (RecursionError, ValueError):
        raise PolicyError(origin, ["不是有效的 TOML：嵌套过深或数值过大"]) from None


def _head(document: Mapping[str, Any], problems: list[str]) -> dict[str, Any]:
    head = {key: document[key] for key in _HEAD if key in document}
    problems += [
        f"{key}：必须写明（文字）" for key in ("name", "title") if not isinstance(head.get(key), str)
    ]
    for key in ("name", "inherits"):
        value = head.get(key)
        if value is not None and not (isinstance(value, str) and valid_name(value)):
            problems.append(f"{key}：只能用小写字母、数字和连字符，例如 my-city-2030")
    if not isinstance(head.get("sources", {}), dict):
        problems.append('sources：必须写成表，例如 [sources.S1] title = "…"')
    return head


def _leaves(document: Mapping[str, Any], problems: list[str]) -> dict[str, Leaf]:
    found: dict[str, Leaf] = {}
    for name, entry in document.items():
        if name in _HEAD:
            continue
        if name not in PolicyValues.model_fields:
            problems.append(_unknown(name, PolicyValues.model_fields))
        elif not is_section(name):
            _leaf(name, entry, found, problems)
        elif not isinstance(entry, dict):
            problems.append(f"{name}：必须写成表，例如 [{name}]")
        else:
            for key, inner in entry.items():
                if is_open_section(name) or key in section_fields(name):
                    _leaf(f"{name}.{key}", inner, found, problems)
                else:
                    problems.append(_unknown(key, section_fields(name), prefix=f"{name}."))
    return found


def _leaf(key: str, entry: object, found: dict[str, Leaf], problems: list[str]) -> None:
    if not isinstance(entry, dict) or "value" not in entry:
        problems.append(f'{key}：必须写成 {{ value = …, source = "…" }}')
        return
    extra = sorted(set(entry) - _LEAF_KEYS)
    if extra:
        problems.append(f"{key}：不认识 {'、'.join(extra)}，只能有 value 和 source")
    source = entry.get("source")
    if source is not None and (not isinstance(source, str) or not source.strip()):
        problems.append(f'{key}：source 必须是文字，例如 "S1 三"；来源没有规定的不要写 source')
        return
    found[key] = (entry["value"], source)


def _unknown(key: str, known: Collection[str], prefix: str = "") -> str:
    near = difflib.get_close_matches(key, list(known), n=1)
    return f"{prefix}{key[:80]}：不认识的项目" + (f"，是否指 {prefix}{near[0]}" if near else "")


def _nest(merged: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in merged.items():
        section, _, name = key.partition(".")
        if name:
            values.setdefault(section, {})[name] = value
        else:
            values[section] = value
    return values


def _missing(values: Mapping[str, Any]) -> list[str]:
    problems: list[str] = []
    for name in PolicyValues.model_fields:
        if name not in values:
            problems.append(f"{name}：没有规定，也没有可继承的规则（inherits）")
        elif is_section(name):
            problems += [
                f"{name}.{field}：没有规定，也没有可继承的规则（inherits）"
                for field in section_fields(name)
                if field not in values[name]
            ]
    return problems


def _unknown_sources(stated: Mapping[str, Leaf], sources: Mapping[str, Any]) -> list[str]:
    problems: list[str] = []
    for key, (_, source) in stated.items():
        for citation in (source or "").split("；"):
            identifier = citation.strip().split(" ")[0]
            if identifier and identifier not in sources:
                problems.append(f"{key}：来源 {identifier[:40]!r} 没有在 [sources] 中写明")
    return problems


def _sentences(error: ValidationError) -> list[str]:
    sentences: list[str] = []
    for item in error.errors(include_url=False):
        place = ".".join(str(part) for part in item["loc"] if part != "[key]")
        given = repr(item.get("input"))
        if item["type"] == "value_error":
            text = str(item["ctx"]["error"]) if "ctx" in item else item["msg"]
            sentences += [f"{place}.{line}".removeprefix(".") if place else line for line in text.split("\n")]
            continue
        shown = given if len(given) <= 60 else given[:57] + "…"
        sentences.append(
            f"{place}：{_reason(item['type'], item.get('ctx', {}), item['msg'])}（写的是 {shown}）"
        )
    return sentences


def _reason(kind: str, context: Mapping[str, Any], message: str) -> str:
    fixed = {
        "int_type": "必须是整数",
        "bool_type": "必须是 true 或 false",
        "string_type": "必须是文字",
        "tuple_type": "必须是列表",
        "dict_type": "必须是表",
        "extra_forbidden": "不认识的项目",
        "missing": "必须写明",
        "string_pattern_mismatch": "格式不对",
        "model_type": "必须是表",
    }
    if kind in fixed:
        return fixed[kind]
    if kind == "enum":
        return f"必须是其中之一：{context.get('expected', '')}".replace(" or ", "、")
    if kind == "greater_than_equal":
        return f"不能小于 {context.get('ge')}"
    if kind == "less_than_equal":
        return f"不能大于 {context.get('le')}"
    if kind == "too_short":
        return f"至少要有 {context.get('min_length')} 项"
    if kind == "string_too_long":
        return f"不能超过 {context.get('max_length')} 个字"
    if kind == "string_too_short":
        return "不能为空"
    return message
