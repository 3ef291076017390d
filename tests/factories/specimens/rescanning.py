"""The applications of a corpus once more, as another device would have scanned them.

    python -m tests.factories.specimens.rescanning CORPUS OUT --profile phone --seed 7

Pages with a text layer and good scans go through the device; what is worn, 1-bit or photographed already, blank or
unreadable, is only encoded again, because twice worn is not what people hand in.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
from pathlib import Path
from typing import Any

from PIL import Image

from tests.factories.specimens.scanning import PROFILES, image_pdf, pictures, scanned

_FRAGILE = frozenset({"worn", "bw", "phone"})


def rescan(application: Path, out: Path, profile: str, seed: int) -> None:
    """Write ``application`` (a folder of a corpus) to ``out``/slug-profile with every page scanned by ``profile``."""
    data = json.loads((application / "application.json").read_text(encoding="utf-8"))
    rng = random.Random(f"{data['slug']} {profile} {seed}")
    pages: list[Image.Image] = []
    told: list[dict[str, Any]] = data["expected"]["page_map"]
    for picture, page in zip(pictures((application / data["merged_pdf"]).read_bytes()), told, strict=True):
        spare = page["kind"] == "blank" or not page["readable"] or page.get("scan_profile") in _FRAGILE
        turned = 0 if spare else rng.choices((0, 90, 180, 270), (17, 1, 1, 1))[0]
        pages.append(scanned(picture, "flat" if spare else profile, rng, turned))
        page |= {
            "mode": "scanned",
            "rotation": ((page.get("rotation") or 0) + turned) % 360,
            "rotate_attr": None,
        }
        if not spare:
            page["scan_profile"] = profile
    expected = copy.deepcopy(data["expected"])
    for document in expected["documents"]:
        document["mode"] = "scanned"
        document["scan_profile"] = told[document["pages"][0] - 1]["scan_profile"]
    slug = f"{data['slug']}-{profile}"
    folder = out / slug
    folder.mkdir(parents=True, exist_ok=True)
    (folder / data["merged_pdf"]).write_bytes(image_pdf(pages))
    # The order of parts uploaded one by one is not kept: everything is in the merged file.
    data |= {"set": "rescanned", "slug": slug, "expected": expected, "files": []}
    (folder / "application.json").write_text(
        json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


def main() -> None:
    """Rescan every application of a corpus, each by one profile in turn or all by the one asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--profile", choices=PROFILES)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    found = sorted(path.parent for path in args.corpus.glob("*/application.json"))
    for number, application in enumerate(found):
        profile = args.profile or PROFILES[(number + args.seed) % len(PROFILES)]
        rescan(application, args.out, profile, args.seed)
        print(application.name, profile, flush=True)


if __name__ == "__main__":
    main()
