"""Languages of the pages: Chinese is the source, English comes from the catalogues.

A message id *is* the Chinese sentence, so Chinese needs no catalogue. English lives in one ``.po`` file per
room below ``locales/en/LC_MESSAGES``; the files are read once, when the first English page is made, so
there is no compiled file that could be stale. ``tools/i18n.py`` keeps the catalogues complete.
"""

from __future__ import annotations

import io
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Literal

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Locale = Literal["zh_CN", "en"]

SOURCE_LOCALE: Locale = "zh_CN"
LOCALES: tuple[Locale, ...] = ("zh_CN", "en")
LOCALE_TAGS: dict[Locale, str] = {"zh_CN": "zh-CN", "en": "en"}
LOCALES_DIR = Path(__file__).resolve().parent.parent / "locales"


def N_(message: str) -> str:  # noqa: N802 - the name gettext tools know
    """Mark a Chinese sentence for the catalogues and give it back unchanged (translated where it is shown)."""
    return message


class Translator:
    """Translates into one language; made once per language, safe to share.

    ``params`` are filled in after translation with ``%(name)s``. Without ``params`` a per cent sign is just
    a per cent sign. Results are plain text, never markup.
    """

    def __init__(self, locale: Locale, translations: NullTranslations) -> None:
        self.locale: Locale = locale
        self._translations = translations

    def gettext(self, message: str, /, **params: object) -> str:
        """The message in this language, with ``params`` filled in."""
        text = self._translations.gettext(message) if message else ""
        return text % params if params else text

    def ngettext(self, singular: str, plural: str, n: int, /, **params: object) -> str:
        """The form for ``n`` things; ``%(n)s`` and ``%(num)s`` are always available."""
        return self._translations.ngettext(singular, plural, n) % {"n": n, "num": n, **params}

    def pgettext(self, context: str, message: str, /, **params: object) -> str:
        """Like :meth:`gettext` for a word whose translation depends on where it stands."""
        text = self._translations.pgettext(context, message)
        return text % params if params else text

    def npgettext(self, context: str, singular: str, plural: str, n: int, /, **params: object) -> str:
        """Like :meth:`ngettext`, with a context."""
        return self._translations.npgettext(context, singular, plural, n) % {"n": n, "num": n, **params}


def parse_locale(text: str | None) -> Locale | None:
    """The language meant by a tag such as ``en``, ``en-GB``, ``zh-CN`` or ``zh_CN``; ``None`` if not ours."""
    primary = (text or "").replace("_", "-").split("-", 1)[0].strip().lower()
    if primary == "zh":
        return "zh_CN"
    return "en" if primary == "en" else None


@lru_cache(maxsize=len(LOCALES))
def translator(locale: Locale) -> Translator:
    """The shared translator of a language."""
    if locale == SOURCE_LOCALE:
        return Translator(locale, NullTranslations())
    return Translator(locale, _load(LOCALES_DIR / locale / "LC_MESSAGES"))


def _forms(string: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)


def _load(folder: Path) -> GNUTranslations:
    merged = Catalog(locale=folder.parent.name)
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=folder.parent.name):
                # One that is still empty must not stand before another room's translation.
                if message.id and not message.fuzzy and all(_forms(message.string or "")):
                    merged[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return GNUTranslations(compiled)
