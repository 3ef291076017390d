"""What others ask of intake: facts of a file, a copy to show, files put together and taken apart."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vetting.intake.childprocess import ChildFailed
from vetting.intake.limits import Limits
from vetting.intake.opened import FileFacts, OpenFile, identify, refused_by, start_child
from vetting.intake.refusals import refusal

_WRITE_SECONDS = 40.0


def inspect(path: Path, name: str, limits: Limits | None = None) -> FileFacts:
    """Give the facts of a file, opened in a child process that cannot outgrow or outlast ``limits``.

    ``name`` is the name its sender gave it. Raises Refused with a code and a Chinese sentence.
    """
    with OpenFile(path, name, limits or Limits()) as opened:
        return opened.facts


def write_display_copy(
    src: Path, dst: Path, limits: Limits | None = None, *, name: str | None = None
) -> None:
    """Write a PDF of ``src`` that is safe to show: repaired, decrypted, no scripts, actions, attachments.

    ``src`` is not touched; ``dst`` appears whole or not at all. Raises Refused.
    """
    limits = limits or Limits()
    shown = name or src.name
    kind = identify(src, shown, limits).kind
    with tempfile.TemporaryDirectory(dir=dst.parent) as folder:
        target = Path(folder) / "copy.pdf"
        request = {"do": "display_copy", "path": str(src.resolve()), "kind": kind, "target": str(target)}
        _do(request, shown, limits)
        target.replace(dst)


def merge(parts: Sequence[Path], dst: Path, limits: Limits | None = None) -> int:
    """Put the pages of PDFs and pictures into one PDF, in order; gives the number of pages.

    Raises Refused, naming the part that is not taken.
    """
    limits = limits or Limits()
    kinds = [(str(part.resolve()), identify(part, part.name, limits).kind) for part in parts]
    with tempfile.TemporaryDirectory(dir=dst.parent) as folder:
        target = Path(folder) / "merged.pdf"
        answer = _do({"do": "merge", "parts": kinds, "target": str(target)}, dst.name, limits)
        target.replace(dst)
    return int(answer["pages"])


def split(
    src: Path, ranges: Sequence[tuple[int, int]], dst_dir: Path, limits: Limits | None = None
) -> list[Path]:
    """Write page ranges (first, last; from 1, inclusive) of a PDF into ``part-001.pdf`` ... in ``dst_dir``.

    Raises ValueError for a range that is not on the file's pages, Refused for a file that is not taken.
    """
    limits = limits or Limits()
    facts = inspect(src, src.name, limits)
    if any(not 1 <= first <= last <= facts.pages for first, last in ranges):
        raise ValueError("page range outside the file")
    with tempfile.TemporaryDirectory(dir=dst_dir) as folder:
        request = {
            "do": "split",
            "path": str(src.resolve()),
            "ranges": [list(r) for r in ranges],
            "folder": folder,
        }
        _do(request, src.name, limits)
        written = []
        for part in sorted(Path(folder).iterdir()):
            part.replace(dst_dir / part.name)
            written.append(dst_dir / part.name)
    return written


def _do(request: dict[str, Any], name: str, limits: Limits) -> dict[str, Any]:
    try:
        with start_child(limits) as child:
            answer, _ = child.call(request, wall_seconds=_WRITE_SECONDS)
    except ChildFailed as error:
        raise refusal("too_complex", name, limits) from error
    if not answer.get("ok"):
        raise refused_by(answer, name, limits)
    return answer
