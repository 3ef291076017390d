"""Malformed and malicious files: refused or noted, in bounded time, without the parent growing."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import psutil
import pytest

from tests.unit.vetting.pdfs import document, form, image, page, stream, text_page
from vetting.intake import NOTE_KINDS, Limits, OpenFile, PageFailed, inspect, write_display_copy
from vetting.model import Refused, Severity

HOSTILE = Path(__file__).parents[2] / "data" / "hostile"
CASES = {entry["file"]: entry for entry in json.loads((HOSTILE / "manifest.json").read_text())["files"]}
LIMITS = Limits(wall_seconds=25.0)
GROWTH = 50 * 1024 * 1024


def inflated(megabytes: int) -> bytes:
    packer = zlib.compressobj(9)
    zeros = bytes(1 << 20)
    return b"".join(packer.compress(zeros) for _ in range(megabytes)) + packer.flush()


def stored(name: str, folder: Path) -> Path:
    """The hostile file of that name; the two large ones are made here."""
    if name == "flate_bomb_1gb.pdf":
        path = folder / name
        path.write_bytes(document(text_page(stream(inflated(1024), "/Filter /FlateDecode"))))
        return path
    if name == "empty_pages_10000.pdf":
        path = folder / name
        path.write_bytes(document({}, pages=10_000))
        return path
    return HOSTILE / name


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_stored_file_is_handled_as_its_outcomes_say(name: str, tmp_path: Path) -> None:
    path = stored(name, tmp_path)
    before = psutil.Process().memory_info().rss
    try:
        facts = inspect(path, name, LIMITS)
    except Refused as refused:
        outcome, told = "reject", refused.message
    else:
        serious = [note for note in facts.notes if NOTE_KINDS[note.code].severity is Severity.WARN]
        outcome, told = ("manual_review" if serious else "process"), ""
    assert not told or (told.endswith("。") and "请" in told)
    assert outcome in CASES[name]["outcomes"]
    assert psutil.Process().memory_info().rss - before < GROWTH


def refusal_of(data: bytes, folder: Path, name: str = "x.pdf") -> str:
    path = folder / "given"
    path.write_bytes(data)
    with pytest.raises(Refused) as caught:
        inspect(path, name, LIMITS)
    return caught.value.code


def notes_of(data: bytes, folder: Path) -> set[str]:
    path = folder / "given"
    path.write_bytes(data)
    return {note.code for note in inspect(path, "x.pdf", LIMITS).notes}


PLAIN = text_page(stream(b"BT /F1 12 Tf 50 700 Td (Registered 2022) Tj ET"))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (document({**PLAIN, 2: b"<< /Type /Pages /Kids [3 0 R] /Count 1000000000 >>"}), "too_many_pages"),
        (document({**PLAIN, 2: b"<< /Type /Pages /Kids [] /Count 0 >>"}), "no_pages"),
        (document(page("/UserUnit 1000")), "page_too_large"),
        (document(image("/Width 50000 /Height 50000 /BitsPerComponent 1")), "image_too_large"),
        (document(form("/X Do", loop=True)), "recursive"),
        (
            document(text_page(stream(zlib.compress(inflated(1500)), "/Filter [/FlateDecode /FlateDecode]"))),
            "bomb",
        ),
        (document(PLAIN)[:-40], "truncated"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\n%%EOF\n", "damaged"),
        (b"GIF89a" + document(PLAIN), "not_a_pdf"),
        (b"\xff\xd8\xff\xe0" + bytes(64), "not_a_pdf"),
        (b"", "empty"),
    ],
    ids=[
        "page count that lies",
        "no pages",
        "user unit",
        "image",
        "recursion",
        "nested bomb",
        "cut off",
        "noise",
        "other bytes first",
        "picture",
        "empty",
    ],
)
def test_made_files_are_refused(data: bytes, code: str, tmp_path: Path) -> None:
    assert refusal_of(data, tmp_path) == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (document(page("/AA << /O << /S /JavaScript /JS (app.alert\\(1\\)) >> >>")), "javascript"),
        (document(PLAIN, root="/OpenAction << /S /Launch /F (calc.exe) >>"), "launch_action"),
        (document(PLAIN, root="/AcroForm << /Fields [] /XFA (x) >>"), "xfa"),
        (document(page("/Annots [<< /Subtype /FileAttachment /Rect [0 0 9 9] >>]")), "attachment"),
        (document(page("/Annots [<< /Subtype /RichMedia /Rect [0 0 9 9] >>]")), "multimedia"),
        (document(PLAIN) + b"<script>alert(1)</script>", "trailing_data"),
        (document(PLAIN, root="/OCProperties << /OCGs [] /D << >> >>"), "layers"),
        (document(PLAIN).replace(b"startxref\n", b"startxref\n9"), "repaired"),
    ],
    ids=["javascript", "launch", "xfa", "attachment", "media", "behind the end", "layers", "wrong xref"],
)
def test_active_and_odd_content_is_noted_and_not_in_the_copy(data: bytes, code: str, tmp_path: Path) -> None:
    assert code in notes_of(data, tmp_path)
    assert code in NOTE_KINDS
    original = (tmp_path / "given").read_bytes()
    write_display_copy(tmp_path / "given", tmp_path / "copy.pdf", LIMITS, name="x.pdf")
    left = {note.code for note in inspect(tmp_path / "copy.pdf", "copy.pdf", LIMITS).notes}
    assert left <= {"layers"}
    assert (tmp_path / "given").read_bytes() == original


def test_a_plain_file_has_no_notes(tmp_path: Path) -> None:
    assert notes_of(document(PLAIN), tmp_path) == set()


def test_a_page_that_never_ends_fails_alone(tmp_path: Path) -> None:
    endless = b"[1 1] 0 d 0 0 m " + b"500 800 1 1 300 700 c " * 300_000 + b"200 w S"
    path = tmp_path / "slow.pdf"
    path.write_bytes(document(text_page(stream(zlib.compress(endless), "/Filter /FlateDecode"))))
    limits = Limits(wall_seconds=3.0, overdraft_seconds=5.0)
    with OpenFile(path, "slow.pdf", limits) as opened:
        for _ in range(4):
            with pytest.raises(PageFailed):
                opened.render(1, 1700)
        assert opened.given_up


def test_images_that_are_drawn_in_time_but_never_end(tmp_path: Path) -> None:
    path = tmp_path / "many.pdf"
    path.write_bytes(document(image("/Width 1000 /Height 1000 /BitsPerComponent 1")))
    with OpenFile(path, "many.pdf", Limits(max_drawn_pixels=900_000)) as opened:
        opened.describe(1)
        assert opened.given_up
        with pytest.raises(PageFailed) as caught:
            opened.render(1, 500)
    assert caught.value.problem == "not_tried"


def test_an_image_without_its_samples_is_no_blank_page(tmp_path: Path) -> None:
    path = tmp_path / "cut.pdf"
    path.write_bytes(document(image("/Width 500 /Height 500 /BitsPerComponent 8")))
    with OpenFile(path, "cut.pdf", LIMITS) as opened:
        assert not opened.images_decode(1)


def test_the_child_knows_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REGISTRY_SECRET", "hush")
    path = tmp_path / "x.pdf"
    path.write_bytes(document(PLAIN))
    with OpenFile(path, "x.pdf", LIMITS) as opened:
        assert opened.child_pid is not None
        assert b"REGISTRY_SECRET" not in Path(f"/proc/{opened.child_pid}/environ").read_bytes()
