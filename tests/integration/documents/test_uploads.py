"""Uploads: what is taken, what is refused and why, under which name it is kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from registry.applications import queries as applications
from registry.checks import page_images, uploads
from registry.documents import queries as documents
from registry.kernel.errors import Conflict, Invalid, NotFound, RegistryError, RuleRefusal, TooLarge
from registry.settings import get_settings
from tests.conftest import TestDatabase
from tests.factories.applying import make_applicant, pdf_bytes, png_bytes
from tests.factories.listed import set_day

pytestmark = pytest.mark.usefixtures("settings_env")

HOSTILE_NAMES = (
    "../../etc/cron.d/x.pdf",
    "..\\..\\windows\\win.ini.pdf",
    "C:\\Users\\x.pdf",
    "a.pdf\x00.exe",
    "licence\u202efdp.exe",
    "营业执照\u200b.pdf",
    "．．／．．／ｘ.pdf",
    "CON.pdf",
    ".pdf",
    "....pdf",
    " 前后空格 .pdf ",
    "长" * 300 + ".pdf",
    "$(touch x).pdf",
    '"><img src=x onerror=alert(1)>.pdf',
    "new\nline.pdf",
    "%2e%2e%2fx.pdf",
    "申请表.PDF.exe",
)


def _spool(folder: Path, content: bytes) -> Path:
    path = folder / "upload"
    path.write_bytes(content)
    return path


async def test_a_pdf_and_a_photo_are_taken(tmp_path: Path, database: TestDatabase) -> None:
    me = await make_applicant()
    application_id = await me.start()
    merged = await uploads.receive_for_application(
        me.actor, application_id, 0, name="合并.pdf", path=_spool(tmp_path, pdf_bytes(3))
    )
    photo = await uploads.receive_for_application(
        me.actor, application_id, 4, name="身份证.PNG", path=_spool(tmp_path, png_bytes())
    )
    files = {file.id: file for file in await applications.current_files(application_id)}
    assert (files[merged].pages, files[merged].media_type) == (3, "application/pdf")
    assert (files[photo].pages, files[photo].media_type) == (1, "image/png")
    record = await documents.get(merged)
    assert record.display_key is not None
    assert record.object_key.startswith("uploads/")
    image = await page_images.page_image(record, 3, 480)
    assert image.startswith(b"\x89PNG")
    assert max(page_images.size_of(image)) == 480
    assert await page_images.page_image(record, 3, 480) == image
    for wrong in (0, 4):
        with pytest.raises(NotFound):
            await page_images.page_image(record, wrong)


@pytest.mark.parametrize(
    ("content", "name", "item", "words"),
    [
        (b"", "空.pdf", 0, "0字节"),
        (png_bytes(), "假.pdf", 0, "不是PDF"),
        (b"<html><script>alert(1)</script></html>", "页.pdf", 0, "不是PDF"),
        (b"MZ" + bytes(4000), "程序.pdf", 0, "不是PDF"),
        (b"PK\x03\x04" + bytes(400), "压缩.zip", 5, "PDF"),
        (pdf_bytes()[:200], "半.pdf", 0, "重新"),
        (png_bytes(), "照片.png", 0, "按项"),
    ],
)
async def test_what_is_no_document_is_refused(
    content: bytes, name: str, item: int, words: str, tmp_path: Path, database: TestDatabase
) -> None:
    me = await make_applicant()
    application_id = await me.start()
    with pytest.raises(Invalid) as refused:
        await uploads.receive_for_application(
            me.actor, application_id, item, name=name, path=_spool(tmp_path, content)
        )
    [error] = refused.value.fields
    assert error.field == "file"
    assert words in error.message
    assert database.execute("SELECT count(*) FROM stored_file") == [(0,)]


async def test_a_file_over_the_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: TestDatabase
) -> None:
    me = await make_applicant()
    application_id = await me.start()
    monkeypatch.setenv("REGISTRY_MAX_UPLOAD_BYTES", str(2 * 1024 * 1024))
    get_settings.cache_clear()
    path = _spool(tmp_path, pdf_bytes() + bytes(2 * 1024 * 1024))
    with pytest.raises(TooLarge) as refused:
        await uploads.receive_for_application(me.actor, application_id, 0, name="大.pdf", path=path)
    assert "2 MB" in str(refused.value)
    assert database.execute("SELECT count(*) FROM stored_file") == [(0,)]


async def test_hostile_names_are_kept_as_harmless_ones(tmp_path: Path) -> None:
    path = _spool(tmp_path, pdf_bytes(1))
    seen = 0
    for name in HOSTILE_NAMES:
        try:
            put = await uploads.inspect_and_put(name=name, path=path)
        except RegistryError:
            continue  # a name that says it is another type is refused: just as safe
        seen += 1
        assert put.name.isprintable()
        assert not set('/\\<>"\x00') & set(put.name)
        assert put.name.lower().endswith(".pdf")
        assert len(put.name) <= 200
        assert put.object_key.startswith("uploads/") and put.object_key.isascii()
    assert seen > 10


async def test_nothing_is_looked_at_for_somebody_who_may_not(tmp_path: Path) -> None:
    me, other = await make_applicant(), await make_applicant()
    application_id = await me.start()
    path = tmp_path / "not there"
    with pytest.raises(NotFound):
        await uploads.receive_for_application(other.actor, application_id, 0, name="a.pdf", path=path)
    await set_day(date(2022, 6, 23))
    with pytest.raises(RuleRefusal) as late:
        await uploads.receive_for_application(me.actor, application_id, 0, name="a.pdf", path=path)
    assert late.value.rule == "R5"
    await set_day(date(2022, 6, 22))
    await me.fill(application_id)
    await uploads.receive_for_application(
        me.actor, application_id, 0, name="a.pdf", path=_spool(tmp_path, pdf_bytes())
    )
    from registry.applications import commands

    await commands.submit(me.actor, application_id)
    with pytest.raises(Conflict):
        await uploads.receive_for_application(me.actor, application_id, 0, name="a.pdf", path=path)


async def test_a_file_for_another_record(tmp_path: Path) -> None:
    me = await make_applicant()
    path = _spool(tmp_path, pdf_bytes())
    file_id = await uploads.receive(me.actor, owner="contract", owner_id=3, name="合同.pdf", path=path)
    file = await documents.get(file_id)
    assert (file.owner, file.owner_id, file.given_name) == ("contract", 3, "合同.pdf")
