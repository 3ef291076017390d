"""``python -m tests.factories.specimens FOLDER [SLUG ...]``."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.factories.specimens.applications import specimens
from tests.factories.specimens.stack import write


def main(folder: Path, slugs: set[str]) -> None:
    """Draw all specimens, or those named, into ``folder``."""
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page()

        def draw(html: str) -> bytes:
            page.set_content(html)
            return page.pdf(prefer_css_page_size=True, print_background=True)

        for specimen in specimens():
            if not slugs or specimen.slug in slugs:
                write(specimen, folder, draw)
                print(specimen.slug)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), set(sys.argv[2:]))
