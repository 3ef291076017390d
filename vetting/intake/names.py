"""File names as people (and attackers) give them, made fit to show and to store."""

from __future__ import annotations

import re
import unicodedata

_MAX_BYTES = 180
_UNNAMED = "未命名"
_SEPARATORS = re.compile(r"[/\\]")
_UNSAFE = re.compile(r"""[<>:"'`|?*;$&%#{}~^!=]""")
_RESERVED = re.compile(r"^(con|prn|aux|nul|clock\$|com[0-9¹²³]|lpt[0-9¹²³])$", re.IGNORECASE)
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}$")


def safe_name(given: str, extension: str | None = None) -> str:
    """Give a name that is safe to show and to use as one path component.

    No separators, no control, bidirectional or zero-width characters, no characters with a meaning to
    shells, HTML or Windows, no reserved or empty name, NFC, at most 180 bytes of UTF-8. ``extension``
    (".pdf") is added where the name does not end with it, so that it is never offered as another type.
    """
    name = unicodedata.normalize("NFC", given)
    # What a compatibility normalisation would turn into a separator is one: full-width slashes.
    name = "".join(_as_separator(char) for char in name)
    name = _SEPARATORS.split(name)[-1]
    name = "".join(" " if char in "\t\n\r\x0b\x0c\u2028\u2029" else char for char in name)
    name = "".join(char for char in name if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    name = _UNSAFE.sub("_", name)
    name = re.sub(r"\s+", " ", name)
    stem, suffix = _parts(name)
    if not stem:
        stem = _UNNAMED
    if _RESERVED.match(stem.split(".")[0].strip()):
        stem = f"_{stem}"
    if extension is not None and suffix.lower() != extension.lower():
        stem, suffix = stem + suffix, extension
    return _shorten(stem, suffix)


def _as_separator(char: str) -> str:
    folded = unicodedata.normalize("NFKC", char)
    if "/" in folded or "\\" in folded:
        return "/"
    # A full-width dot may join others into ".." after NFKC.
    return "." if folded == "." else char


def _parts(name: str) -> tuple[str, str]:
    match = _EXTENSION.search(name.rstrip(" ."))
    suffix = match.group(0) if match else ""
    stem = name.rstrip(" .")
    stem = stem[: len(stem) - len(suffix)] if suffix else stem
    stem = re.sub(r"\.{2,}", ".", stem)
    return stem.strip(" ."), suffix


def _shorten(stem: str, suffix: str) -> str:
    room = _MAX_BYTES - len(suffix.encode())
    data = stem.encode()
    if len(data) > room:
        stem = data[:room].decode("utf-8", "ignore").rstrip(" .")
    return stem + suffix
