"""Who may import whom, where a new package must be covered from its first file on.

The layers are import-linter's (`make imports`); these rules are about everybody but a few.
"""

from __future__ import annotations

import pytest

from tests.architecture.tree import PACKAGES, imports, module_name, python_files

CODE = python_files(*PACKAGES)


def _importers(target: str) -> set[str]:
    return {
        module_name(path)
        for path in CODE
        if any(name == target or name.startswith(f"{target}.") for name in imports(path))
    }


@pytest.mark.parametrize(
    ("target", "allowed"),
    [
        (
            "vetting",
            (
                "vetting",
                "registry.checks",
                "registry.screening",
                "registry.onboarding",
                "registry.entrypoints",
            ),
        ),
        ("storage", ("storage", "registry.documents", "registry.entrypoints")),
        ("litestar", ("registry.entrypoints", "registry.web", "registry.api", "public_site")),
        ("minio", ("storage",)),
        ("procrastinate", ("registry.kernel.jobs", "registry.entrypoints")),
        ("public_site", ("public_site", "registry.entrypoints")),
        ("registry.api", ("registry.api", "registry.entrypoints")),
        ("registry.entrypoints", ("registry.entrypoints",)),
        ("sqlite3", ()),
    ],
)
def test_only_these_import_it(target: str, allowed: tuple[str, ...]) -> None:
    strangers = {
        name
        for name in _importers(target)
        if not any(name == prefix or name.startswith(f"{prefix}.") for prefix in allowed)
    }
    assert strangers == set()


def test_the_public_site_stays_outside_the_pages_behind_sign_in() -> None:
    inside = ("registry.web.provider", "registry.web.bureau", "registry.web.school", "registry.web.session")
    guilty = {
        (module_name(path), name)
        for path in python_files("public_site")
        for name in imports(path)
        if name.startswith(inside)
    }
    assert guilty == set()
