"""File names as given by people and attackers."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetting.intake import safe_name


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("../../etc/cron.d/x.pdf", "x.pdf"),
        ("..\\..\\windows\\win.ini.pdf", "win.ini.pdf"),
        ("/etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\x.pdf", "x.pdf"),
        ("a.pdf\u0000.exe", "a.pdf.exe"),
        ("licence\u202efdp.exe", "licencefdp.exe"),
        ("营业执照\u200b.pdf", "营业执照.pdf"),
        ("cafe\u0301.pdf", "caf\u00e9.pdf"),
        ("．．／．．／ｘ.pdf", "ｘ.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("NUL.pdf", "_NUL.pdf"),
        ("aux.PDF", "_aux.PDF"),
        (".pdf", "未命名.pdf"),
        ("....pdf", "未命名.pdf"),
        (" leading and trailing space .pdf ", "leading and trailing space.pdf"),
        ("x.pdf;rm -rf .pdf", "x.pdf_rm -rf.pdf"),
        ("$(touch x).pdf", "_(touch x).pdf"),
        ('"><img src=x onerror=alert(1)>.pdf', "___img src_x onerror_alert(1)_.pdf"),
        ("new\nline.pdf", "new line.pdf"),
        ("tab\there.pdf", "tab here.pdf"),
        ("%2e%2e%2fx.pdf", "_2e_2e_2fx.pdf"),
        ("申请表.PDF.exe", "申请表.PDF.exe"),
        ("南宁市听荷艺术培训有限公司机构申报课后服务备选库材料.pdf",) * 2,
    ],
)
def test_names_of_the_list(given_name: str, expected: str) -> None:
    assert safe_name(given_name) == expected


def test_the_extension_of_what_it_is_comes_last() -> None:
    assert safe_name("申请表.PDF.exe", ".pdf") == "申请表.PDF.exe.pdf"
    assert safe_name("申请表.PDF", ".pdf") == "申请表.PDF"


def test_a_long_name_keeps_its_extension() -> None:
    name = safe_name("课" * 300 + ".pdf")
    assert name.endswith(".pdf")
    assert len(name.encode()) <= 200


@given(st.text(max_size=400))
def test_any_name_is_one_harmless_component(given_name: str) -> None:
    name = safe_name(given_name)
    folded = unicodedata.normalize("NFKC", name)
    assert name
    assert name.strip(" .") == name
    assert not set("/\\<>:\"'`|?*;$&%") & set(name)
    assert "/" not in folded
    assert "\\" not in folded
    assert folded not in {".", ".."}
    assert all(unicodedata.category(char) not in {"Cc", "Cf", "Cs"} for char in name)
    assert len(name.encode()) <= 200
    assert safe_name(name) == name
