"""Whatever is recorded has a name that an official can read: no page shows the code of an act."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from registry.web.bureau.act_names import SUBJECT_NAMES
from registry.web.bureau.words import act_name
from tests.architecture.tree import ROOT

# What rooms call their own shorthand of the event writer.
_SHORTHANDS = {"_event", "_note", "_record"}
_CODE = re.compile(r"[a-z]+(_[a-z]+)*")


def _calls() -> Iterator[tuple[Path, ast.Call]]:
    for path in sorted((ROOT / "registry").rglob("*.py")):
        if not {"migrations", "cli", "web"} & set(path.parts):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    yield path, node


def _constants(node: ast.expr | None) -> list[str]:
    """The strings an expression may be: a constant, or the branches of a condition."""
    if isinstance(node, ast.IfExp):
        return _constants(node.body) + _constants(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _recorded() -> set[tuple[str, str]]:
    """Every (subject, action) that a call names with constants."""
    return {
        (subject, action)
        for _, call in _calls()
        for named in [{word.arg: word.value for word in call.keywords}]
        for subject in _constants(named.get("subject"))
        for action in _constants(named.get("action"))
    }


def test_every_act_has_a_name() -> None:
    recorded = _recorded()
    assert len(recorded) > 20
    assert sorted(one for one in recorded if act_name(*one) == one[1]) == []


def test_every_act_written_by_a_shorthand_has_a_name() -> None:
    nameless = {
        (path.relative_to(ROOT).as_posix(), word)
        for path, call in _calls()
        if isinstance(call.func, ast.Name) and call.func.id in _SHORTHANDS
        for given in call.args
        for word in _constants(given)
        if _CODE.fullmatch(word) and word not in SUBJECT_NAMES
        if all(act_name(subject, word) == word for subject in SUBJECT_NAMES)
    }
    assert sorted(nameless) == []


def test_every_kind_of_record_has_a_name() -> None:
    assert sorted({subject for subject, _ in _recorded()} - set(SUBJECT_NAMES)) == []
