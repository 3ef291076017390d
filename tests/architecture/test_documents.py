"""Documents that are drawn from the code are current, and what they name exists."""

from __future__ import annotations

import re
from pathlib import Path

from tools.lifecycles import TARGET, document

ROOT = Path(__file__).parent.parent.parent


def test_lifecycles_are_drawn_from_their_tables() -> None:
    assert TARGET.read_text(encoding="utf-8") == document(), "run python tools/lifecycles.py"


def test_paths_named_in_the_documents_exist() -> None:
    named = re.compile(r"`((?:registry|vetting|storage|public_site|docs|tests|tools|requirements)/[\w./-]+)`")
    missing = [
        f"{file.name}: {path}"
        for file in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for path in named.findall(file.read_text(encoding="utf-8"))
        if not (ROOT / path).exists()
    ]
    assert not missing
