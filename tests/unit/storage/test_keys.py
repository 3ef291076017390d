"""Keys: ours alone, telling nothing, refused when they are somebody's idea."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import InvalidKey
from storage.keys import EXTENSIONS, Area, area_of, derived_key, new_key, parse_key, uuid_of

UUID_ = UUID("0123456789abcdef0123456789abcdef")


@given(area=st.sampled_from(Area), content_type=st.sampled_from([*EXTENSIONS, "text/html"]), uuid=st.uuids())
def test_a_new_key_reads_back(area: Area, content_type: str, uuid: UUID) -> None:
    key = new_key(area, content_type, uuid=uuid)
    assert parse_key(key) == key
    assert (area_of(key), uuid_of(key)) == (area, uuid)


def test_keys_differ_and_spread() -> None:
    keys = {new_key(Area.UPLOADS, "application/pdf") for _ in range(1000)}
    assert len(keys) == 1000
    assert len({key.split("/")[1] for key in keys}) > 200


def test_what_is_derived_lies_under_its_original_and_comes_out_alike() -> None:
    original = new_key(Area.UPLOADS, "application/pdf", uuid=UUID_)
    key = derived_key(original, "page-0001", "image/webp")
    assert key == "derived/01/0123456789abcdef0123456789abcdef/page-0001.webp"
    assert key == derived_key(original, "page-0001", "image/webp")
    assert uuid_of(key) == UUID_
    assert parse_key(key) == key


@pytest.mark.parametrize("part", ["", "Page", "a/b", "..", "页", "a" * 81, "-a", "a.b"])
def test_a_part_is_named_by_us(part: str) -> None:
    with pytest.raises(InvalidKey):
        derived_key(new_key(Area.UPLOADS, "application/pdf"), part, "image/webp")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "uploads",
        "uploads/01/申请表.pdf",
        "../uploads/01/0123456789abcdef0123456789abcdef.pdf",
        "uploads/02/0123456789abcdef0123456789abcdef.pdf",
        "unknown/01/0123456789abcdef0123456789abcdef.pdf",
        "uploads/01/0123456789ABCDEF0123456789abcdef.pdf",
        "uploads/01/0123456789abcdef0123456789abcdef.pdf\n",
        "uploads/01/0123456789abcdef0123456789abcdef/../x.pdf",
        "uploads/01/0123456789abcdef0123456789abcdef.pdf?versionId=1",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidKey):
        parse_key(text)


@given(st.text())
def test_no_text_gets_through_that_is_not_ours(text: str) -> None:
    with pytest.raises(InvalidKey):
        parse_key(text)
