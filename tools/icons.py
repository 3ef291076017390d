"""Make the icon sprite from the Tabler icons package: ``python tools/icons.py NODE_MODULES``.

Only the icons the pages use are in it. To use another one, add its name here and run this again
(``npm pack @tabler/icons@3.51.0`` gives the package).
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

SPRITE = Path(__file__).resolve().parent.parent / "registry" / "web" / "static" / "vendor" / "icons.svg"

OUTLINE = """
adjustments alert-circle alert-triangle archive arrow-back-up arrow-down arrow-left arrow-right arrow-up
arrows-sort ban bell bookmark books briefcase building building-community calendar calendar-check
calendar-event calendar-minus calendar-off calendar-plus calendar-x certificate chart-bar check checklist
chevron-down chevron-left chevron-right chevron-up circle-arrow-right circle-check circle-dashed circle-dot
circle-minus circle-plus circle-x clipboard-check clipboard-list clock cloud-upload coin copy database
device-floppy dots download edit external-link eye file-certificate file-check file-description file-plus
file-search file-spreadsheet file-text file-type-pdf file-upload file-zip filter flag gavel hash help-circle
history home hourglass id inbox info-circle key language link list list-check loader-2 lock login logout mail
map map-pin maximize menu-2 message-2 message-report paperclip pencil phone photo player-pause plus printer
qrcode receipt refresh report rotate rubber-stamp scale school search send settings shield-check shield-off
shield-search signature speakerphone star thumb-up tool trash upload user user-check user-plus users
users-group wallet writing writing-sign x zoom-in zoom-out
""".split()  # noqa: SIM905 - as a list of strings it fills a page


def symbol(name: str, source: str) -> str:
    """One ``<symbol>`` from the text of an icon file."""
    body = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", source, flags=re.DOTALL)
    body = re.sub(r"\s*\n\s*", "", body).replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "")
    return f'<symbol id="{name}" viewBox="0 0 24 24">{body.replace(" />", "/>")}</symbol>'


def main(node_modules: Path) -> None:
    """Write the sprite; fails if an icon is not in the package."""
    folder = node_modules / "@tabler" / "icons" / "icons" / "outline"
    symbols = [symbol(name, (folder / f"{name}.svg").read_text(encoding="utf-8")) for name in sorted(OUTLINE)]
    head = '<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="currentColor" stroke-width="2" '
    head += 'stroke-linecap="round" stroke-linejoin="round">'
    SPRITE.write_text(head + "\n" + "\n".join(symbols) + "\n</svg>\n", encoding="utf-8")
    print(f"{len(symbols)} icons, {SPRITE.stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
