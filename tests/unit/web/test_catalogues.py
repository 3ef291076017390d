"""The English catalogues, and the tool that keeps them."""

import ast
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from registry.web.components.i18n import parse_locale, translator

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("i18n_tool", ROOT / "tools" / "i18n.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_message_of_the_kit_has_its_english(tool: ModuleType) -> None:
    rooms = tool.extract()
    wrong = [line for room in ("components", "design") for line in tool.problems(room, rooms[room])]
    wrong += tool.conflicts(sorted(path.stem for path in tool.CATALOGUES.glob("*.po")))
    assert not wrong, "\n".join(wrong)


def test_messages_are_found_where_people_are_spoken_to(tool: ModuleType) -> None:
    source = '''
_("甲")
N_("乙")
words.gettext("丙 %(n)s", n=3)
ngettext("丁", "戊", 2)
raise Forbidden("己", code="x")
Refusal("code", "R22", "庚", "辛")
Lifecycle(subject="x", names={"a": "壬"})
class Reach(Term):
    """癸"""
    CITY = "city", "子"
class Invalid(RegistryError):
    def __init__(self, message: str = "丑") -> None: ...
CATEGORY_NAMES: dict[str, str] = {"sports": "寅"}
label = "卯"
'''
    found = {message for message in tool._python(ast.parse(source)) if message}
    assert found == {"甲", "乙", "丙 %(n)s", ("丁", "戊"), "己", "庚", "辛", "壬", "子", "丑", "寅"}


def test_missing_fuzzy_and_wrong_translations_are_told(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool, "CATALOGUES", tmp_path)
    found = {"第 %(n)s 页": {"a.py"}, "公示": {"a.py"}, "异议": {"a.py"}, "规则": {"a.py"}}
    assert tool.write("room", found) == (4, 4)
    assert len(list(tool.problems("room", found))) == 4
    path = tmp_path / "room.po"
    text = path.read_text(encoding="utf-8")
    for chinese, english in [
        ("第 %(n)s 页", "Page"),
        ("公示", "Public notice"),
        ("异议", "异议"),
        ("规则", "Rules"),
    ]:
        text = text.replace(f'msgid "{chinese}"\nmsgstr ""', f'msgid "{chinese}"\nmsgstr "{english}"')
    path.write_text(text.replace('msgid "规则"', '#, fuzzy\nmsgid "规则"'), encoding="utf-8")
    told = "\n".join(tool.problems("room", {key: files for key, files in found.items() if key != "公示"}))
    assert "places in the English differ" in told
    assert "still holds Chinese" in told
    assert "fuzzy" in told
    assert "'公示' is no longer in the sources" in told
    assert told.count("\n") == 3


def test_what_another_room_translates_is_not_asked_again(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool, "CATALOGUES", tmp_path)
    (tmp_path / "one.po").write_text(f'{tool.HEADER}msgid "在册"\nmsgstr "Listed"\n', encoding="utf-8")
    found = {"在册": {"b.py"}, "暂停": {"b.py"}}
    assert tool.write("two", found) == (1, 1)
    assert ["'暂停'" in line for line in tool.problems("two", found)] == [True]


def test_two_rooms_must_agree(tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool, "CATALOGUES", tmp_path)
    for room, english in [("one", "Listed"), ("two", "On the list")]:
        (tmp_path / f"{room}.po").write_text(
            f'{tool.HEADER}msgid "在册"\nmsgstr "{english}"\n', encoding="utf-8"
        )
    assert list(tool.conflicts(["one", "two"])) == ["two: '在册' is 'On the list' here and 'Listed' in one"]


def test_chinese_is_its_own_translation_and_english_has_plurals() -> None:
    assert translator("zh_CN").gettext("公示") == "公示"
    assert translator("en").gettext("公示") == "Public notices"
    assert translator("en").ngettext("共 %(count)s 条", "共 %(count)s 条", 1, count="1") == "1 result"
    assert translator("en").ngettext("共 %(count)s 条", "共 %(count)s 条", 5, count="5") == "5 results"
    assert translator("en").gettext("没有译文的话") == "没有译文的话"
    assert translator("en").gettext("") == ""


def test_language_tags() -> None:
    assert [parse_locale(tag) for tag in ("en", "en-GB", "zh-CN", "zh_CN", "zh", "de", "", None)] == [
        "en", "en", "zh_CN", "zh_CN", "zh_CN", None, None, None,
    ]  # fmt: skip
