"""Build ``vetting/matching/data/divisions.txt``: names and codes of China's administrative divisions.

Source: the table ``stdnum/cn/loc.dat`` of python-stdnum (a locked dependency), itself made from the public lists
of 中华人民共和国行政区划代码 (GB/T 2260), with the years in which each code was in use. The former divisions stay in:
names of companies and addresses outlive them. A line is ``code name`` with a ``-`` after the code when the
division no longer exists.
"""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

OUTPUT = Path(__file__).resolve().parent.parent / "vetting" / "matching" / "data" / "divisions.txt"
NOT_A_PLACE = re.compile(r"^(市辖区|县|郊区|市区|省直辖.*|自治区直辖.*|.*直属.*单位|.*直辖.*)$")
ENTRY = re.compile(r"(?:\[(\d*)-(\d*)\])?([^,\[\]]+)")


def lines(source: str) -> list[str]:
    """The table: one line per code and name, provinces as ``450000``."""
    found: set[str] = set()
    province = ""
    for line in source.splitlines():
        if line.startswith("#"):
            continue
        top = re.match(r'^(\d\d) province="([^"]*)"', line)
        if top:
            province = top[1]
            found.add(
                f"{province}0000 {top[2].replace('區', '区').replace('澳門', '澳门').replace('別', '别')}"
            )
            continue
        low = re.match(r'^\s+(\d{4}) county="([^"]*)"', line)
        if low and low[1] != "0000":
            for _, until, name in ENTRY.findall(low[2]):
                if not NOT_A_PLACE.match(name):
                    found.add(f"{province}{low[1]}{'-' if until else ''} {name}")
    return sorted(found)


def main() -> None:
    """Write the table."""
    table = lines(files("stdnum.cn").joinpath("loc.dat").read_text("utf-8"))
    head = "# Administrative divisions: code, '-' where the division is no more, name. Made by tools/build_divisions.py.\n"
    OUTPUT.write_text(head + "\n".join(table) + "\n", "utf-8")
    print(f"{len(table)} divisions")


if __name__ == "__main__":
    main()
