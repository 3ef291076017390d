"""The project's files as the rules see them: what git tracks, or would."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("registry", "vetting", "storage", "public_site")
# Brought from elsewhere as it is, or data.
VENDORED = ("registry/web/static/", "public_site/static/", "tests/data/")


@cache
def tracked() -> tuple[str, ...]:
    """Paths below the root of every file in git, and of new ones that are not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(sorted(path for path in listed.split("\0") if path and (ROOT / path).is_file()))


@cache
def python_files(*folders: str) -> tuple[str, ...]:
    """Paths of the Python files in `folders`."""
    return tuple(
        path
        for path in tracked()
        if path.endswith(".py") and path.startswith(tuple(f"{f}/" for f in folders))
    )


@cache
def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def tree(path: str) -> ast.Module:
    return ast.parse(text(path), path)


def module_name(path: str) -> str:
    """`registry/kernel/clock.py` is `registry.kernel.clock`."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports(path: str) -> set[str]:
    """Every module a file imports, wherever in the file, `from a import b` as `a` and `a.b`."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found
