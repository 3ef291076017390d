"""What a page knows besides its own data: who looks, in which language, on which day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from urllib.parse import urlencode

from registry.web.components.i18n import LOCALE_TAGS, LOCALES, N_, SOURCE_LOCALE, Locale

CSRF_FIELD = "_csrf_token"
CSRF_HEADER = "x-csrftoken"

FlashKind = Literal["success", "info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class NavItem:
    """A place in a navigation bar. ``label`` is a Chinese message; ``count`` is what waits there.

    ``also`` are addresses beside ``url`` whose pages belong to the place.
    """

    label: str
    url: str
    count: int = 0
    icon: str | None = None
    also: tuple[str, ...] = ()


PUBLIC_NAV: tuple[NavItem, ...] = (
    NavItem(N_("白名单"), "/whitelist"),
    NavItem(N_("查学校"), "/schools"),
    NavItem(N_("公示"), "/notices"),
    NavItem(N_("退出与禁入"), "/exits"),
    NavItem(N_("规则"), "/rules"),
    NavItem(N_("数据"), "/data"),
    NavItem(N_("我要申报"), "/apply"),
)


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person signed in, as the header shows them. ``role`` is a Chinese message (初审, 学校 …);
    ``unread`` counts messages."""

    name: str
    role: str
    organisation: str = ""
    account_url: str = "/account"
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Flash:
    """A message carried over one redirect; ``text`` is already in the reader's language."""

    kind: FlashKind
    text: str


@dataclass(frozen=True, slots=True)
class PageContext:
    """Everything the layout needs. ``path`` and ``query`` are of this request, without the host.

    ``nav`` is the role's bar with counts; ``demo_day`` is set in demo mode only and shows the banner;
    ``site`` names the bureau whose site this is, if it is one bureau's.
    """

    locale: Locale = SOURCE_LOCALE
    path: str = "/"
    query: tuple[tuple[str, str], ...] = ()
    viewer: Viewer | None = None
    nav: tuple[NavItem, ...] = ()
    csrf_token: str = ""
    demo_day: date | None = None
    flash: tuple[Flash, ...] = field(default=())
    site: str = ""

    @property
    def lang_tag(self) -> str:
        """The language as HTML names it: ``zh-CN`` or ``en``."""
        return LOCALE_TAGS[self.locale]

    @property
    def public_nav(self) -> tuple[NavItem, ...]:
        """The places anyone may go."""
        return PUBLIC_NAV

    def language_urls(self) -> list[tuple[str, str, bool]]:
        """(tag, address of this page in that language, is it this one) for each language."""
        kept = [(key, value) for key, value in self.query if key != "lang"]
        return [
            (LOCALE_TAGS[locale], f"{self.path}?{urlencode([*kept, ('lang', LOCALE_TAGS[locale])])}",
             locale == self.locale)
            for locale in LOCALES
        ]  # fmt: skip

    def is_current(self, url: str) -> bool:
        """Whether a navigation address is this page or the place it lies in."""
        return self.path == url or self.path.startswith(url.rstrip("/") + "/")

    def current_in(self, items: tuple[NavItem, ...]) -> str:
        """The address of the one item of a bar that is current: the longest that fits, or ""."""
        fitting = [
            (len(url), item.url) for item in items for url in (item.url, *item.also) if self.is_current(url)
        ]
        return max(fitting, default=(0, ""))[1]
