"""A list as a file (.csv or .xlsx): its columns found by their headings, its rows read, its errors told by line.

A file is read whole or not at all: ``ListFile.rows`` is for an import only while ``errors`` is empty. Nothing is guessed
from content; a heading that is not known stays unused and is named.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from vetting.matching.model import Listing, ListKind, Person, SubjectType
from vetting.matching.normalise import name_key
from vetting.tables import CellProblem, Table, Unreadable, find_heading, read_table, suggest

MAX_CELL = 2_000

# Field -> headings, as the usual lists write them. Compared after ``name_key``, without what stands in brackets.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "list_id": ("list_id", "序号", "编号", "记录编号", "列入编号", "案号", "决定书文号", "id"),
    "list_name": ("list_name", "名单名称", "名单类型", "名单类别", "名单"),
    "subject_type": ("subject_type", "主体类型", "对象类型", "主体类别", "类型"),
    "name": (
        "name", "企业名称", "机构名称", "单位名称", "主体名称", "名称", "被执行人", "被执行人姓名/名称", "失信被执行人",
        "当事人", "当事人名称", "姓名", "姓名/名称", "失信主体名称", "公司名称",
    ),
    "former_names": ("former_names", "曾用名", "原名称", "曾用名称", "历史名称"),
    "credit_code": (
        "credit_code", "统一社会信用代码", "信用代码", "社会信用代码", "统一社会信用代码/注册号", "统一信用代码", "组织机构代码",
    ),
    "legal_representative": ("legal_representative", "法定代表人", "法人", "法人代表", "负责人", "法定代表人姓名", "经营者"),
    "legal_representative_id": (
        "legal_representative_id", "法定代表人身份证号", "法定代表人证件号码", "身份证号", "身份证号码", "证件号码", "公民身份号码",
        "法定代表人身份证件号码",
    ),
    "region_code": ("region_code", "行政区划代码", "区划代码", "行政区划"),
    "in_force_from": ("in_force_from", "列入日期", "生效日期", "决定日期", "发布日期", "列入时间", "立案日期", "立案时间"),
    "in_force_until": ("in_force_until", "届满日期", "截止日期", "有效期至", "列入期限", "到期日期", "有效期止"),
    "lifted_on": ("lifted_on", "移出日期", "解除日期", "移出时间", "修复日期"),
    "grounds": ("grounds", "列入事由", "案由", "列入原因", "事由", "违法事实", "失信行为", "具体情形", "失信被执行人行为具体情形"),
    "authority": ("authority", "列入机关", "作出决定机关", "决定机关", "执行法院", "列入部门", "认定部门"),
}  # fmt: skip
_LISTS = {
    "本地退出禁入名单": ListKind.OWN_BAN,
    "退出禁入名单": ListKind.OWN_BAN,
    "禁入名单": ListKind.OWN_BAN,
    "互认禁入名单": ListKind.RECOGNISED_BAN,
    "外地禁入名单": ListKind.RECOGNISED_BAN,
    "严重违法失信名单": ListKind.SERIOUS_VIOLATION,
    "严重违法失信企业名单": ListKind.SERIOUS_VIOLATION,
    "经营异常名录": ListKind.ABNORMAL_OPERATION,
    "失信被执行人": ListKind.JUDGMENT_DEBTOR,
    "失信被执行人名单": ListKind.JUDGMENT_DEBTOR,
    "行业黑名单": ListKind.INDUSTRY_BLACKLIST,
    "校外培训行业黑名单": ListKind.INDUSTRY_BLACKLIST,
}
_PERSONS = frozenset({"person", "自然人", "个人", "人员"})
_ORGANISATIONS = frozenset(
    {"organisation", "organization", "法人", "企业", "机构", "单位", "组织", "法人或其他组织", "非法人组织"}
)
_DATE = re.compile(r"^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[T ].*)?$")
_OPEN = frozenset({"", "长期", "无", "-", "--", "/", "永久"})


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with one line (1-based, the heading is a line too). ``field`` is empty for the whole file."""

    line: int
    field: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row that was read: its line in the file, the listing, and the authority that listed it."""

    line: int
    listing: Listing
    authority: str = ""


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list file as read.

    ``mapping`` is field -> heading, ``unused`` the headings that no field takes, ``columns`` all headings in the
    order of the file.
    """

    mapping: Mapping[str, str]
    unused: tuple[str, ...]
    rows: tuple[ListRow, ...]
    errors: tuple[RowError, ...]
    columns: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it may be imported."""
        return not self.errors


def list_kind(name: str) -> ListKind:
    """The kind of list that a list's name means; a name that is not known is ``OTHER``."""
    return _LISTS.get(name_key(name), ListKind.OTHER)


def suggest_mapping(headings: Sequence[str]) -> dict[str, int]:
    """Field -> column, by the headings. The first column that fits a field takes it."""
    return suggest(headings, HEADINGS)


