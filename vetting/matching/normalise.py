"""Ways of writing that mean nothing: width, space, invisible characters, brackets, script, case.

Two names are *the same name* exactly when their keys are equal. Every key function is idempotent.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from opencc import OpenCC

# CJK radicals that PDF text layers put in place of the character they look the same as; NFKC maps only the Kangxi ones.
_RADICALS = {
    0x2E88: "刀", 0x2E8A: "卜", 0x2E8C: "小", 0x2E8E: "兀", 0x2E92: "巳", 0x2E93: "幺", 0x2E9C: "日", 0x2E9D: "月",
    0x2EA0: "民", 0x2EA7: "牛", 0x2EA9: "王", 0x2EAC: "示", 0x2EAE: "竹", 0x2EB6: "羊", 0x2EBB: "聿", 0x2EBC: "肉",
    0x2EBD: "臼", 0x2EC1: "虎", 0x2EC4: "西", 0x2EC5: "见", 0x2EC6: "角", 0x2EC7: "角", 0x2EC9: "贝", 0x2ECB: "车",
    0x2ED1: "长", 0x2ED3: "长", 0x2ED4: "门", 0x2ED7: "雨", 0x2ED8: "青", 0x2ED9: "韦", 0x2EDA: "页", 0x2EDB: "风",
    0x2EDC: "飞", 0x2EDD: "食", 0x2EDE: "食", 0x2EE1: "首", 0x2EE2: "马", 0x2EE3: "骨", 0x2EE4: "鬼", 0x2EE5: "鱼",
    0x2EE6: "鸟", 0x2EE7: "卤", 0x2EE8: "麦", 0x2EE9: "黄", 0x2EEA: "黾", 0x2EEC: "齐", 0x2EEE: "齿", 0x2EF0: "龙",
    0x2EF3: "龟",
}  # fmt: skip
# Characters that show nothing although they are letters or symbols by category.
_BLANKS = (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2800, 0x3164, 0xFFA0)
_VARIATION_SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_MIDDLE_DOTS = "·•‧∙⋅・･᛫⸱●.。"
_NOT_BRACKETS = "‚„〝〞〟"
_PLACEHOLDERS = frozenset({"NA", "NONE", "NULL", "NIL"})
_ASCII_CODE = re.compile(r"[^0-9A-Z]")
_ASCII_ID = re.compile(r"[^0-9A-Z*]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


@cache
def _simplified() -> dict[int, str]:
    """Traditional to simplified, character by character.

    OpenCC works by phrases; a phrase would make the key of a name depend on what stands beside a character, and the
    key of a branch would no longer start with that of its company.
    """
    chars = [chr(code) for span in ((0x3400, 0xA000), (0x20000, 0x2A6E0)) for code in range(*span)]
    converter = OpenCC("t2s")
    pairs = zip(chars, converter.convert("\n".join(chars)).split("\n"), strict=True)
    table = {char: simple for char, simple in pairs if char != simple and len(simple) == 1}
    ends: dict[int, str] = {}
    for char, simple in table.items():
        # Follow each chain to its end, so that folding twice changes nothing.
        end, seen = simple, {char}
        while end in table and end not in seen:
            seen.add(end)
            end = table[end]
        if end != char:
            ends[ord(char)] = end
    return ends


@cache
def _visible() -> dict[int, str | None]:
    """What to drop and what to unify in one pass."""
    table: dict[int, str | None] = dict.fromkeys((*_BLANKS, *_VARIATION_SELECTORS), None)
    table.update(_RADICALS)
    for code in (*range(0x3100), *range(0xFE00, 0x10000), *range(0xE0000, 0xE0080)):
        category = unicodedata.category(chr(code))
        if category in ("Cc", "Cf", "Zs", "Zl", "Zp"):
            table[code] = None
        elif category in ("Ps", "Pe") and chr(code) not in _NOT_BRACKETS:
            table[code] = "(" if category == "Ps" else ")"
    table.update({ord("<"): "(", ord(">"): ")"})
    return table


@cache
def _names() -> dict[int, str | None]:
    return {**_simplified(), **_visible()}


@cache
def _persons() -> dict[int, str | None]:
    return {ord(dot): "·" for dot in _MIDDLE_DOTS}


def name_key(raw: str) -> str:
    """The name without what means nothing: the key under which two names are the same.

    NFKC, no white space or invisible characters, all brackets ``()``, simplified characters, Latin case folded.
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", raw).casefold())
    # Accents that stood apart may have come together where something between them went.
    return unicodedata.normalize("NFC", text.translate(_names()))


def person_key(raw: str) -> str:
    """``name_key`` of a person: middle dots of any kind are one."""
    return name_key(raw).translate(_persons()).strip("·")


def code_key(raw: str) -> str:
    """A credit code in capitals and digits only; ``""`` for none and for words that say so (无, N/A, -)."""
    key = _ASCII_CODE.sub("", unicodedata.normalize("NFKC", raw).upper())
    return "" if key in _PLACEHOLDERS else key


def id_key(raw: str) -> str:
    """An ID number in capitals, digits and ``*`` only; a full one of 15 digits as its 18-digit form."""
    key = _ASCII_ID.sub("", unicodedata.normalize("NFKC", raw).upper().replace("×", "*").replace("●", "*"))
    if key in _PLACEHOLDERS:
        return ""
    return expand_id(key) if len(key) == 15 and key.isdigit() else key


def expand_id(old: str) -> str:
    """The 18-digit form of a 15-digit resident ID: born in 19.., with its GB 11643 check character."""
    body = f"{old[:6]}19{old[6:]}"
    return body + _CHECK[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def is_masked(key: str) -> bool:
    """Whether an ``id_key`` hides some characters and shows others. One that shows nothing says nothing."""
    return "*" in key and bool(key.strip("*"))


def is_full(key: str) -> bool:
    """Whether an ``id_key`` names one person: a resident ID, or another document of eight characters or more."""
    return "*" not in key and len(key) >= 8


def mask_fits(mask: str, full: str) -> bool:
    """Whether a masked ID can be that full one: every character shown is the same, in the old form or the new."""
    if len(mask) == 15 and len(full) == 18:
        full = full[:6] + full[8:17] if full[6:8] == "19" else ""
    return len(mask) == len(full) and all(m in ("*", f) for m, f in zip(mask, full, strict=True))


def hide_id(key: str) -> str:
    """An ID as it may be shown: the first four and the last four characters, one ``*`` for each between."""
    return key if "*" in key or len(key) < 9 else key[:4] + "*" * (len(key) - 8) + key[-4:]


def codes_contradict(first: str, second: str) -> bool:
    """Whether both sides have a code and they differ."""
    return bool(first) and bool(second) and first != second
