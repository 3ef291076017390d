"""The house rules that matter, each as a check."""

from __future__ import annotations

import ast
import re
from pathlib import PurePosixPath

from tests.architecture.tree import (
    PACKAGES,
    ROOT,
    VENDORED,
    imports,
    module_name,
    python_files,
    text,
    tracked,
    tree,
)

MAX_LINES = 450
CODE = python_files(*PACKAGES)
TEXTS = tuple(
    path
    for path in tracked()
    if not path.startswith(VENDORED)
    and not path.endswith((".pdf", ".png", ".jpg", ".webp", ".woff2", ".ttf", ".mo", ".ico", ".gz", ".zip"))
)


def test_there_is_something_to_check() -> None:
    assert len(CODE) > 50
    assert "Makefile" in TEXTS
    assert "requirements/dev.lock" in TEXTS


def test_files_stay_readable() -> None:
    long = {
        path: lines
        for path in [*CODE, *python_files("tests")]
        # Migrations are written by the tool.
        if "/migrations/" not in path and (lines := len(text(path).splitlines())) > MAX_LINES
    }
    assert long == {}, "make it a folder of verbs"


def test_every_folder_is_a_package() -> None:
    """Without `__init__.py` import-linter does not see what is in a folder."""
    folders = {str(PurePosixPath(path).parent) for path in CODE}
    assert {folder for folder in folders if not (ROOT / folder / "__init__.py").exists()} == set()


def test_no_module_is_named_for_nothing() -> None:
    empty_names = {"utils", "util", "helpers", "helper", "services", "service", "common", "misc", "manager"}
    assert [path for path in CODE if empty_names & set(module_name(path).split("."))] == []


_WALL_CLOCK = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
}
# Real time belongs to what is not a rule: sessions, tokens, locks, logs, processes.
_REAL_TIME = (
    "registry/kernel/",
    "registry/entrypoints/",
    "registry/web/session/",
    "registry/accounts/",
    "storage/",
)
_RULES = re.compile(r"^(vetting/|registry/[a-z]+/rules(\.py$|/|_[a-z]+\.py$))")


def _wall_clock_calls(path: str) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name | ast.Attribute)
        and (
            node.func.value.id if isinstance(node.func.value, ast.Name) else node.func.value.attr,
            node.func.attr,
        )
        in _WALL_CLOCK
    ]


def test_rules_ask_the_kernels_clock() -> None:
    guilty = {
        path: lines
        for path in CODE
        if not path.startswith(_REAL_TIME)
        and "/migrations/" not in path
        and (lines := _wall_clock_calls(path))
    }
    assert guilty == {}, "take as_of, or ask registry.kernel.clock"


def test_rules_are_pure() -> None:
    """Arithmetic on values: no database, no clock, no settings, no network."""
    outside = {"piccolo", "asyncpg", "psycopg", "httpx", "minio", "procrastinate", "litestar"}
    inside = {"registry.kernel.clock", "registry.kernel.db", "registry.settings"}
    rules = [path for path in CODE if _RULES.search(path)]
    assert rules
    guilty = {
        path: impure
        for path in rules
        if (impure := {name for name in imports(path) if name.split(".")[0] in outside or name in inside})
        or _wall_clock_calls(path)
    }
    assert guilty == {}


def test_commands_open_no_concurrency() -> None:
    """A Piccolo transaction is bound to its task: gather and create_task would share its connection."""
    guilty = [
        f"{path}:{node.lineno}"
        for path in CODE
        if re.search(r"/commands(\.py$|/)", path)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"gather", "create_task", "TaskGroup"}
    ]
    assert guilty == []


def test_foreign_keys_restrict() -> None:
    """Piccolo's default is CASCADE: history would vanish with what it is about."""
    guilty = [
        f"{path}:{node.lineno}"
        for path in CODE
        if path.endswith("tables.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "ForeignKey"
        and not any(
            keyword.arg == "on_delete" and "restrict" in ast.unparse(keyword.value).lower()
            for keyword in node.keywords
        )
    ]
    assert guilty == []


def test_no_place_for_later() -> None:
    """What is there is finished; what is not is an issue, not a comment."""
    word = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    guilty = [
        f"{path}:{number}"
        for path in [*CODE, *python_files("tests")]
        if path != "tests/architecture/test_house.py"
        for number, line in enumerate(text(path).splitlines(), 1)
        if word.search(line)
    ]
    assert guilty == []


def test_nothing_stands_in_for_our_own_servers() -> None:
    guilty = [
        path
        for path in python_files("tests")
        if {name for name in imports(path) if name.split(".")[0] in {"moto", "fakeredis", "pgserver"}}
        or {name for name in imports(path) if name.startswith("unittest.mock")}
    ]
    assert guilty == []


# Words of the jurisdictions that policies and calendars are shipped for; another one is another file of data.
_PLACES = re.compile(r"nanning|xiaolan|taishan|南宁|小榄|台山|中山市|广西|CN-[A-Z]{2}", re.IGNORECASE)
# Examples that people read, the demo's data, and the table of all provinces.
_MAY_NAME_PLACES = (
    "registry/entrypoints/demo/",
    "registry/entrypoints/cli/",
    "registry/web/components/showcase.py",
    "registry/api/described.py",
    "vetting/matching/places.py",
)


def _strings(path: str) -> list[ast.Constant]:
    """The strings of a file that are no docstrings."""
    whole = tree(path)
    bodies = [body for node in ast.walk(whole) if isinstance(body := getattr(node, "body", None), list)]
    docs = {
        id(node.value)
        for body in bodies
        for node in body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return [
        node
        for node in ast.walk(whole)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    ]


def test_no_code_names_a_jurisdiction() -> None:
    """What differs between places is data in policies and calendars (R30)."""
    guilty = [
        f"{path}:{node.lineno} {node.value[:40]}"
        for path in CODE
        if not path.startswith(_MAY_NAME_PLACES) and "/migrations/" not in path
        for node in _strings(path)
        if isinstance(node.value, str) and _PLACES.search(node.value)
    ]
    assert guilty == []


def test_nothing_anywhere_is_decided_by_the_name_of_a_place() -> None:
    """Also where an example may name one: no comparison, no case, no key of a table."""
    guilty = [
        f"{path}:{inner.lineno}"
        for path in CODE
        if not path.startswith(("registry/entrypoints/demo/", "vetting/matching/places.py"))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Compare | ast.MatchValue | ast.Dict)
        for inner in ast.walk(ast.Dict(keys=node.keys, values=[]) if isinstance(node, ast.Dict) else node)
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and _PLACES.search(inner.value)
    ]
    assert guilty == []
