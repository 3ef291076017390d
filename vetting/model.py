"""The nouns of vetting: what is handed in, what was read, what was found.

Pure values, no I/O. Boxes are ``(x0, y0, x1, y1)`` as fractions (0..1) of the *upright* page,
measured from its top left corner. Pages are 1-based and counted through all files of one application.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

Box = tuple[float, float, float, float]

WHOLE_PAGE: Box = (0.0, 0.0, 1.0, 1.0)


class Severity(StrEnum):
    """How a finding weighs: it stops, it asks for a look, or it tells."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


class PageKind(StrEnum):
    """What a page is to the application."""

    CONTENT = "content"
    BLANK = "blank"
    DUPLICATE = "duplicate"


class Mode(StrEnum):
    """Where the text of a page came from."""

    DIGITAL = "digital"
    SCANNED = "scanned"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One uploaded file. ``name`` is the name the provider gave it; ``item`` (1..8, R6) where known."""

    path: Path
    name: str
    item: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A run of text on a page, with its box and the reader's confidence (0..1).

    ``corrected_from`` holds the raw reading where a code was corrected under its check character.
    ``level`` is where the line would stand were the sheet not skewed or in perspective: group rows and
    columns by it (``layout``), show people ``box``. ``at`` and ``sure`` are, per character of ``text``,
    its middle along the line (0..1 from the left) and how sure it is; empty where that is not known.
    """

    text: str
    box: Box
    confidence: float = 1.0
    corrected_from: str | None = None
    level: Box | None = None
    at: tuple[float, ...] = ()
    sure: tuple[float, ...] = ()

    @property
    def layout(self) -> Box:
        """The box to reason about rows and columns with: straightened where that is known."""
        return self.level or self.box


@dataclass(frozen=True, slots=True)
class Seal:
    """A stamp of an organisation found on a page (red or, on grey and 1-bit scans, by its ring)."""

    box: Box
    confidence: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Ink:
    """A patch of handwriting (pen strokes that are not print); ``text`` is what it seems to say, or ""."""

    box: Box
    confidence: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class PageReading:
    """Everything that was read from one page.

    ``rotation`` is how far clockwise (0/90/180/270) the page appears turned in a viewer that honours
    /Rotate; turning it back by that much makes it upright. ``lines`` are in reading order on the upright
    page. ``hidden`` is text in the file that a viewer does not show. ``problem`` says in one word why a
    page could not be read (``blurred``, ``too_large``, ``render_failed`` ...), else None.
    """

    page: int
    file: str
    file_page: int
    kind: PageKind
    mode: Mode
    rotation: int
    readable: bool
    width: float
    height: float
    lines: tuple[Line, ...] = ()
    seals: tuple[Seal, ...] = ()
    inks: tuple[Ink, ...] = ()
    duplicate_of: int | None = None
    hidden: tuple[Line, ...] = ()
    confidence: float = 1.0
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class FileNote:
    """What intake saw of a file that a person should know (``javascript``, ``attachment``, ``repaired`` ...)."""

    file: str
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A field read from a document: its normalised value and where it stands.

    ``corrected_from`` is the raw reading where a code was corrected under its check character (R4).
    """

    value: Any
    confidence: float
    page: int
    box: Box
    raw: str = ""
    corrected_from: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document found in the pages: its type (names of the corpus README), pages and fields."""

    id: str
    type: str
    file: str
    first_page: int
    last_page: int
    fields: Mapping[str, FieldValue]
    confidence: float = 1.0
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a finding was read."""

    document: str | None
    page: int | None
    box: Box | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a check. ``code`` includes what follows the colon; ``params`` fill its sentence."""

    code: str
    severity: Severity
    rule: str
    message: str
    evidence: tuple[Evidence, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Teacher:
    """A teacher as typed into the form (R6 item 5)."""

    name: str
    id_number: str = ""
    certificate_type: str = ""
    certificate_number: str = ""
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """What the provider typed. Absent facts are empty and lead to no finding."""

    name: str = ""
    credit_code: str = ""
    legal_representative: str = ""
    legal_representative_id: str = ""
    registered_address: str = ""
    business_scope: str = ""
    brand: str = ""
    categories: tuple[str, ...] = ()
    teachers: tuple[Teacher, ...] = ()
    former_names: tuple[str, ...] = ()
    agent_name: str = ""
    agent_id: str = ""
    courses: tuple[str, ...] = ()
    annual_inspections: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VettingPolicy:
    """The part of a policy that vetting needs (R30). Severities override the catalogue by finding code.

    ``per_teacher``: which of the required materials each teacher hands in.
    """

    required_materials: tuple[str, ...]
    categories: tuple[str, ...]
    severities: Mapping[str, Severity] = field(default_factory=dict)
    per_teacher: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Submission:
    """All that vetting is given. ``as_of`` is the deadline (R10); nothing reads the clock."""

    files: tuple[SourceFile, ...]
    form: Form | None
    as_of: date
    cycle_ends: date
    inspection_years: tuple[int, ...]
    policy: VettingPolicy


@dataclass(frozen=True, slots=True)
class VettingResult:
    """What vetting says of one application."""

    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]
    pages: tuple[PageReading, ...]
    notes: tuple[FileNote, ...] = ()
    engine: str = ""


class Refused(Exception):
    """A file that is not taken at all.

    ``code`` is stable (``not_a_pdf``, ``encrypted``, ``too_many_pages`` ...); ``message`` says in Chinese
    what is wrong and what to do.
    """

    def __init__(self, code: str, message: str, file: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.file = file
