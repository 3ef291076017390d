"""A person at a real browser, and what must be true of every page they see."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect

from tests.journeys.system import PASSWORD, ROOT

AXE = (ROOT / "tests" / "data" / "axe" / "axe.min.js").read_text(encoding="utf-8")
SCREENSHOTS = ROOT / "build" / "screenshots"
DESK, PHONE = (1280, 900), (390, 844)
# What parents call the provider that hands in its application here.
BRAND = "青檬少年"
_DRAWING_MILLISECONDS = 180_000
# Levels A and AA up to WCAG 2.2, as axe tags its rules.
_WCAG = frozenset({"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"})
# The browser itself notes answers that a test asks for: refusals, and pages that are not there.
_ASKED_FOR = re.compile(r"status of (401|403|404|405|409|413|422)")


class Visitor:
    """One person with a browser window of their own; everything that goes wrong in it is kept."""

    def __init__(
        self,
        browser: Browser,
        base: str,
        size: tuple[int, int] = DESK,
        *,
        refusals: bool = False,
        scale: float = 1.0,
    ) -> None:
        self.base, self.size, self.refusals = base, size, refusals
        phone = size == PHONE
        self.context = browser.new_context(
            base_url=base,
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            has_touch=phone,
            is_mobile=phone,
            device_scale_factor=scale,
        )
        self.context.set_default_timeout(60_000)
        self.page: Page = self.context.new_page()
        self.troubles: list[str] = []
        self.page.on("console", self._console)
        # From the start: a listener that comes with the key press may come too late.
        self.page.on("filechooser", lambda _: None)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.context.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not (self.refusals and _ASKED_FOR.search(message.text)):
            self.troubles.append(f"console on {self.page.url}: {message.text}")

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).scheme in {"http", "https"} and not request.url.startswith(f"{self.base}/"):
            self.troubles.append(f"{self.page.url} asked another host: {request.url}")

    def close(self) -> None:
        """Close the window; raises AssertionError for whatever went wrong in it."""
        self.context.close()
        assert not self.troubles, "\n".join(self.troubles)

    def open(self, path: str) -> None:
        """Open an address of the system."""
        self.page.goto(path)

    def sign_in(self, login: str, password: str = PASSWORD) -> None:
        """Sign in with the keyboard alone: the login, Tab, the password, Enter."""
        self.open("/sign-in")
        self.page.get_by_label("登录名", exact=True).focus()
        self.page.keyboard.type(login)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: urlsplit(url).path != "/sign-in")

    def tab_to(self, target: Locator, limit: int = 120) -> None:
        """Go to a control as somebody without a mouse does. Raises AssertionError where Tab never gets there."""
        for _ in range(limit):
            if target.evaluate("node => node === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{self.page.url}: Tab does not reach {target}")

    def press(self, target: Locator) -> None:
        """Tab to a link or button and press Enter, then wait for the page that follows."""
        self.tab_to(target)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def choose(self, radio: Locator) -> None:
        """Reach a group of radios with Tab and choose one of them with the arrows."""
        group = radio.locator("xpath=ancestor::fieldset").get_by_role("radio")
        checked = radio.locator("xpath=ancestor::fieldset").locator("input:checked")
        self.tab_to(checked if checked.count() else group.first)
        if not radio.is_checked():
            self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if radio.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        expect(radio).to_be_checked()

    def type_in(self, field: Locator, text: str) -> None:
        """Tab to a field and type; what stood in it is replaced."""
        self.tab_to(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def type_day(self, field: Locator, day: date) -> None:
        """Tab to a date field and type the day, in the order of the browser's language: year first, or month first."""
        self.tab_to(field)
        for parts in ((f"{day.year}", f"{day:%m}", f"{day:%d}"), (f"{day:%m}", f"{day:%d}", f"{day.year}")):
            for _ in parts:
                self.page.keyboard.press("ArrowLeft")
            for number, part in enumerate(parts):
                self.page.keyboard.type(part)
                # After two digits of a month or day the field goes on by itself.
                if len(part) == 4 and number == 0:
                    self.page.keyboard.press("ArrowRight")
            if field.input_value() == day.isoformat():
                return
        expect(field).to_have_value(day.isoformat())

    def pick_file(self, field: Locator, path: Path) -> None:
        """Tab to a file field, press Space, and pick a file in the window that opens."""
        self.tab_to(field)
        with self.page.expect_file_chooser() as opened:
            self.page.keyboard.press("Space")
        opened.value.set_files(path)

    def upload(self, button: Locator, lands: str) -> None:
        """Press the button of a form with files and wait until the script has sent them and gone on."""
        self.tab_to(button)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lands)

    def button(self, name: str) -> Locator:
        """The button of the page's main part with these words."""
        return self.page.locator("main").get_by_role("button", name=name, exact=True)

    def link(self, name: str, *, exact: bool = True) -> Locator:
        """The first link of the page's main part with these words."""
        return self.page.locator("main").get_by_role("link", name=name, exact=exact).first

    def field(self, label: str) -> Locator:
        """The field with this label."""
        return self.page.locator("main").get_by_label(label, exact=True)

    def reads(self, *words: str) -> None:
        """The page's main part says these words."""
        for some in words:
            expect(self.page.locator("main")).to_contain_text(some)

    def heading(self) -> str:
        """The page's heading."""
        return self.page.locator("h1").first.inner_text()

    def looks_right(self, name: str) -> None:
        """No barrier and nothing too wide, on a desk and on a phone; leaves a picture of each."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for width, height in (DESK, PHONE):
            self.page.set_viewport_size({"width": width, "height": height})
            # The bar stays at the top of the window: in a picture of the whole page, at the top of the page.
            self.page.evaluate("scrollTo(0, 0)")
            too_wide = self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            # Drawing has to wait for everybody else on a busy machine.
            self.page.screenshot(
                path=SCREENSHOTS / f"{name}-{width}.png", full_page=True, timeout=_DRAWING_MILLISECONDS
            )
            assert too_wide <= 0, f"{self.page.url} is {too_wide} px too wide at {width}"
            barriers = self._barriers()
            assert not barriers, f"{self.page.url} at {width}: {barriers}"
        self.page.set_viewport_size({"width": self.size[0], "height": self.size[1]})

    def _barriers(self) -> list[tuple[str, list[str]]]:
        # Evaluated, not added as a script: the content security policy would refuse that, as it should.
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        found = self.page.evaluate(
            "axe.run({exclude: [['tbody tr:nth-child(n+12)']]}, {rules: {'target-size': {enabled: true}}})"
        )["violations"]
        return [
            (rule["id"], [node["html"][:160] for node in rule["nodes"][:3]])
            for rule in found
            if rule["impact"] in {"serious", "critical"} or _WCAG.intersection(rule["tags"])
        ]


def sample_pdf() -> Path:
    """The merged PDF of a sample application, as the provider of the demo hands it in."""
    (found,) = (ROOT / "registry" / "entrypoints" / "demo" / "data" / "d01-qingmeng").glob("*.pdf")
    return found
