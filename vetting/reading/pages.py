"""Reading one page: deciding what it is and where its text comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from vetting.intake import Bitmap, OpenFile, PageFailed
from vetting.model import Box, Line, Mode, PageKind, PageReading
from vetting.reading.duplicates import may_be_same, same_text
from vetting.reading.engine import CheckedLayer, EngineFailed, OcrEngine, ReadSheet, Seen
from vetting.reading.layout import reading_order
from vetting.reading.textlayer import TextLayer, text_layer
from vetting.reading.trust import contradicts, piece_of, sample_of

# The longer side, in pixels, at which a page with a text layer is looked at, and a scan is read.
_LOOK_SIDE = 1_540
_SCAN_SIDE = 1_754
_MAX_SCAN_SIDE = 2_480
_INVISIBLE_CONTRAST = 14.0
_BIG_PICTURE = 0.05
_NO_INK = 0.0003
_LITTLE_INK = 0.012
_BLURRED = 0.22
_LEGIBLE = 0.62
_LEGIBLE_IF_BLURRED = 0.85
_MIN_LINE = 0.5
# A digital licence that stands in the file twice is handed in for two items, not by mistake.
_REGISTRATION = ("营业执照", "登记证书", "法人证书")


@dataclass(slots=True)
class Known:
    """The pages read so far, to find one that is handed in again."""

    pictures: list[tuple[int, bytes]] = field(default_factory=list)
    layers: list[tuple[int, tuple[Line, ...]]] = field(default_factory=list)
    readings: dict[int, PageReading] = field(default_factory=dict)
    sources: dict[int, OpenFile] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Task:
    """One page on its way: the file it is in, its reading so far, what the child said of it."""

    opened: OpenFile
    page: PageReading
    images: tuple[Mapping[str, Any], ...]
    engine: OcrEngine
    known: Known


def failed_page(file: str, page: int, file_page: int, size: tuple[float, float], problem: str) -> PageReading:
    """The reading of a page that could not be drawn; ``size`` in points."""
    return PageReading(
        page=page,
        file=file,
        file_page=file_page,
        kind=PageKind.CONTENT,
        mode=Mode.SCANNED,
        rotation=0,
        readable=False,
        width=size[0],
        height=size[1],
        confidence=0.0,
        problem=problem,
    )


def read_page(
    opened: OpenFile, file: str, page: int, file_page: int, engine: OcrEngine, known: Known
) -> tuple[PageReading, tuple[str, ...]]:
    """Read one page of an open file; gives the reading and codes of notes for its file. Raises PageFailed."""
    described = opened.describe(file_page)
    empty = PageReading(
        page=page,
        file=file,
        file_page=file_page,
        kind=PageKind.CONTENT,
        mode=Mode.DIGITAL,
        rotation=0,
        readable=True,
        width=float(described["width"]),
        height=float(described["height"]),
    )
    layer = text_layer(described["chars"], empty.width, empty.height)
    task = _Task(opened, empty, tuple(described["images"]), engine, known)
    try:
        if layer.lines and not layer.garbled:
            reading, codes = _with_layer(task, layer)
        else:
            reading, codes = _from_picture(task, layer), ()
    except EngineFailed as error:
        raise PageFailed("not_recognised") from error
    known.readings[page] = reading
    return reading, codes


def _with_layer(task: _Task, layer: TextLayer) -> tuple[PageReading, tuple[str, ...]]:
    """A page with visible text: hold the layer against the picture before trusting it."""
    bitmap = task.opened.render(task.page.file_page, _LOOK_SIDE)
    sample = sample_of(layer.lines)
    pieces = [piece_of(layer.lines[i]) for i in sample]
    checked = task.engine.check(bitmap, layer.rotation, layer.lines, [piece.box for piece in pieces])
    seen_pieces = [
        (piece, said)
        for i, piece, said in zip(sample, pieces, checked.said, strict=True)
        if checked.shown[i] >= _INVISIBLE_CONTRAST
    ]
    if contradicts([piece for piece, _ in seen_pieces], [said for _, said in seen_pieces]):
        lies = replace(layer, lines=(), hidden=layer.hidden + layer.lines)
        return _from_picture(task, lies), ("text_layer_rejected",)
    seen = tuple(
        line
        for line, contrast in zip(layer.lines, checked.shown, strict=True)
        if contrast >= _INVISIBLE_CONTRAST
    )
    unseen = tuple(line for line in layer.lines if line not in seen)
    layer = replace(layer, lines=seen, hidden=layer.hidden + unseen)
    if not layer.lines:
        return _from_picture(task, layer), ()
    if any(_area(image["box"]) >= _BIG_PICTURE for image in task.images):
        return _with_pictures(task, layer, checked), ()
    return _digital(task, layer, checked), ()


def _digital(task: _Task, layer: TextLayer, checked: CheckedLayer) -> PageReading:
    reading = replace(
        _turned(task.page, layer.rotation),
        lines=layer.lines,
        hidden=layer.hidden,
        seals=checked.seals,
        inks=checked.inks,
    )
    original = next((n for n, lines in task.known.layers if same_text(lines, layer.lines)), None)
    if original is None:
        task.known.layers.append((reading.page, layer.lines))
        return reading
    title = "".join(line.text for line in layer.lines).replace(" ", "")
    twice = any(word in title for word in _REGISTRATION)
    return replace(reading, duplicate_of=original, kind=PageKind.CONTENT if twice else PageKind.DUPLICATE)


def _with_pictures(task: _Task, layer: TextLayer, checked: CheckedLayer) -> PageReading:
    """A page with text and large pictures: what stands in the pictures is read as well.

    Where the pictures say more than the text, the page is a scan with a little text printed over it.
    """
    bitmap = task.opened.render(task.page.file_page, _scan_side(task))
    seen = task.engine.look(bitmap)
    sheet = task.engine.read_seen(bitmap)
    if sheet.turned != layer.rotation:
        more: tuple[Line, ...] = sheet.lines
    else:
        more = tuple(line for line in sheet.lines if not _covered(line.box, layer.lines))
    if _length(more) > _length(layer.lines):
        return _scan(task, layer, seen, sheet)
    reading = _digital(task, layer, checked)
    if sheet.turned != layer.rotation or not more:
        return reading
    return replace(reading, lines=_ordered(reading.lines + more))


def _from_picture(task: _Task, layer: TextLayer) -> PageReading:
    """A page without usable text: blank, handed in before, or to be recognised."""
    bitmap = task.opened.render(task.page.file_page, _scan_side(task))
    seen = task.engine.look(bitmap)
    mode = Mode.SCANNED if task.images or layer.hidden or seen.ink >= _NO_INK else Mode.DIGITAL
    page = replace(task.page, mode=mode, hidden=layer.hidden)
    if seen.ink < _NO_INK:
        if task.images and not task.opened.images_decode(page.file_page):
            return replace(page, readable=False, confidence=0.0, problem="image_damaged")
        return replace(page, kind=PageKind.BLANK)
    original = _seen_before(task, seen)
    if original is not None:
        return _again(page, original)
    return _scan(task, layer, seen, task.engine.read_seen(bitmap))


def _seen_before(task: _Task, seen: Seen) -> PageReading | None:
    for number, fingerprint in task.known.pictures:
        if not may_be_same(fingerprint, seen.fingerprint):
            continue
        original = task.known.readings[number]
        picture = _drawn_again(task, task.known.sources[number], original.file_page)
        if picture is not None and task.engine.same_as_seen(picture):
            return original
    return None


def _drawn_again(task: _Task, opened: OpenFile, file_page: int) -> Bitmap | None:
    try:
        return opened.render(file_page, _SCAN_SIDE)
    except PageFailed:
        return None
    finally:
        if opened is not task.opened:
            opened.close()  # the child of an earlier file came back for this page only


def _scan(task: _Task, layer: TextLayer, seen: Seen, sheet: ReadSheet) -> PageReading:
    lines = tuple(line for line in sheet.lines if line.confidence >= _MIN_LINE)
    legible = _legibility(lines)
    page = replace(
        _turned(task.page, sheet.turned),
        mode=Mode.SCANNED,
        hidden=layer.hidden,
        seals=sheet.seals,
        inks=sheet.inks,
        confidence=legible,
    )
    if not any(line.confidence >= _LEGIBLE for line in lines) and not sheet.seals:
        if seen.ink < _LITTLE_INK and seen.sharpness >= _BLURRED:
            return replace(page, kind=PageKind.BLANK, confidence=1.0, inks=())
        problem = "blurred" if seen.sharpness < _BLURRED else "no_text"
        return replace(page, readable=False, problem=problem)
    task.known.pictures.append((page.page, seen.fingerprint))
    task.known.sources[page.page] = task.opened
    if legible < (_LEGIBLE_IF_BLURRED if seen.sharpness < _BLURRED else _LEGIBLE):
        problem = "blurred" if seen.sharpness < _BLURRED else "illegible"
        return replace(page, lines=lines, readable=False, problem=problem)
    return replace(page, lines=lines)


def _again(page: PageReading, original: PageReading) -> PageReading:
    """The reading of a page that was read before under another number."""
    return replace(
        original,
        page=page.page,
        file=page.file,
        file_page=page.file_page,
        kind=PageKind.DUPLICATE,
        duplicate_of=original.page,
        hidden=page.hidden,
    )


def _turned(page: PageReading, rotation: int) -> PageReading:
    """The page with its rotation; width and height are those of the upright page."""
    if rotation in (90, 270):
        return replace(page, rotation=rotation, width=page.height, height=page.width)
    return replace(page, rotation=rotation)


def _scan_side(task: _Task) -> int:
    """The resolution of the scan itself, within bounds: finer adds nothing, coarser loses strokes."""
    finest = 0.0
    for image in task.images:
        x0, y0, x1, y1 = image["box"]
        if _area(image["box"]) < _BIG_PICTURE:
            continue
        wide, high = image["pixels"]
        long_side = max(task.page.width, task.page.height)
        across = wide / max(1e-6, (x1 - x0) * task.page.width) * long_side
        down = high / max(1e-6, (y1 - y0) * task.page.height) * long_side
        # A page turned by /Rotate shows its picture with width and height exchanged.
        finest = max(finest, min(across, down))
    return round(min(_MAX_SCAN_SIDE, max(_SCAN_SIDE, finest)))


def _legibility(lines: Sequence[Line]) -> float:
    """Mean confidence of the lines, by length; 0 where there are none."""
    total = sum(len(line.text) for line in lines)
    return sum(line.confidence * len(line.text) for line in lines) / total if total else 0.0


def _length(lines: Sequence[Line]) -> int:
    return sum(len(line.text.replace(" ", "")) for line in lines)


def _covered(box: Box, lines: Sequence[Line]) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return any(line.box[0] <= x <= line.box[2] and line.box[1] <= y <= line.box[3] for line in lines)


def _ordered(lines: Sequence[Line]) -> tuple[Line, ...]:
    return tuple(lines[i] for i in reading_order([line.layout for line in lines]))


def _area(box: Sequence[float]) -> float:
    wide = min(1.0, box[2]) - max(0.0, box[0])
    high = min(1.0, box[3]) - max(0.0, box[1])
    return max(0.0, wide) * max(0.0, high)