def parse(
    content: bytes,
    *,
    kind: ListKind | None = None,
    list_name: str = "",
    mapping: Mapping[str, int] | None = None,
) -> ListFile:
    """Read a list file.

    ``kind`` and ``list_name`` say which list it is where the file has no column for it; ``mapping`` (field -> column,
    from 0) overrides what the headings suggest. Never raises on content: what is wrong becomes ``errors``.
    """
    try:
        read = read_table(content)
    except Unreadable as problem:
        return ListFile({}, (), (), (RowError(problem.line, "", problem.zh, problem.en),))
    table = read.lines
    start = find_heading(table, HEADINGS)
    if start is None:
        return ListFile(
            {}, (), (), (RowError(1, "", "文件中没有表头和数据。", "The file has no heading and no rows."),)
        )
    headings = table[start][1]
    columns = dict(suggest_mapping(headings) if mapping is None else mapping)
    named = {field: headings[column] for field, column in columns.items() if column < len(headings)}
    unused = tuple(h for i, h in enumerate(headings) if h and i not in columns.values())
    if "name" not in columns:
        line = table[start][0]
        problem_zh = "没有找到名称列（企业名称、机构名称、被执行人、姓名等），请指定列对应关系。"
        error = RowError(line, "name", problem_zh, "No column of names was found; map one.")
        return ListFile(named, unused, (), (error,), tuple(headings))
    rows: list[ListRow] = []
    errors = _cell_errors(read, table[start][0], columns)
    broken = {error.line for error in errors}
    seen: dict[str, int] = {}
    for line, cells in table[start + 1 :]:
        values = {field: cells[column] if column < len(cells) else "" for field, column in columns.items()}
        row = _row(line, values, kind, list_name)
        if isinstance(row, ListRow):
            first = seen.setdefault(row.listing.list_id, line)
            if first != line:
                zh = f"编号“{row.listing.list_id}”与第{first}行重复。"
                errors.append(RowError(line, "list_id", zh, f"The number repeats that of line {first}."))
            elif line not in broken:
                rows.append(row)
        elif line not in broken:
            errors.extend(row)
    return ListFile(named, unused, tuple(rows), tuple(sorted(errors, key=_line)), tuple(headings))


def _line(error: RowError) -> int:
    return error.line


def _cell_errors(table: Table, heading: int, columns: Mapping[str, int]) -> list[RowError]:
    """What cannot be read in the columns that count, below the heading; merged cells that reach into the heading too."""
    fields = {column: field for field, column in columns.items()}

    def counts(problem: CellProblem) -> bool:
        if problem.code == "merged":
            return problem.until >= heading
        return problem.line > heading and problem.column in fields

    return [
        RowError(problem.line, fields.get(problem.column, ""), problem.zh, problem.en)
        for problem in table.problems
        if counts(problem)
    ]


def _row(
    line: int, values: Mapping[str, str], kind: ListKind | None, list_name: str
) -> ListRow | list[RowError]:
    """One row, or everything that is wrong with it."""
    errors: list[RowError] = []
    name = values.get("name", "").strip()
    if not name_key(name):
        errors.append(RowError(line, "name", "名称为空。", "The name is empty."))
    for field, value in values.items():
        if len(value) > MAX_CELL:
            errors.append(
                RowError(line, field, f"内容超过{MAX_CELL}字。", f"Longer than {MAX_CELL} characters.")
            )
    dates: dict[str, date | None] = {}
    for field in ("in_force_from", "in_force_until", "lifted_on"):
        try:
            dates[field] = _date(values.get(field, ""))
        except ValueError:
            dates[field] = None
            errors.append(
                RowError(
                    line, field, "日期无法识别，应为2024-03-01这样的格式。", "Not a date like 2024-03-01."
                )
            )
    begins, ends = dates["in_force_from"], dates["in_force_until"]
    if begins is not None and ends is not None and ends < begins:
        errors.append(RowError(line, "in_force_until", "届满日期早于列入日期。", "It ends before it begins."))
    subject_type = _subject_type(values, name)
    if subject_type is None:
        errors.append(
            RowError(line, "subject_type", "主体类型应为机构或自然人。", "Neither organisation nor person.")
        )
    if errors or subject_type is None:
        return errors
    stated = values.get("list_name", "").strip() or list_name
    representative = values.get("legal_representative", "").strip()
    if subject_type is SubjectType.PERSON and not representative:
        representative = name
    listing = Listing(
        list_id=values.get("list_id", "").strip() or f"L{line}",
        kind=kind if kind is not None else list_kind(stated),
        subject_type=subject_type,
        name=name,
        list_name=stated,
        former_names=tuple(
            n for n in (p.strip() for p in re.split(r"[;；、\n]", values.get("former_names", ""))) if n
        ),
        credit_code=values.get("credit_code", "").strip(),
        legal_representative=Person(representative, values.get("legal_representative_id", "").strip()),
        region_code=values.get("region_code", "").strip(),
        in_force_from=begins,
        in_force_until=ends,
        lifted_on=dates["lifted_on"],
        grounds=values.get("grounds", "").strip(),
    )
    return ListRow(line, listing, values.get("authority", "").strip())


def _subject_type(values: Mapping[str, str], name: str) -> SubjectType | None:
    """What the row lists. Without a column for it: a short name without code and representative is a person."""
    stated = name_key(values.get("subject_type", ""))
    if stated in _PERSONS:
        return SubjectType.PERSON
    if stated in _ORGANISATIONS:
        return SubjectType.ORGANISATION
    if stated:
        return None
    alone = not values.get("credit_code", "").strip() and not values.get("legal_representative", "").strip()
    plain = len(name_key(name)) <= 4 or "·" in name
    return SubjectType.PERSON if alone and plain else SubjectType.ORGANISATION


def _date(raw: str) -> date | None:
    """A day as lists write it; None for an open end.

    Raises:
        ValueError: it is no day.
    """
    text = unicodedata.normalize("NFKC", raw).strip()
    if text in _OPEN:
        return None
    found = _DATE.match(text)
    if found is None:
        raise ValueError("not a date")
    return date(int(found[1]), int(found[2]), int(found[3]))
