"""Render the showcase and the error pages to files, and look at them with a browser.

``python tools/design.py OUT`` writes OUT/<language>/<page>.html with OUT/static beside them.
``python tools/design.py OUT --browser /usr/bin/chromium [--only PART …]`` also takes screenshots (1280 and 390 px wide) into
OUT/shots and prints what axe-core finds.
"""

from __future__ import annotations

import argparse
import functools
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from registry.web.components.i18n import LOCALE_TAGS, LOCALES
from registry.web.components.kit import STATIC_DIR, render
from registry.web.components.showcase import ERROR_STATUSES, PAGES, render_showcase, showcase_context

AXE = Path(__file__).resolve().parent.parent / "tests" / "data" / "axe" / "axe.min.js"
WIDTHS = (1280, 390)


def write_pages(out: Path) -> list[str]:
    """All pages as files below ``out``; gives their names relative to it."""
    names = []
    for locale in LOCALES:
        folder = out / LOCALE_TAGS[locale]
        folder.mkdir(parents=True, exist_ok=True)
        pages = {page: render_showcase(page, locale) for page in PAGES}
        pages["public"] = render_showcase("panels", locale, signed_in=False)
        for status in ERROR_STATUSES:
            ctx = replace(showcase_context(locale, "error", signed_in=False), path="/whitelist")
            extra = {"reference": "9f3c21a07be4"} if status == 500 else {}
            pages[f"error-{status}"] = render("components/error.html.j2", ctx, status=status, **extra)
        for page, html in pages.items():
            (folder / f"{page}.html").write_text(html, encoding="utf-8")
            names.append(f"{LOCALE_TAGS[locale]}/{page}.html")
    shutil.copytree(STATIC_DIR, out / "static", dirs_exist_ok=True)
    return names


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """``folder`` over HTTP on a free local port; gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def look(out: Path, names: list[str], browser_path: str) -> int:
    """Screenshots of ``names`` into ``out``/shots; prints and counts what axe-core finds."""
    from playwright.sync_api import sync_playwright

    shots = out / "shots"
    shots.mkdir(exist_ok=True)
    found = 0
    with served(out) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-dev-shm-usage",
            ],
        )
        for width in WIDTHS:
            page = browser.new_page(viewport={"width": width, "height": 900})
            page.on(
                "console",
                lambda message: print("console:", message.text) if message.type == "error" else None,
            )
            for name in names:
                page.goto(f"{address}/{name}")
                page.screenshot(path=shots / f"{name.replace('/', '-')[:-5]}-{width}.png", full_page=True)
                wide = page.evaluate(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                )
                if wide > 0:
                    print(f"{name} {width}: {wide} px too wide")
                    found += 1
                page.add_script_tag(path=AXE)
                for rule in page.evaluate("axe.run()")["violations"]:
                    found += len(rule["nodes"])
                    print(f"{name} {width}: {rule['id']} ({rule['impact']}), {len(rule['nodes'])} times")
                    for node in rule["nodes"][:3]:
                        print("   ", node["html"][:160], "|", node["failureSummary"].replace("\n", " ")[:200])
            page.close()
        browser.close()
    return found


def main() -> None:
    """Read the arguments, write the pages, look if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--browser", default="")
    parser.add_argument("--only", nargs="*", default=[], metavar="PART_OF_NAME")
    given = parser.parse_args()
    names = write_pages(given.out)
    if given.browser:
        wanted = [name for name in names if not given.only or any(page in name for page in given.only)]
        raise SystemExit(1 if look(given.out, wanted, given.browser) else 0)


if __name__ == "__main__":
    main()
