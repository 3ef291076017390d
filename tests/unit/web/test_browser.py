"""The kit in a real browser: accessibility, uploads, rows, sending once, and all of it without JavaScript."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from registry.web.components.context import CSRF_FIELD, PageContext
from registry.web.components.forms import Form, filled
from registry.web.components.kit import STATIC_DIR, make_environment, render
from registry.web.components.showcase import PAGES, render_showcase

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(__file__).resolve().parents[2] / "data" / "axe" / "axe.min.js"
CSP = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
UPLOAD = """
{% extends "components/page.html.j2" %}{% import "components/forms.html.j2" as f %}
{% block content %}<h1>Upload</h1>{{ f.error_summary(form) }}
{% call f.form(ctx, "/upload", files=true) %}{{ f.file(form, "merged", "PDF", max_bytes=2000) }}{{ f.upload_progress() }}
{{ f.submit("send") }}{% endcall %}{% endblock %}
"""
ROWS = """
{% extends "components/page.html.j2" %}{% import "components/forms.html.j2" as f %}
{% block content %}<h1>Rows</h1>{% call f.form(ctx, "/rows") %}
{% call(row) f.rows(form, "t", form.row_numbers("t", 1), "Teacher", "add") %}{{ f.text(row, "name", "Name") }}{% endcall %}
{{ f.submit("send", name="go", value="1") }}{% endcall %}{% endblock %}
"""


class Site(BaseHTTPRequestHandler):
    """Answers like the application: 303 after a post that is fine, 422 with the page again otherwise."""

    posts: ClassVar[list[tuple[str, list[tuple[str, str]], bytes]]] = []
    delay: ClassVar[float] = 0.0

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""

    def _send(
        self, status: int, body: bytes, kind: str = "text/html; charset=utf-8", location: str = ""
    ) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-security-policy", CSP)
        if location:
            self.send_header("location", location)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _page(self, source: str, form: Form, status: int = 200) -> None:
        ctx = PageContext(locale="en", csrf_token="token")
        html = make_environment("en").from_string(source).render(ctx=ctx, form=form)
        self._send(status, html.encode())

    def do_GET(self) -> None:
        """Pages, static files, the showcase."""
        path = urlsplit(self.path).path
        if path.startswith("/static/"):
            kinds = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
            file = STATIC_DIR / path.removeprefix("/static/")
            self._send(200, file.read_bytes(), kinds.get(file.suffix, "text/plain"))
        elif path == "/upload":
            self._page(UPLOAD, Form())
        elif path == "/rows":
            self._page(ROWS, filled({"t": [{"name": "甲"}]}))
        elif path == "/design/progress":
            self._send(200, b'<p id="progress">done</p>')
        elif path.startswith("/design/"):
            _, _, locale, page = path.split("/")
            self._send(200, render_showcase(page, "en" if locale == "en" else "zh_CN").encode())
        else:
            self._send(
                200,
                render("components/error.html.j2", PageContext(locale="en", path=path), status=404).encode(),
            )

    def do_POST(self) -> None:
        """Remember what came."""
        body = self.rfile.read(int(self.headers["content-length"]))
        time.sleep(self.delay)
        Site.posts.append(
            (self.path, parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True), body)
        )
        if self.path == "/upload" and b"%PDF-" not in body:
            form = Form()
            form.errors.add("merged", "Not a PDF")
            self._page(UPLOAD, form, 422)
        elif self.path == "/rows":
            form = Form(Site.posts[-1][1])
            if form.wants_rows:
                form.change_rows()
                self._page(ROWS, form)
            else:
                self._send(303, b"", location="/done")
        else:
            self._send(303, b"", location="/done")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("needs chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-dev-shm-usage",
            ],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    Site.posts.clear()
    Site.delay = 0.0
    yield page
    context.close()
    # The browser itself reports refused and broken requests that a test asks for.
    assert [text for text in troubles if "422" not in text and "ERR_CONNECTION_RESET" not in text] == []


@pytest.mark.parametrize("name", PAGES)
def test_no_barrier_and_nothing_too_wide(page: Page, address: str, name: str) -> None:
    for locale, width in (("zh", 1280), ("en", 390)):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{address}/design/{locale}/{name}")
        assert (
            page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        )
        # Evaluated, not added as a script: the content security policy would refuse that, as it should.
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run({exclude: [['tbody tr:nth-child(n+20)']]})")["violations"]
        assert [(rule["id"], [node["html"][:120] for node in rule["nodes"][:3]]) for rule in found] == []


def test_a_good_upload_goes_on_and_the_token_comes_first(page: Page, address: str) -> None:
    page.goto(f"{address}/upload")
    page.set_input_files(
        "#f-merged", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 x"}
    )
    page.get_by_role("button", name="send").click()
    page.wait_for_url("**/done")
    body = Site.posts[0][2]
    assert len(Site.posts) == 1
    assert body.index(CSRF_FIELD.encode()) < body.index(b"%PDF-")


def test_a_refused_upload_shows_the_pages_own_error(page: Page, address: str) -> None:
    page.goto(f"{address}/upload")
    page.set_input_files("#f-merged", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"PNG"})
    page.get_by_role("button", name="send").click()
    page.wait_for_selector(".r-errors")
    assert page.url.endswith("/upload")
    assert page.evaluate("document.activeElement.classList.contains('r-errors')")
    page.set_input_files("#f-merged", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    page.get_by_role("button", name="send").click()
    page.wait_for_url("**/done")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.pdf", b"", "empty"),
        ("a.pdf", b"x" * 2001, "over the limit"),
        ("a.png", b"x", "not an accepted kind"),
    ],
)
def test_a_hopeless_file_is_refused_before_it_is_sent(
    page: Page, address: str, name: str, content: bytes, told: str
) -> None:
    page.goto(f"{address}/upload")
    page.set_input_files("#f-merged", {"name": name, "mimeType": "application/pdf", "buffer": content})
    assert told in page.inner_text(".r-chosen")
    page.get_by_role("button", name="send").click()
    page.wait_for_timeout(200)
    assert Site.posts == []


def test_a_broken_connection_is_told_and_the_file_stays(page: Page, address: str) -> None:
    page.goto(f"{address}/upload")
    page.set_input_files("#f-merged", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    page.route("**/upload", lambda route: route.abort("connectionreset"))
    page.get_by_role("button", name="send").click()
    page.wait_for_selector(".r-upload.r-failed")
    assert "interrupted" in page.inner_text(".r-upload")
    page.unroute("**/upload")
    page.get_by_role("button", name="send").click()
    page.wait_for_url("**/done")


def test_a_form_is_sent_once_however_often_it_is_pressed(page: Page, address: str) -> None:
    Site.delay = 0.5
    page.goto(f"{address}/rows")
    page.evaluate("const b = document.querySelector('[name=go]'); b.click(); b.click(); b.click();")
    page.wait_for_url("**/done")
    assert len(Site.posts) == 1
    assert ("go", "1") in Site.posts[0][1]
    page.go_back()
    assert page.get_by_role("button", name="send").get_attribute("aria-disabled") is None


def test_rows_come_and_go_in_the_page(page: Page, address: str) -> None:
    page.goto(f"{address}/rows")
    page.get_by_role("button", name="add").click()
    page.fill("[name=t-1-name]", "乙")
    page.get_by_role("button", name="add").click()
    assert page.locator(".r-row").count() == 3
    page.get_by_role("button", name="Remove").first.click()
    page.get_by_role("button", name="send").click()
    page.wait_for_url("**/done")
    assert [pair for pair in Site.posts[0][1] if pair[0].endswith("-name")] == [
        ("t-1-name", "乙"),
        ("t-2-name", ""),
    ]


def test_rows_and_the_enter_key_work_without_javascript(browser: Browser, address: str) -> None:
    Site.posts.clear()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/rows")
    page.get_by_role("button", name="add").click()
    page.fill("[name=t-1-name]", "乙")
    page.get_by_role("button", name="Remove").first.click()
    assert page.input_value("[name=t-1-name]") == "乙"
    page.press("[name=t-1-name]", "Enter")
    page.wait_for_url("**/done")
    assert not {name for name, _ in Site.posts[-1][1]} & {"_add", "_remove"}
    context.close()


def test_the_keyboard_reaches_the_content_first(page: Page, address: str) -> None:
    page.goto(f"{address}/design/en/records")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "r-skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_long_work_is_asked_for_until_it_is_done(page: Page, address: str) -> None:
    page.goto(f"{address}/design/en/panels")
    page.wait_for_selector("p#progress", timeout=6000)
    assert page.inner_text("p#progress") == "done"
