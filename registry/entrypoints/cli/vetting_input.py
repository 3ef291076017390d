"""What the vetting commands are given: files, the typed form, the policy. No server, no database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from registry.checks.policy import vetting_policy
from registry.policies import Policy, PolicyError, load
from vetting.model import Form, SourceFile, Submission, Teacher
from vetting.text.dates import parse_date

FORM_FILE = "application.json"


class UsageError(Exception):
    """The command was not called rightly; the message says what to do (exit status 2)."""


@dataclass(frozen=True, slots=True)
class Given:
    """What an ``application.json`` says of an application; other keys are ignored."""

    form: Form | None = None
    deadline: date | None = None
    inspection_years: tuple[int, ...] | None = None


def read_policy(name: str) -> Policy:
    """The policy of that name. Raises UsageError where there is none."""
    try:
        return load(name)
    except PolicyError as error:
        raise UsageError(str(error)) from error


def submission(path: Path, given: Given, policy: Policy, as_of: date | None) -> Submission:
    """One application: a PDF, or a folder whose PDFs in name order are counted through."""
    day = as_of or given.deadline or datetime.now(ZoneInfo("Asia/Shanghai")).date()
    years = given.inspection_years
    if years is None:
        years = tuple(range(day.year - policy.inspection.years, day.year))
    return Submission(
        files=source_files(path),
        form=given.form,
        as_of=day,
        cycle_ends=_years_later(day, policy.cycle_years),
        inspection_years=years,
        policy=vetting_policy(policy),
    )


def source_files(path: Path) -> tuple[SourceFile, ...]:
    """The files of one application. Raises UsageError where there are none."""
    if path.is_dir():
        files = sorted(p for p in path.iterdir() if p.is_file() and p.suffix.lower() == ".pdf")
        if not files:
            raise UsageError(f"文件夹里没有 PDF 文件 | no PDF in this folder: {path}")
        return tuple(SourceFile(p, p.name) for p in files)
    if not path.is_file():
        raise UsageError(f"没有这个文件或文件夹 | no such file or folder: {path}")
    return (SourceFile(path, path.name),)


def read_form(path: Path) -> Given:
    """``form``, ``deadline`` and ``inspection_years`` of a file. Raises UsageError where it cannot be read."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UsageError(f"读不了申报信息文件 | cannot read the form: {path}: {error}") from error
    if not isinstance(data, dict):
        raise UsageError(f"申报信息应为 JSON 对象 | the form must be a JSON object: {path}")
    try:
        typed = data.get("form")
        return Given(
            form=_form(typed) if isinstance(typed, dict) else None,
            deadline=_day(data.get("deadline")),
            inspection_years=_years(data.get("inspection_years")),
        )
    except (ValueError, TypeError, AttributeError) as error:
        raise UsageError(f"申报信息有误 | the form is not as expected: {path}: {error}") from error


def _form(data: Mapping[str, Any]) -> Form:
    agent = data.get("agent") or data.get("authorized_agent")
    agent = agent if isinstance(agent, dict) else {"name": agent}
    return Form(
        name=_text(data, "name"),
        credit_code=_text(data, "credit_code"),
        legal_representative=_text(data, "legal_representative"),
        legal_representative_id=_text(data, "legal_representative_id"),
        registered_address=_text(data, "registered_address"),
        business_scope=_text(data, "business_scope"),
        categories=tuple(str(c) for c in data.get("categories") or ()),
        teachers=tuple(_teacher(t) for t in data.get("teachers") or ()),
        former_names=_texts(data.get("former_names") or data.get("former_name")),
        agent_name=_text(data, "agent_name") or _text(agent, "name"),
        agent_id=_text(data, "agent_id") or _text(data, "agent_id_number") or _text(agent, "id_number"),
        courses=_texts(data.get("courses")),
        annual_inspections={str(k): str(v) for k, v in (data.get("annual_inspections") or {}).items()},
    )


def _teacher(data: Mapping[str, Any]) -> Teacher:
    return Teacher(
        name=_text(data, "name"),
        id_number=_text(data, "id_number"),
        certificate_type=_text(data, "certificate_type"),
        certificate_number=_text(data, "certificate_number"),
        valid_until=parse_date(_text(data, "valid_until")),
    )


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    return "" if value is None else str(value)


def _texts(value: Any) -> tuple[str, ...]:
    """Names or courses, given as one text, a list of texts, or a list of objects with a title."""
    if value is None:
        return ()
    items: Sequence[Any] = [value] if isinstance(value, str) else list(value)
    titles = [i if isinstance(i, str) else str(i.get("title") or i.get("name") or "") for i in items]
    return tuple(t for t in titles if t)


def _day(value: Any) -> date | None:
    return None if value is None else date.fromisoformat(str(value))


def _years(value: Any) -> tuple[int, ...] | None:
    return None if value is None else tuple(int(year) for year in value)


def _years_later(day: date, years: int) -> date:
    """29 February is 28 February where there is none (R23)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
