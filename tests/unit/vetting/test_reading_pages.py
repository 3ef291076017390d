"""Pages of real kinds, read through the child process and the models.

``mixed.pdf`` holds: 1 a digital commitment, signed, not sealed; 2 a scan upside down; 3 a certificate and
4 the same page again; 5 a scanned blank sheet; 6 a licence scanned sideways; 7 a page too blurred to
read; 8 a signed and sealed commitment scanned in one bit.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from vetting.intake import Limits
from vetting.model import Mode, PageKind, PageReading, SourceFile
from vetting.reading import ApplicationReader, OcrEngine, read_file

DATA = Path(__file__).parents[2] / "data"
MIXED = SourceFile(DATA / "pages" / "mixed.pdf", "申报材料.pdf")


@pytest.fixture(scope="module")
def engine() -> Iterator[OcrEngine]:
    with OcrEngine(threads=2) as running:
        yield running


@pytest.fixture(scope="module")
def reader(engine: OcrEngine) -> Iterator[ApplicationReader]:
    with ApplicationReader([MIXED], engine, Limits(wall_seconds=60)) as opened:
        yield opened


def text(page: PageReading) -> str:
    return "".join(line.text for line in page.lines)


def test_kinds_modes_and_turns(reader: ApplicationReader) -> None:
    pages = reader.readings
    kinds = [PageKind.CONTENT] * 8
    kinds[3], kinds[4] = PageKind.DUPLICATE, PageKind.BLANK
    assert [page.kind for page in pages] == kinds
    assert [page.mode for page in pages] == [Mode.DIGITAL] + [Mode.SCANNED] * 7
    assert [page.rotation for page in pages] == [0, 180, 0, 0, 0, 90, 0, 0]
    assert [page.duplicate_of for page in pages] == [None, None, None, 3, None, None, None, None]
    assert [page.page for page in pages] == list(range(1, 9))
    assert reader.notes == ()
    assert reader.refused == ()


def test_the_text_layer_is_taken_and_the_scans_are_recognised(reader: ApplicationReader) -> None:
    pages = reader.readings
    assert "91450105MA5K0D0Q2G" in text(pages[0])
    assert "南宁市听荷艺术培训有限公司" in text(pages[1])
    assert "52450105" in text(pages[2])
    assert text(pages[3]) == text(pages[2])
    assert "营业执照" in text(pages[5])
    assert "承诺书" in text(pages[7]).replace(" ", "")


def test_what_no_person_could_read_is_not_readable(reader: ApplicationReader) -> None:
    assert [page.readable for page in reader.readings] == [True] * 6 + [False, True]
    assert reader.readings[6].problem == "blurred"


def test_signatures_and_seals(reader: ApplicationReader) -> None:
    signed, sealed = reader.readings[0], reader.readings[7]
    assert signed.seals == ()
    assert [ink.text for ink in signed.inks] == ["梁佳宁"]
    assert len(sealed.seals) == 1
    assert len(sealed.inks) == 1
    ink = sealed.inks[0].box
    assert 0.6 < ink[0] < ink[2] < 0.95


def test_boxes_lie_where_the_words_stand_on_the_upright_page(reader: ApplicationReader) -> None:
    page = next(page for page in reader.readings if page.page == 6)
    title = next(line for line in page.lines if "营业执照" in line.text)
    assert page.width > page.height
    assert 0.3 < (title.box[0] + title.box[2]) / 2 < 0.7
    assert title.box[3] < 0.45


def test_a_second_look_reads_the_same_place_again(reader: ApplicationReader) -> None:
    page = reader.readings[1]
    line = next(line for line in page.lines if "南宁市听荷艺术培训有限公司" in line.text)
    again = reader.region(page.page, line.box, scale=2.0)
    assert any("听荷艺术" in found.text for found in again)
    assert all(line.box[1] - 0.02 < found.box[1] < line.box[3] + 0.02 for found in again)


def test_an_alphabet_binds_the_second_look(reader: ApplicationReader) -> None:
    page = reader.readings[0]
    line = next(line for line in page.lines if "梁佳宁" not in line.text and "2022" in line.text)
    digits = reader.region(1, line.box, alphabet="0123456789", detect=False)
    assert digits
    assert all(char in "0123456789" for found in digits for char in found.text)


def test_the_picture_for_a_person_is_upright(reader: ApplicationReader) -> None:
    png = reader.page_png(6, 600)
    assert png.startswith(b"\x89PNG")
    width, height = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    assert abs(width - 600) <= 1
    assert height < width


def test_cached_pages_are_not_read_again(reader: ApplicationReader) -> None:
    class Untouched(OcrEngine):
        def _start(self) -> None:  # type: ignore[override]
            raise AssertionError("read again")

    with ApplicationReader([MIXED], Untouched(), cached=[reader.readings]) as again:
        assert again.readings == reader.readings


def test_pages_are_numbered_on_and_progress_is_told(engine: OcrEngine) -> None:
    told: list[tuple[int, int]] = []
    source = SourceFile(DATA / "hostile" / "javascript_openaction.pdf", "js.pdf")
    readings, notes = read_file(
        source, 7, engine=engine, limits=Limits(), progress=lambda done, total: told.append((done, total))
    )
    assert [page.page for page in readings] == [7]
    assert [note.code for note in notes] == ["javascript"]
    assert told == [(1, 1)]


def test_a_refused_file_does_not_stop_the_others(engine: OcrEngine) -> None:
    files = [
        SourceFile(DATA / "hostile" / "png_renamed.pdf", "png_renamed.pdf"),
        SourceFile(DATA / "hostile" / "javascript_openaction.pdf", "js.pdf"),
    ]
    with ApplicationReader(files, engine) as opened:
        assert [refused.code for refused in opened.refused] == ["not_a_pdf"]
        assert [page.page for page in opened.readings] == [1]


def test_the_engine_comes_back_after_its_process_was_killed() -> None:
    with OcrEngine(threads=1) as fresh:
        source = SourceFile(DATA / "hostile" / "javascript_openaction.pdf", "js.pdf")
        read_file(source, 1, engine=fresh)
        assert fresh.pid is not None
        os.kill(fresh.pid, signal.SIGKILL)
        readings, _ = read_file(source, 1, engine=fresh)
        assert readings[0].readable
