"""Offices whose names lost a character to a seal (fields of R9's documents)."""

from __future__ import annotations

import pytest

from vetting.model import Document, FieldValue, Mode, PageKind, PageReading
from vetting.offices import whole_office, with_whole_offices

PLACES = {"南宁市": 8, "南宁市岚山区": 5, "岚山区": 5, "南宁市云蕉区": 3, "云蕉区": 3, "南宁市榕江区": 1}


@pytest.mark.parametrize(
    ("read", "right"),
    [
        ("宁市岚山区行政审批局", "南宁市岚山区行政审批局"),
        ("通宁市岚山区行政审批局", "南宁市岚山区行政审批局"),
        ("市岚山区行政审批局", "南宁市岚山区行政审批局"),
        ("南市云焦区民政局", "南宁市云蕉区民政局"),
        ("南宁市云焦区民政局", "南宁市云蕉区民政局"),
        ("桂南取业技能评价中心", "桂南职业技能评价中心"),
        ("桂南职搜能评群中心", "桂南职业技能评价中心"),
        ("南宁市岚山区行改审批局", "南宁市岚山区行政审批局"),
    ],
)
def test_what_a_seal_took_is_put_right(read: str, right: str) -> None:
    assert whole_office(read, PLACES) == right


@pytest.mark.parametrize(
    "name",
    [
        "南宁市岚山区教育局",
        "岚山区教体局",
        "柳州市民政局",
        "南宁市公安局云蕉分局",
        "星海艺术培训中心",
        "桂南技能评价中心",
        "南宁市榕江区民政局",
        "南宁市市场监管局",
    ],
)
def test_what_stands_by_itself_is_left_alone(name: str) -> None:
    assert whole_office(name, PLACES) == name


def _document(number: int, issuer: str, confidence: float) -> Document:
    value = FieldValue(issuer, confidence, number, (0.1, 0.1, 0.4, 0.2))
    return Document(f"d{number:02d}", "business_licence", "材料.pdf", number, number, {"issuer": value})


def _page(number: int, mode: Mode) -> PageReading:
    return PageReading(number, "材料.pdf", number, PageKind.CONTENT, mode, 0, True, 595.0, 842.0)


def test_only_unsure_readings_of_scans_are_touched_and_what_was_read_stays() -> None:
    issuers = [("南宁市岚山区民政局", 0.99), ("南宁市岚山区教育局", 0.99), ("宁市岚山区行政审批局", 0.9)]
    documents = [_document(n, issuer, sure) for n, (issuer, sure) in enumerate(issuers, start=1)]
    scans = [_page(n, Mode.SCANNED) for n in (1, 2, 3)]
    fixed = with_whole_offices(documents, scans)[2].fields["issuer"]
    assert (fixed.value, fixed.corrected_from) == ("南宁市岚山区行政审批局", "宁市岚山区行政审批局")
    assert fixed.confidence < 0.9
    digital = [_page(n, Mode.DIGITAL) for n in (1, 2, 3)]
    assert with_whole_offices(documents, digital) == tuple(documents)
    sure = [*documents[:2], _document(3, "海宁市岚山区行政审批局", 0.99)]
    assert with_whole_offices(sure, scans) == tuple(sure)
    broken = [*documents[:2], _document(3, "宁市岚山区行政审批局", 0.99)]
    assert with_whole_offices(broken, scans)[2].fields["issuer"].value == "南宁市岚山区行政审批局"


def test_addresses_tell_places_whatever_province_stands_before() -> None:
    def address(number: int, text: str) -> Document:
        value = FieldValue(text, 0.99, number, (0.1, 0.1, 0.4, 0.2))
        return Document(f"d{number:02d}", "resident_id", "材料.pdf", number, number, {"address": value})

    documents = [
        address(1, "广西南宁市岚山区望榕路1号"),
        address(2, "广西壮族自治区南宁市岚山区望榕路2号"),
        _document(3, "南宁市风山区民政局", 0.9),
    ]
    scans = [_page(n, Mode.SCANNED) for n in (1, 2, 3)]
    assert with_whole_offices(documents, scans)[2].fields["issuer"].value == "南宁市岚山区民政局"
