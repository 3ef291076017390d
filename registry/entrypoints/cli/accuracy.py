"""How an evaluation is told: figures, JSON, a summary, and the report with pictures of what failed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry.entrypoints.cli.scoring import Miss, Score, Tally
from registry.entrypoints.cli.vetting_output import table
from vetting.model import WHOLE_PAGE

if TYPE_CHECKING:
    from registry.entrypoints.cli.evaluate import Case, Evaluation

_TARGETS = {
    "pages": 0.98,
    "fields_digital": 0.995,
    "fields_scanned": 0.98,
    "findings_precision": 0.98,
    "findings_recall": 0.98,
}
_NAMES = {
    "pages": "材料类型和页码（可辨认的页）",
    "fields_digital": "字段，文字层",
    "fields_scanned": "字段，扫描件",
    "findings_precision": "发现，准确率",
    "findings_recall": "发现，召回率",
}
_MOST_PICTURES = 12
_PICTURE_WIDTH = 1600


def figures(evaluation: Evaluation) -> dict[str, float]:
    """The figures that have a target."""
    total = evaluation.total
    return {
        "pages": total.pages.recall,
        "fields_digital": total.of_mode("digital").recall,
        "fields_scanned": total.of_mode("scanned").recall,
        "findings_precision": total.all_findings.precision,
        "findings_recall": total.all_findings.recall,
    }


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """Everything, for programs."""
    total = evaluation.total
    return {
        "engine": evaluation.engine,
        "mode": evaluation.mode,
        "figures": {k: round(v, 5) for k, v in figures(evaluation).items()},
        "fields": [
            {"type": t, "field": f, "mode": m, **_tally(tally)}
            for (t, f, m), tally in sorted(total.fields.items())
        ],
        "findings": [{"code": code, **_tally(tally)} for code, tally in sorted(total.findings.items())],
        "misses": [
            {
                "slug": m.slug,
                "what": m.what,
                "expected": m.expected,
                "found": m.found,
                "page": m.page,
                "bbox": m.box,
            }
            for m in total.misses
        ],
        "cases": [
            {
                "slug": c.slug,
                "pages": len(c.pages_read),
                "seconds": {k: round(v, 2) for k, v in c.seconds.items()},
            }
            for c in evaluation.cases
        ],
    }


def _tally(tally: Tally) -> dict[str, Any]:
    return {
        "right": tally.right,
        "wrong": tally.wrong,
        "missing": tally.missing,
        "precision": round(tally.precision, 4),
        "recall": round(tally.recall, 4),
    }


def summary(evaluation: Evaluation) -> str:
    """The figures, what failed, and the time, for a terminal."""
    found = figures(evaluation)
    parts = [
        table(
            [(_NAMES[k], f"{v:.2%}", f"{_TARGETS[k]:.1%}") for k, v in found.items()],
            ("指标", "结果", "目标"),
        ),
        _misses_text(evaluation.total),
        table(
            [_case_row(c) for c in evaluation.cases],
            ("样本", "页", "识别 s", "拆分和字段 s", "复读 s", "核验 s"),
        ),
    ]
    return "\n\n".join(p for p in parts if p)


def _case_row(case: Case) -> tuple[str, ...]:
    seconds = [f"{case.seconds[k]:.1f}" for k in ("read", "understand", "second", "check")]
    return (case.slug, str(len(case.pages_read)), *seconds)


def _misses_text(total: Score) -> str:
    rows = [(m.slug, str(m.page or ""), m.what, m.expected[:40], m.found[:40]) for m in total.misses]
    return table(rows, ("样本", "页", "项目", "应为", "读作")) if rows else "没有不符之处。"


def write(evaluation: Evaluation, path: Path) -> None:
    """Write the report, and beside it a folder with pictures of the places that failed."""
    total = evaluation.total
    pictures = _pictures(evaluation, path)
    lines = [
        "# Vetting accuracy",
        "",
        "Written by `registry evaluate`; do not edit. What the engine reads and finds on labelled applications,",
        "compared with what stands there. Names and codes are compared after normalising, scope and addresses at",
        "97% similarity, everything else exactly.",
        "",
        f"Engine: `{evaluation.engine}`, input: {evaluation.mode}.",
        "",
        *_markdown(
            ("figure", "result", "target"),
            [(_ENGLISH[k], f"{v:.2%}", f"{_TARGETS[k]:.1%}") for k, v in figures(evaluation).items()],
        ),
        "",
        "## Findings",
        "",
        *_markdown(
            ("code", "right", "false", "missed", "precision", "recall"),
            [
                (
                    f"`{c}`",
                    str(t.right),
                    str(t.wrong),
                    str(t.missing),
                    f"{t.precision:.2%}",
                    f"{t.recall:.2%}",
                )
                for c, t in sorted(total.findings.items())
            ],
        ),
        "",
        "## Fields",
        "",
        *_markdown(
            ("document", "field", "pages", "right", "wrong", "absent", "precision", "recall"),
            [
                (
                    kind,
                    name,
                    mode,
                    str(t.right),
                    str(t.wrong),
                    str(t.missing - t.wrong),
                    f"{t.precision:.2%}",
                    f"{t.recall:.2%}",
                )
                for (kind, name, mode), t in sorted(total.fields.items())
            ],
        ),
        "",
        "## What failed",
        "",
        *_failures(total, pictures),
        "",
        "## Seconds",
        "",
        *(["Pages read before came from the cache and took no time.", ""] if evaluation.kept else []),
        *_markdown(
            ("application", "pages", "read", "split and fields", "second reading", "check"),
            [_case_row(c) for c in evaluation.cases],
        ),
        "",
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")


_ENGLISH = {
    "pages": "document type and pages, readable pages",
    "fields_digital": "fields, text layer",
    "fields_scanned": "fields, scanned",
    "findings_precision": "findings, precision",
    "findings_recall": "findings, recall",
}


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    escaped = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    return [
        "| " + " | ".join(head) + " |",
        "|" + " --- |" * len(head),
        *("| " + " | ".join(row) + " |" for row in escaped),
    ]


def _failures(total: Score, pictures: dict[Miss, str]) -> list[str]:
    if not total.misses:
        return ["Nothing on this set."]
    rows = []
    for miss in total.misses:
        picture = f"![]({pictures[miss]})" if miss in pictures else ""
        rows.append(
            (
                miss.slug,
                str(miss.page or ""),
                miss.scan_profile,
                miss.what,
                miss.expected,
                miss.found,
                picture,
            )
        )
    return _markdown(("application", "page", "scan", "what", "should be", "read as", "place"), rows)


def _pictures(evaluation: Evaluation, path: Path) -> dict[Miss, str]:
    """The places that failed, at most a dozen, as PNG files beside the report; what was not read, its page."""
    from registry.entrypoints.cli.crops import Crops
    from vetting.reading import OcrEngine

    folder = path.with_suffix("")
    for old in folder.glob("*.png"):
        old.unlink()
    found: dict[Miss, str] = {}
    places = [
        (case, miss) for case in evaluation.cases for miss in case.score.misses if miss.page is not None
    ]
    if evaluation.mode != "merged" or not places:
        return found
    folder.mkdir(parents=True, exist_ok=True)
    with OcrEngine() as engine:
        crops = Crops(engine, _PICTURE_WIDTH)
        for case, miss in places[:_MOST_PICTURES]:
            if miss.page is None:
                continue
            name = f"{case.slug}-{miss.page:02d}-{miss.what.replace('.', '-')}.png"
            (folder / name).write_bytes(
                crops.png(case.pdf, case.pages_read, miss.page, miss.box or WHOLE_PAGE)
            )
            found[miss] = f"{folder.name}/{name}"
    return found
