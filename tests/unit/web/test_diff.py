"""Differences marked to the character."""

from hypothesis import given
from hypothesis import strategies as st

from registry.web.components.diff import character_diff


def test_the_one_wrong_character_is_named() -> None:
    difference = character_diff("91450105MA5NKRE4IR", "91450105MA5NKRE41R")
    assert difference.positions == (17,)
    assert [piece.text for piece in difference.left if piece.changed] == ["I"]
    assert [piece.text for piece in difference.right if piece.changed] == ["1"]


def test_width_of_brackets_is_no_difference() -> None:
    assert character_diff("青檬树(南宁)有限公司", "青檬树（南宁）有限公司").same


def test_a_missing_character_has_its_place() -> None:
    assert character_diff("体育文化传播有限公司", "体育文化有限公司").positions == (5,)


@given(st.text(max_size=40), st.text(max_size=40))
def test_the_pieces_are_the_strings(left: str, right: str) -> None:
    difference = character_diff(left, right)
    assert "".join(piece.text for piece in difference.left) == left
    assert "".join(piece.text for piece in difference.right) == right
