"""The page kit: templates, filters and the one function that makes a page.

``render("provider/application.html.j2", ctx, application=…)`` gives the HTML as a string. Nothing here
knows a web framework; ``requests`` does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from jinja2 import (
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    select_autoescape,
)

from registry.web.components import formats
from registry.web.components.context import CSRF_FIELD, PageContext
from registry.web.components.diff import character_diff
from registry.web.components.i18n import Locale, translator
from registry.web.components.statuses import state_of

_WEB = Path(__file__).resolve().parent.parent
_ROOT = _WEB.parent.parent
STATIC_DIR = _WEB / "static"
STATIC_URL = "/static"

TEMPLATE_FOLDERS: dict[str, Path] = {
    "components": _WEB / "components" / "templates",
    "session": _WEB / "session" / "templates",
    "provider": _WEB / "provider" / "templates",
    "bureau": _WEB / "bureau" / "templates",
    "school": _WEB / "school" / "templates",
    "files": _WEB / "files" / "templates",
    "public": _ROOT / "public_site" / "templates",
}


@lru_cache(maxsize=64)
def static_url(name: str) -> str:
    """The address of a static file with a version from its content, so it may be cached for ever.

    Raises ``FileNotFoundError`` for a file that is not there: a page must not ship a dead link.
    """
    digest = hashlib.sha256((STATIC_DIR / name).read_bytes()).hexdigest()[:10]
    return f"{STATIC_URL}/{name}?v={digest}"


@lru_cache(maxsize=2)
def make_environment(locale: Locale) -> Environment:
    """The Jinja environment of one language, made once: strict, autoescaping, with filters and gettext."""
    env = Environment(
        loader=PrefixLoader(
            {prefix: FileSystemLoader(folder) for prefix, folder in TEMPLATE_FOLDERS.items()}
        ),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = translator(locale)
    # Old style on purpose: our functions give plain text, so a translated *value* is still escaped.
    env.install_gettext_callables(  # type: ignore[attr-defined]
        words.gettext, words.ngettext, newstyle=False, pgettext=words.pgettext, npgettext=words.npgettext
    )
    env.globals.update(
        static_url=static_url,
        character_diff=character_diff,
        state_of=state_of,
        csrf_field=CSRF_FIELD,
        locale=locale,
    )
    env.filters.update(_filters(locale))
    return env


def _filters(locale: Locale) -> dict[str, Callable[..., str]]:
    return {
        "zh_date": partial(formats.long_date, locale=locale),
        "weekday": partial(formats.weekday, locale=locale),
        "iso_date": formats.iso_date,
        "moment": partial(formats.moment, locale=locale),
        "period": partial(_period, locale=locale),
        "money": partial(_money, locale=locale),
        "filesize": formats.filesize,
        "number": formats.number,
        "mask_id": formats.mask_id,
        "mask_phone": formats.mask_phone,
        "mask_name": formats.mask_name,
        "tr": translator(locale).gettext,
    }


def _period(starts: Any, ends: Any, *, locale: Locale) -> str:
    return formats.period(starts, ends, locale)


def _money(value: Any, unit: str | None = None, *, locale: Locale) -> str:
    return formats.money(value, locale, unit)


def render(name: str, ctx: PageContext, /, **data: Any) -> str:
    """The page ``name`` (``room/file.html.j2``) for ``ctx``, as HTML.

    Raises ``jinja2.TemplateNotFound`` and, for a value the caller forgot, ``jinja2.UndefinedError``.
    """
    return make_environment(ctx.locale).get_template(name).render({**data, "ctx": ctx})


def render_macro(name: str, macro: str, ctx: PageContext, /, *args: Any, **data: Any) -> str:
    """One macro of a template as HTML: a fragment for htmx, the same as inside the page."""
    module = make_environment(ctx.locale).get_template(name).module
    return str(getattr(module, macro)(*args, **data))
