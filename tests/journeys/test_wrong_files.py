"""Files that are no PDF, empty, too large or broken: a clear answer, and nothing lost."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import PHONE, Visitor, sample_pdf
from tests.journeys.newcomer import Newcomer, newcomer
from tests.journeys.system import System

Open = Callable[..., Visitor]
MB = 1024 * 1024


def _png() -> bytes:
    """A whole picture of one grey pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\x80"))
        + chunk(b"IEND", b"")
    )


@pytest.fixture(scope="module")
def someone(system: System) -> Iterator[Newcomer]:
    """A newcomer whose merged PDF is there already: it must survive every wrong file."""
    one = newcomer(system)
    with sample_pdf().open("rb") as file:
        _send(one, ("齐全.pdf", file.read()))
    assert "齐全.pdf" in one.person.open(f"{one.address}/files").text
    yield one
    one.person.close()


def _token(one: Newcomer) -> str:
    (token, *_) = one.person.open(f"{one.address}/files").tree.xpath("//input[@name='_csrf_token']/@value")
    return str(token)


def _send(one: Newcomer, file: tuple[str, Any]) -> httpx.Response:
    """Send one file as a browser without JavaScript does."""
    return one.person.client.post(
        f"{one.address}/files/0",
        data={"_csrf_token": _token(one)},
        files={"file_0": (*file, "application/pdf")},
    )


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("空.pdf", b"", "空"),
        ("照片.pdf", _png(), "PDF"),
        ("断.pdf", sample_pdf().read_bytes()[:4000], "断.pdf"),
        ("网页.pdf", b"<!doctype html><script>alert(1)</script>", "PDF"),
        ("%00..\\..\\a\"';<b>.pdf", b"MZ\x90\0", "PDF"),
    ],
)
def test_a_wrong_file_is_refused_with_a_reason(
    someone: Newcomer, name: str, content: bytes, told: str
) -> None:
    answer = _send(someone, (name, content))
    page = someone.person.read(answer)
    assert answer.status_code == 422
    assert told in page.errors
    assert not page.tree.xpath("//main//b[not(ancestor::dl)][contains(., '.pdf')]")
    assert "齐全.pdf" in page.text


@pytest.mark.parametrize("size", [100 * MB + 1, 103 * MB])
def test_a_file_over_the_limit_gets_an_answer_not_a_reset(
    someone: Newcomer, tmp_path: Path, size: int
) -> None:
    """Just over it the form itself says so, far over it the server stops reading: both arrive as a page."""
    path = tmp_path / "large.pdf"
    with path.open("wb") as out:
        out.write(b"%PDF-1.7\n")
        out.truncate(size)
    with path.open("rb") as file:
        answer = _send(someone, ("大.pdf", file))
    assert answer.status_code == 413
    page = someone.person.read(answer)
    assert "上限" in page.text
    assert "齐全.pdf" in someone.person.open(f"{someone.address}/files").text


def test_no_file_at_all(someone: Newcomer) -> None:
    answer = someone.person.client.post(f"{someone.address}/files/0", data={"_csrf_token": _token(someone)})
    assert answer.status_code == 422
    assert "请先选择要上传的文件" in someone.person.read(answer).errors


def test_the_browser_refuses_before_sending(visitor: Open, someone: Newcomer, tmp_path: Path) -> None:
    one = visitor(size=PHONE)
    one.sign_in(someone.login, someone.password)
    one.open(f"{someone.address}/files")
    large = tmp_path / "太大.pdf"
    with large.open("wb") as out:
        out.truncate(101 * MB)
    picture = tmp_path / "照片.png"
    picture.write_bytes(_png())
    empty = tmp_path / "空.pdf"
    empty.touch()
    sent: list[str] = []
    one.page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    for path, told in ((large, "超过上限"), (picture, "不是可接受的文件类型"), (empty, "空文件")):
        one.field("合并 PDF").set_input_files(path)
        expect(one.page.locator("#item-0 .r-refused")).to_contain_text(told)
        one.button("上传并替换").click()
        assert one.page.evaluate("document.activeElement.type") == "file"
    assert sent == []
    one.looks_right("provider-files-refused")


def test_an_upload_that_the_server_refuses_is_told_on_the_page(
    visitor: Open, someone: Newcomer, tmp_path: Path
) -> None:
    """What the browser cannot know: the page says why, and another file can be chosen at once."""
    one = visitor(refusals=True)
    one.sign_in(someone.login, someone.password)
    one.open(f"{someone.address}/files")
    large = tmp_path / "太大.pdf"
    with large.open("wb") as out:
        out.truncate(103 * MB)
    one.page.evaluate("document.querySelector('#f-file_0').dataset.max = '1e12'")
    one.field("合并 PDF").set_input_files(large)
    one.button("上传并替换").click()
    expect(one.page.locator("#item-0 .r-upload.r-failed")).to_contain_text(
        "超过服务器允许的大小", timeout=60_000
    )
    picture = tmp_path / "照片.pdf"
    picture.write_bytes(_png())
    one.field("合并 PDF").set_input_files(picture)
    one.button("上传并替换").click()
    expect(one.page.locator(".r-errors")).to_contain_text("照片.pdf")
    one.looks_right("provider-files-error")
    one.field("合并 PDF").set_input_files(sample_pdf())
    one.button("上传并替换").click()
    one.reads("已上传 1 个文件")
