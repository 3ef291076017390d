"""Values as people read them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from registry.web.components import formats


def test_a_long_date_names_the_weekday() -> None:
    assert formats.long_date(date(2022, 7, 4), "zh_CN") == "2022年7月4日(周一)"
    assert formats.long_date(date(2022, 7, 4), "en") == "Mon 4 July 2022"
    assert formats.long_date(None, "zh_CN") == ""


def test_a_moment_is_shown_in_shanghai_whatever_zone_it_is_in() -> None:
    late = datetime(2022, 6, 20, 17, 30, tzinfo=UTC)
    assert formats.moment(late, "zh_CN") == "2022年6月21日 01:30"
    assert formats.long_date(late, "zh_CN") == "2022年6月21日(周二)"
    assert formats.iso_date(late) == "2022-06-21"


def test_a_period_counts_both_ends() -> None:
    assert (
        formats.period(date(2022, 7, 5), date(2022, 7, 11), "zh_CN") == "2022年7月5日至2022年7月11日(共7天)"
    )
    assert formats.period(date(2022, 7, 5), date(2022, 7, 5), "en") == "5 July 2022 to 5 July 2022 (1 day)"


def test_amounts_carry_two_decimals_and_their_unit() -> None:
    assert formats.money(Decimal(40), "zh_CN", "课时") == "¥40.00/课时"
    assert formats.money("1234.5", "en", formats.LESSON) == "¥1,234.50/lesson"
    assert formats.money(None, "en", "课时") == ""


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1 KB"),
        (104857600, "100 MB"),
        (3 * 1024**3, "3.00 GB"),
        (None, ""),
    ],
)
def test_sizes(size: int | None, text: str) -> None:
    assert formats.filesize(size) == text


def test_masks_hide_the_date_of_birth_and_never_show_a_short_value() -> None:
    masked = formats.mask_id("452122197906250008")
    assert masked == "452***********0008"
    assert "19790625" not in masked
    assert formats.mask_id("1234567") == "*******"
    assert formats.mask_phone("19900002910") == "199****2910"
    assert formats.mask_name("卢晓岚") == "卢**"
    assert formats.mask_name("卢") == "*"
    assert formats.mask_id(None) == ""
