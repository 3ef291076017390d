"""Pages made of words at places, as a reader would give them: for tests of splitting, fields and checks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vetting.model import Ink, Line, Mode, PageKind, PageReading, Seal

EM = 0.0185
HEIGHT = 0.0135
Cell = tuple[float, str]
RowSpec = str | Sequence[Cell]


def width_of(text: str, em: float = EM) -> float:
    """The width of a text as a fraction of the page."""
    return sum(em if c > "\u2e7f" or c in "（）：；，。“”" else 0.55 * em for c in text)


def line(
    text: str, x: float, y: float, *, height: float = HEIGHT, em: float = EM, confidence: float = 1.0
) -> Line:
    """A run of text with its top left corner at x, y."""
    return Line(text, (x, y, min(1.0, x + width_of(text, em)), y + height), confidence)


def rows(
    specs: Iterable[RowSpec],
    *,
    top: float = 0.1,
    step: float = 0.03,
    left: float = 0.12,
    confidence: float = 1.0,
) -> list[Line]:
    """Rows from the top. A text starting with ``# `` is a large centred title; '' leaves a row free."""
    found: list[Line] = []
    y = top
    for spec in specs:
        if isinstance(spec, str):
            if spec.startswith("# "):
                text = spec[2:]
                em = EM * 1.8
                found.append(
                    line(
                        text,
                        0.5 - width_of(text, em) / 2,
                        y,
                        height=HEIGHT * 1.8,
                        em=em,
                        confidence=confidence,
                    )
                )
                y += 0.6 * step
            elif spec:
                found.append(line(spec, left, y, confidence=confidence))
        else:
            found += [line(text, x, y, confidence=confidence) for x, text in spec]
        y += step
    return found


def page(
    number: int,
    lines: Sequence[Line],
    *,
    file: str = "材料.pdf",
    file_page: int | None = None,
    kind: PageKind = PageKind.CONTENT,
    mode: Mode = Mode.DIGITAL,
    rotation: int = 0,
    readable: bool = True,
    seals: Sequence[Seal] = (),
    inks: Sequence[Ink] = (),
    duplicate_of: int | None = None,
    hidden: Sequence[Line] = (),
) -> PageReading:
    """A page of A4."""
    return PageReading(
        page=number,
        file=file,
        file_page=file_page or number,
        kind=kind,
        mode=mode,
        rotation=rotation,
        readable=readable,
        width=595.0,
        height=842.0,
        lines=tuple(lines),
        seals=tuple(seals),
        inks=tuple(inks),
        duplicate_of=duplicate_of,
        hidden=tuple(hidden),
    )
