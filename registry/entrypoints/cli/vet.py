"""``registry vet``: vet a PDF, or a folder of PDFs, without any server."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from multiprocessing.util import Finalize
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from registry.entrypoints.cli.vetting_input import Given
    from vetting.model import Submission, VettingResult
    from vetting.reading import OcrEngine

HELP = "核验一份申报材料（PDF 或文件夹） | vet a PDF or a folder"

DONE, FAILED, USAGE, REFUSED = 0, 1, 2, 3

_EPILOG = """\
例 examples:
  registry vet XXX机构申报课后服务备选库材料.pdf
  registry vet 材料文件夹 --form application.json --policy nanning-2022
  registry vet 材料.pdf --form application.json --json > result.json
  registry vet 机构一 机构二 机构三 --jobs 2          多份材料，最后列表 many, with a table

文件夹里的 PDF 按文件名排序，合为一份申报，页码连续计算。
The PDFs of a folder, in name order, are one application; pages are counted through.
给出多个 PATH 时，各自旁边（或文件夹内、上一级）的 application.json 作为申报信息。
With several PATHs, an application.json in or beside each is its form.

退出码 exit status: 0 已读出 read (with findings or not), 2 用法有误 usage, 3 不予受理 refused, 1 其他 anything else
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``vet``."""
    parser = subparsers.add_parser(
        "vet",
        help=HELP,
        description=HELP,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="PDF 文件或文件夹 | a PDF or a folder"
    )
    parser.add_argument(
        "--form",
        type=Path,
        metavar="FILE",
        help="申报信息（取 form、deadline、inspection_years） | what was typed",
    )
    parser.add_argument(
        "--as-of", type=_day, metavar="DATE", help="核验日期，默认为截止日，否则今天 | the day to judge on"
    )
    parser.add_argument("--policy", default="default", metavar="NAME", help="适用规则，默认 default | policy")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出 | print JSON, and only JSON")
    parser.add_argument(
        "--jobs", type=_jobs, default=1, metavar="N", help="同时核验的份数 | applications at once"
    )


def run(args: argparse.Namespace) -> int:
    """Vet what was given. Returns 0, or 2 usage, 3 refused, 1 anything else."""
    from registry.entrypoints.cli.vetting_input import UsageError

    try:
        with _only_ours(sys.stdout) as out:
            return _one(args, out) if len(args.paths) == 1 else _many(args, out)
    except UsageError as error:
        print(str(error), file=sys.stderr)
        return USAGE


def _one(args: argparse.Namespace, out: IO[str]) -> int:
    from registry.entrypoints.cli import vetting_input as given
    from registry.entrypoints.cli import vetting_output as output
    from vetting.model import Refused

    form = given.read_form(args.form) if args.form else given.Given()
    case = given.submission(args.paths[0], form, given.read_policy(args.policy), args.as_of)
    try:
        result = _vet(case, progress=not args.json)
    except Refused as refusal:
        _refused(refusal, args.json, out)
        return REFUSED
    if args.json:
        _print_json(output.result_json(result), out)
    else:
        print(output.report(args.paths[0].name, case, result), file=out)
    return DONE


def _vet(case: Submission, *, progress: bool = False, engine: OcrEngine | None = None) -> VettingResult:
    from vetting.pipeline import vet
    from vetting.reading import OcrEngine

    own = engine or OcrEngine()
    try:
        return vet(case, engine=own, progress=_bar if progress and sys.stderr.isatty() else None)
    finally:
        if engine is None:
            own.close()


def _refused(refusal: Any, as_json: bool, out: IO[str]) -> None:
    if as_json:
        _print_json({"error": {"code": refusal.code, "message": refusal.message}}, out)
    else:
        print(f"不予受理：{refusal.message}", file=sys.stderr)


def _many(args: argparse.Namespace, out: IO[str]) -> int:
    """Several applications, ``--jobs`` at a time; each worker process has an engine of its own."""
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    from registry.entrypoints.cli import vetting_input as given
    from registry.entrypoints.cli import vetting_output as output

    policy = given.read_policy(args.policy)
    cases = [given.submission(p, _form_beside(args.form, p), policy, args.as_of) for p in args.paths]
    answers: dict[int, dict[str, Any]] = {}
    jobs = min(args.jobs, len(cases))
    threads = max(1, (os.cpu_count() or 1) // jobs)
    with ProcessPoolExecutor(
        jobs, mp_context=get_context("spawn"), initializer=_start_worker, initargs=(threads,)
    ) as pool:
        waiting = {pool.submit(_in_worker, case): number for number, case in enumerate(cases)}
        _bar(0, len(cases))
        for done, future in enumerate(as_completed(waiting), start=1):
            try:
                answers[waiting[future]] = future.result()
            except Exception as error:  # noqa: BLE001 - one application must not end the others
                answers[waiting[future]] = _broken(error)
            _bar(done, len(cases))
    ordered = [{"path": str(args.paths[n]), **answers[n]["json"]} for n in range(len(cases))]
    if args.json:
        _print_json(ordered, out)
    else:
        rows = [(args.paths[n].name, *answers[n]["row"]) for n in range(len(cases))]
        print(output.table(rows, ("申报材料", "页数", "材料", "阻断", "警示", "提示", "结果")), file=out)
    statuses = {int(answer["status"]) for answer in answers.values()}
    return FAILED if FAILED in statuses else max(statuses)


def _form_beside(form: Path | None, path: Path) -> Given:
    from registry.entrypoints.cli.vetting_input import FORM_FILE, Given, read_form

    folder = path if path.is_dir() else path.parent
    places = [form] if form else [folder / FORM_FILE, folder.parent / FORM_FILE]
    return next((read_form(p) for p in places if p.is_file()), Given()) if not form else read_form(form)


_worker_engine: list[OcrEngine] = []


def _start_worker(threads: int) -> None:
    from vetting.reading import OcrEngine

    os.dup2(2, 1)
    _worker_engine.append(OcrEngine(threads))
    # The model process must not outlive its worker.
    Finalize(None, _worker_engine[0].close, exitpriority=10)


def _broken(error: Exception) -> dict[str, Any]:
    """The answer for an application that could not be vetted: never one that looks clean."""
    reason = "核验程序出错，未核验"
    return {
        "status": FAILED,
        "json": {"error": {"code": "failed", "message": f"{reason} ({type(error).__name__})"}},
        "row": ("", "", "", "", "", reason),
    }


def _in_worker(case: Submission) -> dict[str, Any]:
    from registry.entrypoints.cli import vetting_output as output
    from vetting.model import Refused

    try:
        result = _vet(case, engine=_worker_engine[0])
    except Refused as refusal:
        error = {"code": refusal.code, "message": refusal.message}
        return {
            "status": REFUSED,
            "json": {"error": error},
            "row": ("", "", "", "", "", f"不予受理：{refusal.message}"),
        }
    block, warn, info = output.counts(result)
    verdict = "有阻断问题" if block else "有警示问题" if warn else "未发现问题"
    row = (str(len(result.pages)), str(len(result.documents)), str(block), str(warn), str(info), verdict)
    return {"status": DONE, "json": output.result_json(result), "row": row}


def _print_json(data: Any, out: IO[str]) -> None:
    json.dump(data, out, ensure_ascii=False, indent=1)
    out.write("\n")


def _bar(done: int, of: int) -> None:
    """A progress bar on stderr; the line is left when all is done."""
    width = 30
    filled = width * done // max(1, of)
    end = "\n" if done >= of else ""
    print(
        f"\r核验中 [{'█' * filled}{'·' * (width - filled)}] {done}/{of}", end=end, file=sys.stderr, flush=True
    )


@contextlib.contextmanager
def _only_ours(stream: IO[str]) -> Iterator[IO[str]]:
    """Give stdout to our answer alone: whatever a library prints there goes to stderr."""
    try:
        number = stream.fileno()
    except (OSError, ValueError):  # not a real file: nothing but Python can write to it
        yield stream
        return
    stream.flush()
    with os.fdopen(os.dup(number), "w", encoding="utf-8") as ours:
        kept = os.dup(number)
        os.dup2(2, number)
        try:
            yield ours
        finally:
            stream.flush()
            ours.flush()
            os.dup2(kept, number)
            os.close(kept)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"日期应写作 2022-06-22 | not a date: {text}") from error


def _jobs(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"应为正整数 | not a positive number: {text}")
    return int(text)
