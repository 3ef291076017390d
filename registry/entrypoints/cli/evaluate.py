"""``registry evaluate``: score vetting on labelled applications, and write the accuracy report."""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from registry.entrypoints.cli.scoring import Score
    from vetting.model import PageReading, VettingResult
    from vetting.pipeline import Timing
    from vetting.reading import OcrEngine

HELP = "用带答案的样本评测核验 | score vetting on labelled samples"

_EPILOG = """\
例 examples:
  registry evaluate ../shared/corpus
  registry evaluate tests/data/corpus --json --least tests/data/corpus/least.json
  registry evaluate ../shared/corpus --write docs/vetting-accuracy.md

CORPUS 的每个子文件夹是一份申报：application.json（form 为填报内容，expected 为答案）和合并后的 PDF。
Each subfolder of CORPUS is an application: application.json (form typed, expected true) and the merged PDF.
"""


RECORDED = "readings.json.gz"


@dataclass(slots=True)
class Case:
    """One application scored, with the seconds that each stage took."""

    slug: str
    score: Score
    seconds: dict[str, float]
    pages_read: tuple[PageReading, ...]
    pdf: Path


@dataclass(slots=True)
class Evaluation:
    """All applications of a corpus, scored."""

    engine: str
    mode: str
    kept: bool = False
    cases: list[Case] = field(default_factory=list)

    @property
    def total(self) -> Score:
        """All scores added up."""
        from registry.entrypoints.cli.scoring import Score

        total = Score()
        for case in self.cases:
            total.add(case.score)
        return total


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``evaluate``."""
    parser = subparsers.add_parser(
        "evaluate",
        help=HELP,
        description=HELP,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("corpus", type=Path, metavar="CORPUS", help="样本文件夹 | folder of applications")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出 | print JSON, and only JSON")
    parser.add_argument(
        "--write", type=Path, metavar="FILE", help="写出准确率报告（Markdown） | write the report"
    )
    parser.add_argument(
        "--parts", action="store_true", help="评测 docs/ 中的单份文件 | vet the separate files of docs/"
    )
    parser.add_argument(
        "--policy",
        default="default",
        metavar="NAME",
        help="适用规则，样本自己写明的除外 | policy, unless a sample names one",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        metavar="DIR",
        help="保存识别结果，重复评测不再识别 | keep readings between runs",
    )
    parser.add_argument(
        "--record",
        action="store_true",
        help=f"把识别结果存为各样本的 {RECORDED}，供测试使用 | keep readings for tests",
    )
    parser.add_argument(
        "--least", type=Path, metavar="FILE", help="低于其中数值时退出码为 1 | fail below these figures"
    )


def run(args: argparse.Namespace) -> int:
    """Evaluate. Returns 0; 2 for a corpus that is none; 1 where a figure is below ``--least``."""
    from registry.entrypoints.cli import accuracy
    from registry.entrypoints.cli.vet import _only_ours
    from registry.entrypoints.cli.vetting_input import UsageError

    try:
        with _only_ours(sys.stdout) as out:
            evaluation = evaluate(args)
            figures = accuracy.figures(evaluation)
            if args.json:
                json.dump(accuracy.as_json(evaluation), out, ensure_ascii=False, indent=1)
                out.write("\n")
            else:
                print(accuracy.summary(evaluation), file=out)
            if args.write:
                accuracy.write(evaluation, args.write)
            return _held(figures, args.least)
    except UsageError as error:
        print(str(error), file=sys.stderr)
        return 2


def evaluate(args: argparse.Namespace) -> Evaluation:
    """Vet and score every application of the corpus, one after the other with one engine."""
    from registry.entrypoints.cli.vetting_input import FORM_FILE, UsageError
    from vetting.reading import OcrEngine

    folders = sorted(p.parent for p in args.corpus.glob(f"*/{FORM_FILE}"))
    if not folders:
        raise UsageError(f"没有找到样本 | no application in this folder: {args.corpus}")
    engine = OcrEngine()
    evaluation = Evaluation(engine.version, "parts" if args.parts else "merged", args.cache is not None)
    try:
        for folder in folders:
            evaluation.cases.append(_case(folder, args, engine))
            print(f"{folder.name} {_seconds(evaluation.cases[-1])}", file=sys.stderr)
    finally:
        engine.close()
    return evaluation


def _seconds(case: Case) -> str:
    return "  ".join(f"{stage} {seconds:.1f} s" for stage, seconds in case.seconds.items())


def _case(folder: Path, args: argparse.Namespace, engine: OcrEngine) -> Case:
    from registry.entrypoints.cli import vetting_input as given
    from registry.entrypoints.cli.scoring import score
    from vetting.pipeline import Timing, vet

    data = json.loads((folder / given.FORM_FILE).read_text(encoding="utf-8"))
    pdf = folder / data["merged_pdf"]
    path = folder / "docs" if args.parts else pdf
    case = given.submission(
        path,
        given.read_form(folder / given.FORM_FILE),
        given.read_policy(data.get("policy", args.policy)),
        None,
    )
    timing = Timing()
    kept = FolderCache(args.cache) if args.cache else Kept()
    result = vet(case, engine=engine, cache=kept, timing=timing)
    if args.record and not args.parts:
        (folder / RECORDED).write_bytes(gzip.compress(kept.text.encode(), mtime=0))
    expected = data["expected"]
    if args.parts:
        expected = _as_parts(expected, result)
    return Case(folder.name, score(folder.name, expected, result), _stages(timing), result.pages, pdf)


def _stages(timing: Timing) -> dict[str, float]:
    return {
        "read": timing.read,
        "understand": timing.understand,
        "second": timing.second,
        "check": timing.check,
    }


def _as_parts(expected: dict[str, Any], result: VettingResult) -> dict[str, Any]:
    """The truth with pages counted through the separate files: no blank or repeated pages there."""
    starts: dict[str, int] = {}
    for page in result.pages:
        starts.setdefault(page.file, page.page)
    documents = []
    for document in expected["documents"]:
        first = starts[Path(document["file"]).name]
        last = first + document["pages"][1] - document["pages"][0]
        documents.append({**document, "pages": [first, last]})
    readable = {n: d["readable"] for d in documents for n in range(d["pages"][0], d["pages"][1] + 1)}
    page_map = [{"page": n, "kind": "content", "readable": ok} for n, ok in sorted(readable.items())]
    return {**expected, "documents": documents, "page_map": page_map}


class Kept:
    """Page readings of one run, kept to be recorded."""

    def __init__(self) -> None:
        self.text = ""

    def get(self, sha256: str, engine: str) -> str | None:
        """Nothing: everything is read."""
        return None

    def put(self, sha256: str, engine: str, readings: str) -> None:
        """Keep the latest: it holds what the earlier ones held."""
        self.text = readings


class FolderCache:
    """Page readings as files in a folder. They hold what stands on the pages: for test material only."""

    def __init__(self, folder: Path) -> None:
        self.text = ""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def _path(self, sha256: str, engine: str) -> Path:
        return self._folder / f"{sha256[:32]}-{''.join(c if c.isalnum() else '-' for c in engine)}.json"

    def get(self, sha256: str, engine: str) -> str | None:
        """What was kept, or None."""
        path = self._path(sha256, engine)
        if not path.is_file():
            return None
        self.text = path.read_text(encoding="utf-8")
        return self.text

    def put(self, sha256: str, engine: str, readings: str) -> None:
        """Keep a text."""
        self.text = readings
        self._path(sha256, engine).write_text(readings, encoding="utf-8")


def _held(figures: dict[str, float], least: Path | None) -> int:
    """Whether every figure is at least what the file asks; figures may only go up."""
    if least is None:
        return 0
    low: Sequence[str] = [
        f"{name}: {figures.get(name, 0.0):.4f} < {value}"
        for name, value in json.loads(least.read_text(encoding="utf-8")).items()
        if figures.get(name, 0.0) < value
    ]
    for line in low:
        print(f"低于要求 | below what is asked: {line}", file=sys.stderr)
    return 1 if low else 0
