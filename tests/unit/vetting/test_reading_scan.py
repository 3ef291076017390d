"""Page images before they are read: blank or not, the same or not, sealed or not."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from vetting.reading.duplicates import may_be_same
from vetting.reading.scan import fingerprint, look, same_picture
from vetting.reading.seals import find_seals, lift_red

Image = npt.NDArray[np.uint8]


def sheet(seed: int = 1, tint: int = 244) -> Image:
    """Paper with the grain of a scanner."""
    grain = np.random.default_rng(seed).normal(0, 1.5, (1754, 1240, 1))
    return np.repeat(np.clip(tint + grain, 0, 255).astype(np.uint8), 3, axis=2)


def printed(name: str = "Wei", digit: str = "8") -> Image:
    page = sheet()
    for row in range(12):
        cv2.putText(page, f"Certificate line {row} of words", (150, 300 + 80 * row), 0, 1.1, (40, 40, 40), 2)
    cv2.putText(page, f"Name {name}", (150, 1350), 0, 1.1, (40, 40, 40), 2)
    cv2.putText(page, f"No. 45010519841116000{digit}", (150, 1430), 0, 1.1, (40, 40, 40), 2)
    return page


def stamped(page: Image, colour: tuple[int, int, int], at: tuple[int, int] = (800, 1300)) -> Image:
    out = page.copy()
    cv2.circle(out, at, 110, colour, 5)
    cv2.circle(out, at, 22, colour, -1)
    for k in range(12):
        angle = np.pi / 6 * k
        spot = (int(at[0] + 80 * np.cos(angle)), int(at[1] + 80 * np.sin(angle)))
        cv2.rectangle(out, (spot[0] - 9, spot[1] - 11), (spot[0] + 9, spot[1] + 11), colour, 3)
    return out


def saved_again(page: Image, quality: int, scale: float = 1.0) -> Image:
    size = (round(page.shape[1] * scale), round(page.shape[0] * scale))
    packed = cv2.imencode(".jpg", cv2.resize(page, size, interpolation=cv2.INTER_AREA), [1, quality])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)


def test_paper_has_no_ink_and_print_has() -> None:
    page = sheet()
    for x, y in np.random.default_rng(2).integers(80, 1100, (30, 2)):
        cv2.circle(page, (int(x), int(y)), 1, (90, 90, 90), -1)
    assert look(page).ink < 0.0003
    assert look(printed()).ink > 0.004


def test_blur_shows() -> None:
    assert look(printed()).sharpness > 0.3
    assert look(np.asarray(cv2.GaussianBlur(printed(), (0, 0), 14), np.uint8)).sharpness < 0.22


@pytest.mark.parametrize(("quality", "scale"), [(40, 1.0), (75, 0.8), (80, 1.3)])
def test_a_page_saved_again_is_the_same(quality: int, scale: float) -> None:
    page, again = printed(), saved_again(printed(), quality, scale)
    assert may_be_same(fingerprint(page), fingerprint(again))
    assert same_picture(page, again)


def test_another_name_or_a_single_digit_makes_another_page() -> None:
    assert not may_be_same(fingerprint(printed()), fingerprint(printed(name="Lu Hanyi")))
    assert not same_picture(printed(), printed(digit="3"))


def test_a_page_of_another_shape_is_another() -> None:
    page = printed()
    assert not may_be_same(fingerprint(page), fingerprint(np.ascontiguousarray(page[:, :1100])))


@pytest.mark.parametrize(
    ("colour", "red"), [((205, 40, 45), True), ((110, 110, 110), False), ((0, 0, 0), False)]
)
def test_a_stamp_is_found_in_colour_grey_and_black(colour: tuple[int, int, int], red: bool) -> None:
    seals = find_seals(stamped(printed(), colour))
    assert [seal.red for seal in seals] == [red]
    seal = seals[0]
    assert (seal.x0, seal.y0, seal.x1, seal.y1) == pytest.approx((690, 1190, 910, 1410), abs=12)


def test_print_photos_and_frames_are_no_stamp() -> None:
    page = printed()
    cv2.rectangle(page, (60, 60), (1180, 1690), (190, 30, 30), 8)
    cv2.rectangle(page, (900, 300), (1080, 540), (200, 40, 40), -1)
    cv2.circle(page, (600, 180), 55, (200, 30, 30), -1)
    assert find_seals(page) == []


def test_print_under_a_red_stamp_comes_free() -> None:
    page = stamped(printed(), (205, 40, 45), at=(300, 1330))
    freed = lift_red(page, find_seals(page))
    assert freed[1330 - 110, 300].min() > 200
    assert freed[1300:1360, 200:400].min() < 90
