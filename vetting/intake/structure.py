"""What a PDF is made of, examined in the child before anything is drawn: damage, bombs, active content."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from vetting.intake import streams
from vetting.intake.limits import Limits
from vetting.intake.unfit import Unfit

_TAIL = 2048
_MAX_NESTED = 20_000
_MAX_FORM_DEPTH = 40

_SCRIPTS = {"/JavaScript", "/Rendition"}
_ACTIONS = {"/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Movie", "/Sound", "/ResetForm"}
_MEDIA = {"/RichMedia", "/3D", "/Screen", "/Movie", "/Sound"}


@dataclass(slots=True)
class Examined:
    """An opened PDF and what was seen of it. ``sizes`` are (width, height) in points as shown."""

    pdf: pikepdf.Pdf
    notes: dict[str, str] = field(default_factory=dict)
    sizes: list[tuple[float, float]] = field(default_factory=list)

    def needs_copy(self) -> bool:
        """Whether pages should be drawn from a rewritten copy, not from the file as it came."""
        return "repaired" in self.notes or self.pdf.is_encrypted

    def rewritten(self) -> bytes:
        """The file written anew, whole and without encryption."""
        out = io.BytesIO()
        self.pdf.save(out, encryption=False, object_stream_mode=pikepdf.ObjectStreamMode.preserve)
        return out.getvalue()


def examine(path: Path, limits: Limits) -> Examined:
    """Open a PDF and look through all of it. Raises Unfit."""
    examined = _open(path)
    try:
        _ends(path, examined)
        _pages(examined, limits)
        _contents(examined, limits)
    except (MemoryError, RecursionError) as error:
        raise Unfit("bomb") from error
    except (pikepdf.PdfError, ValueError, TypeError, AttributeError, KeyError, OverflowError) as error:
        raise Unfit("damaged") from error
    return examined


def _open(path: Path) -> Examined:
    try:
        return Examined(pikepdf.open(path, attempt_recovery=False, suppress_warnings=True))
    except pikepdf.PasswordError as error:
        raise Unfit("encrypted") from error
    except (pikepdf.PdfError, ValueError, RuntimeError):
        pass
    except MemoryError as error:
        raise Unfit("bomb") from error
    if not _has_end(path):
        # What was cut off cannot be known: the pages that are left must not pass for the whole.
        raise Unfit("truncated")
    try:
        pdf = pikepdf.open(path, attempt_recovery=True, suppress_warnings=True)
    except pikepdf.PasswordError as error:
        raise Unfit("encrypted") from error
    except MemoryError as error:
        raise Unfit("bomb") from error
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        raise Unfit("damaged") from error
    return Examined(pdf, {"repaired": ""})


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(0, io.SEEK_END)
        file.seek(max(0, file.tell() - _TAIL))
        return file.read()


def _has_end(path: Path) -> bool:
    return b"%%EOF" in _tail(path)


def _ends(path: Path, examined: Examined) -> None:
    """Note data behind the end and later additions; a missing end marker alone is mended by reading on."""
    data = path.read_bytes()
    end = data.rfind(b"%%EOF")
    if end < 0:
        examined.notes.setdefault("repaired", "")
        return
    behind = data[end + 5 :].strip(b"\r\n\t \x00")
    if behind:
        examined.notes["trailing_data"] = str(len(behind))
    updates = data.count(b"startxref")
    if updates > (2 if b"/Linearized" in data[:2048] else 1):
        examined.notes["incremental_update"] = str(updates - 1)
    if examined.pdf.is_encrypted:
        examined.notes["decrypted"] = ""


def _pages(examined: Examined, limits: Limits) -> None:
    pdf = examined.pdf
    declared = pdf.Root.Pages.get(Name.Count, 0)
    if isinstance(declared, int) and declared > limits.max_pages:
        raise Unfit("too_many_pages", str(declared))
    count = len(pdf.pages)
    if count > limits.max_pages:
        raise Unfit("too_many_pages", str(count))
    if count == 0:
        raise Unfit("no_pages")
    if isinstance(declared, int) and declared != count:
        examined.notes.setdefault("repaired", "")
    for page in pdf.pages:
        examined.sizes.append(_size(page, limits))


def _size(page: pikepdf.Page, limits: Limits) -> tuple[float, float]:
    unit = _number(page.obj.get(Name.UserUnit, 1)) or 1.0
    sizes: list[tuple[float, float]] = []
    for box in (page.mediabox, page.cropbox):
        values = [_number(v) for v in _items(box)]
        if len(values) != 4 or not all(math.isfinite(v) for v in values):
            raise Unfit("page_too_large")
        width, height = abs(values[2] - values[0]) * unit, abs(values[3] - values[1]) * unit
        if max(width, height) > limits.max_page_points:
            raise Unfit("page_too_large", f"{width:.0f}x{height:.0f}")
        sizes.append((width, height))
    width, height = sizes[1]
    turned = _number(page.obj.get(Name.Rotate, 0)) % 180 == 90
    return (height, width) if turned else (width, height)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


def _items(box: Any) -> list[Any]:
    return list(box) if isinstance(box, Array) else []


def _contents(examined: Examined, limits: Limits) -> None:
    budget = streams.Budget(limits.max_total_bytes)
    forms: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for number, item in enumerate(examined.pdf.objects):
        if number > limits.max_objects:
            raise Unfit("too_complex")
        for part in _nested(item):
            _judge(part, examined.notes)
            if isinstance(part, Stream):
                _weigh(part, limits, budget)
                if part.get(Name.Subtype) == Name.Form:
                    forms[part.objgen] = _draws(part)
    root = examined.pdf.Root
    if Name.OCProperties in root:
        examined.notes["layers"] = ""
    form = root.get(Name.AcroForm)
    if isinstance(form, Dictionary) and int(_number(form.get(Name.SigFlags, 0))) & 1:
        examined.notes["digital_signature"] = ""
    if _too_deep(forms):
        raise Unfit("recursive")


def _nested(item: Object) -> Iterator[Object]:
    """The object and all that is written inside it, not what it refers to."""
    waiting, seen = [item], 0
    while waiting:
        part = waiting.pop()
        seen += 1
        if seen > _MAX_NESTED:
            return
        if isinstance(part, Dictionary | Stream):
            yield part
            values = [v for _, v in part.items()] if isinstance(part, Dictionary) else _entries(part)
        elif isinstance(part, Array):
            values = list(part.as_list())
        else:
            continue
        waiting.extend(v for v in values if isinstance(v, Object) and not v.is_indirect)


def _entries(part: Stream) -> list[Any]:
    return [part.get(key) for key in part.keys()]  # noqa: SIM118 - a stream is no mapping


def _judge(part: Object, notes: dict[str, str]) -> None:
    action = str(part.get(Name.S, "")) if isinstance(part.get(Name.S), Name) else ""
    if Name.JS in part or action in _SCRIPTS or Name.JavaScript in part:
        notes["javascript"] = ""
    if action in _ACTIONS:
        notes["launch_action"] = action[1:]
    subtype = str(part.get(Name.Subtype, "")) if isinstance(part.get(Name.Subtype), Name) else ""
    if subtype == "/FileAttachment" or Name.EmbeddedFiles in part or Name.EF in part:
        notes["attachment"] = ""
    if subtype in _MEDIA:
        notes["multimedia"] = subtype[1:]
    if Name.XFA in part:
        notes["xfa"] = ""


def _weigh(part: Stream, limits: Limits, budget: streams.Budget) -> None:
    if part.get(Name.Subtype) == Name.Image:
        width, height = _number(part.get(Name.Width, 0)), _number(part.get(Name.Height, 0))
        if width * height > limits.max_image_pixels:
            raise Unfit("image_too_large", f"{width:.0f}x{height:.0f}")
        if len(streams.filters_of(part)) <= 1:
            return  # drawn row by row, so that only its declared size costs memory
    try:
        streams.weigh(part, limits.max_stream_bytes, budget)
    except streams.TooMuch as error:
        raise Unfit("bomb") from error


def _draws(form: Stream) -> list[tuple[int, int]]:
    resources = form.get(Name.Resources)
    drawn = resources.get(Name.XObject) if isinstance(resources, Dictionary) else None
    if not isinstance(drawn, Dictionary):
        return []
    return [item.objgen for _, item in drawn.items() if isinstance(item, Stream)]


def _too_deep(graph: dict[tuple[int, int], list[tuple[int, int]]]) -> bool:
    """Whether forms draw themselves, or each other deeper than any program nests them."""
    depth: dict[tuple[int, int], int] = {}
    for start, drawn in graph.items():
        if start in depth:
            continue
        depth[start] = 0  # on the path: its depth is not known yet
        path = [(start, iter(drawn))]
        while path:
            node, following = path[-1]
            target = next(following, None)
            if target is None:
                path.pop()
                depth[node] = 1 + max((depth.get(t, 0) for t in graph[node]), default=0)
                if depth[node] > _MAX_FORM_DEPTH:
                    return True
            elif target in graph and depth.get(target) == 0:
                return True
            elif target in graph and target not in depth:
                depth[target] = 0
                path.append((target, iter(graph[target])))
    return False
