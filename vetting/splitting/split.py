"""From pages to documents: type, pages, and where on its pages each one stands."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from vetting.model import Box, PageKind, PageReading
from vetting.splitting.classify import ENOUGH, Evidence
from vetting.splitting.kinds import BY_TYPE, Kind
from vetting.splitting.parts import Part, parts_of
from vetting.text.layout import Sheet
from vetting.text.normalise import compare_key

_CERTAIN = 10.0
_CLEARLY_OTHER = 5.0
_NAMED = 3.0
_ID_FRONT = re.compile(r"公民身份|性别.{0,4}民族")
_ID_BACK = re.compile(r"签发机关|有效期限")

# What providers call their files. A name is a hint, the page decides where it can be read.
_FILE_WORDS: tuple[tuple[str, str], ...] = (
    ("application_form", "申请表|申报表"),
    ("private_nonenterprise_certificate", "民办非企业|民非"),
    ("social_organization_certificate", "社会团体|社团"),
    ("name_change_notice", "变更"),
    ("authorization_letter", "委托书|授权"),
    ("business_licence", "营业执照"),
    ("teacher_roster", "名册|教师名单|师资名单|教师一览"),
    ("resident_id", "身份证"),
    ("teacher_qualification", "教师资格"),
    ("sports_instructor_certificate", "体育指导员"),
    ("heritage_inheritor_certificate", "传承人|非遗"),
    ("skill_certificate", "技能|职业资格"),
    ("annual_inspection", "年检|年报|年度检查|年度报告"),
    ("service_plan", "方案|简介|宣传"),
    ("commitment", "承诺"),
    ("school_licence", "办学许可"),
    ("no_criminal_record_certificate", "无犯罪|犯罪记录"),
    ("labour_contract", "劳动合同|聘用合同"),
)


@dataclass(slots=True)
class Bundle:
    """A document found: its parts in page order. ``readable`` is False where only its file name tells it."""

    kind: Kind
    file: str
    parts: list[Part] = field(default_factory=list)
    score: float = 0.0
    readable: bool = True
    pages: list[int] = field(default_factory=list)

    @property
    def first_page(self) -> int:
        """First page, counted through all files."""
        return min(self.pages)

    @property
    def last_page(self) -> int:
        """Last page, counted through all files."""
        return max(self.pages)

    @property
    def sheets(self) -> list[Sheet]:
        """Its parts as sheets of words."""
        return [p.sheet for p in self.parts]

    @property
    def regions(self) -> Mapping[int, Box]:
        """Where on each page it stands."""
        return {p.page: p.box for p in self.parts}

    @property
    def confidence(self) -> float:
        """How sure its type is, 0 to 1."""
        return min(1.0, self.score / _CERTAIN)


@dataclass(frozen=True, slots=True)
class Split:
    """Documents in page order, and the content pages that belong to none."""

    bundles: tuple[Bundle, ...]
    unassigned: tuple[int, ...]


def kind_of_file_name(name: str) -> Kind | None:
    """The type a file name tells (08_年检情况.pdf), or None."""
    key = compare_key(name)
    return next((BY_TYPE[t] for t, words in _FILE_WORDS if re.search(words, key)), None)


def split(pages: Iterable[PageReading]) -> Split:
    """Documents of an application, in any order, several on a page, several pages to one.

    Blank and duplicate pages are skipped. A page that cannot be read is given to a document only where
    its own file says what it is.
    """
    splitter = _Splitter(list(pages))
    return splitter.run()


class _Splitter:
    def __init__(self, pages: Sequence[PageReading]) -> None:
        self.pages = pages
        self.bundles: list[Bundle] = []
        self.unassigned: list[int] = []
        names = {p.file for p in pages}
        self.named = {n: kind_of_file_name(n) for n in names} if len(names) > 1 else dict.fromkeys(names)

    def run(self) -> Split:
        for page in self.pages:
            if page.kind is not PageKind.CONTENT:
                continue
            if not page.readable:
                self._unreadable(page)
                continue
            for part in parts_of(Sheet.of(page)):
                self._place(page, part)
        self._join_cards()
        ordered = sorted(self.bundles, key=lambda b: (b.first_page, b.parts[0].box[1] if b.parts else 0.0))
        return Split(tuple(ordered), tuple(dict.fromkeys(self.unassigned)))

    def _unreadable(self, page: PageReading) -> None:
        kind = self.named.get(page.file)
        last = self.bundles[-1] if self.bundles else None
        if last and last.file == page.file and last.kind.many_pages and kind is last.kind:
            last.pages.append(page.page)
        elif kind:
            self.bundles.append(Bundle(kind, page.file, score=_NAMED, readable=False, pages=[page.page]))

    def _place(self, page: PageReading, part: Part) -> None:
        last = self._before(page)
        kind, score = self._judge(page, part)
        if last is not None and self._continues(last, part, kind):
            last.parts.append(part)
            last.pages.append(part.page)
        elif kind is not None:
            self.bundles.append(Bundle(kind, page.file, [part], score, pages=[part.page]))
        else:
            self.unassigned.append(part.page)

    def _before(self, page: PageReading) -> Bundle | None:
        """The document that this page would go on with: the last one, if it is in the same file."""
        last = self.bundles[-1] if self.bundles else None
        return (
            last
            if last
            and last.file == page.file
            and not (self.unassigned and self.unassigned[-1] > last.last_page)
            else None
        )

    def _judge(self, page: PageReading, part: Part) -> tuple[Kind | None, float]:
        named = self.named.get(page.file)
        verdict = part.verdict
        if named is not None:
            own = part.evidence.of(named.type)
            if own.score + _NAMED >= ENOUGH and (verdict is None or own.score + _NAMED >= verdict.score):
                return named, own.score + _NAMED
            if verdict is None and page.file_page == 1:
                return named, _NAMED
        return (verdict.kind, verdict.score) if verdict else (None, 0.0)

    def _continues(self, last: Bundle, part: Part, kind: Kind | None) -> bool:
        if not last.kind.many_pages and not last.kind.prose:
            return False
        evidence = part.evidence
        titled = (
            evidence.best is not None
            and evidence.best.title is not None
            and evidence.best.title.weight >= ENOUGH
        )
        numbered = _follows(last, evidence)
        if titled:
            return kind is last.kind and numbered
        if kind is last.kind or numbered:
            return True
        if (
            evidence.best is not None
            and evidence.best.score >= evidence.of(last.kind.type).score + _CLEARLY_OTHER
        ):
            return False
        if last.kind.prose:
            return evidence.prose_rows >= 1
        return kind is None and _same_table(last, part)

    def _join_cards(self) -> None:
        """Front and back of an identity card on two pages or two places are one document."""
        cards = [b for b in self.bundles if b.kind.type == "resident_id" and b.parts]
        for one, two in itertools.pairwise(cards):
            if two.first_page - one.last_page > 1:
                continue
            if _side(one) != _side(two) and "both" not in (_side(one), _side(two)) and one in self.bundles:
                one.parts.extend(two.parts)
                one.pages.extend(two.pages)
                self.bundles.remove(two)


def _follows(last: Bundle, evidence: Evidence) -> bool:
    number = evidence.page_number
    before = last.parts[-1].evidence.page_number if last.parts else None
    return number is not None and before is not None and number == before + 1


def _same_table(last: Bundle, part: Part) -> bool:
    """A table without a heading goes on where its rows begin in the same columns."""
    if not last.parts or not part.sheet.rows:
        return False
    before = {round(w.box[0], 2) for r in last.parts[-1].sheet.rows for w in r.words}
    here = [w for r in part.sheet.rows[:4] for w in r.words]
    near = sum(1 for w in here if any(abs(w.box[0] - x) <= 0.012 for x in before))
    return len(here) >= 4 and near >= 0.7 * len(here)


def _side(bundle: Bundle) -> str:
    text = "".join(r.key for s in bundle.sheets for r in s.rows)
    front, back = bool(_ID_FRONT.search(text)), bool(_ID_BACK.search(text))
    return "both" if front and back else "front" if front else "back"
