"""Bans (R28, R31): how long they last, where they reach, whom they stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from registry.kernel.terms import Term
from registry.kernel.years import add_years
from registry.policies.vocabulary import Reach

NATION = "000000"
# GB/T 2260: in these provinces-level cities the middle digits name no prefecture.
_MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
# GB/T 2260: counties kept directly by a province carry 90 where others have their prefecture.
_DIRECT_COUNTY = "90"


@dataclass(frozen=True, slots=True)
class BanPeriod:
    """Last banned day, and the day from which the provider may apply again."""

    last_day: date
    may_apply_from: date


def ban_period(decided_on: date, years: int) -> BanPeriod:
    """How long a ban of ``years`` years lasts that was decided on a day (R28, Civil Code art. 202).

    It is in force from the decision; the years count from the day after. Raises ``ValueError`` where
    ``years`` is not positive or the end cannot be written as a date.
    """
    if years < 1:
        raise ValueError("a ban lasts at least one year")
    last_day = add_years(decided_on, years)
    try:
        return BanPeriod(last_day, last_day + timedelta(days=1))
    except OverflowError:
        raise ValueError("the ban ends after the last day that can be written") from None


@dataclass(frozen=True, slots=True)
class BanFacts:
    """What the rules need of a ban. ``reach`` and ``bureau_division`` are division codes."""

    decided_on: date
    last_day: date
    reach: str
    bureau_division: str
    overturned_on: date | None = None


@dataclass(frozen=True, slots=True)
class ListFacts:
    """What the rules need of a list: its bureau's division, and whose bans its policy recognises."""

    bureau_division: str
    recognised: tuple[str, ...] = ()


class Bearing(Term):
    """What a ban means for an application to a list."""

    NONE = "none", "不在禁入期"
    INFO = "info", "其他地区的禁入，仅作提示"
    BARS = "bars", "禁入期内，不得申报"


def in_force(ban: BanFacts, as_of: date) -> bool:
    """Whether the ban holds on ``as_of``: from the decision to its last day, unless overturned (R28)."""
    if ban.overturned_on is not None and as_of >= ban.overturned_on:
        return False
    return ban.decided_on <= as_of <= ban.last_day


def bars(ban: BanFacts, on: ListFacts, as_of: date) -> Bearing:
    """Whether the ban stops an application to a list on ``as_of`` (R28, R31)."""
    if not in_force(ban, as_of):
        return Bearing.NONE
    if covers(ban.reach, on.bureau_division):
        return Bearing.BARS
    if any(covers(division, ban.bureau_division) for division in on.recognised):
        return Bearing.BARS
    return Bearing.INFO


class Link(Term):
    """What ties an applicant to a ban strongly enough to refuse it at submission (R28)."""

    CREDIT_CODE = "credit_code", "统一社会信用代码相同"
    LEGAL_REPRESENTATIVE = "legal_representative", "法定代表人与被禁入机构的法定代表人为同一人"


def strong_link(
    *, ban_code: str, ban_representative: str | None, code: str, representative: str | None
) -> Link | None:
    """The strong link between a ban and an applicant, or None.

    Codes are normalised; representatives are full ID numbers or equal-valued stand-ins of them (blind
    indexes), None where unknown. Weaker links are for screening.
    """
    if ban_code and ban_code == code:
        return Link.CREDIT_CODE
    if ban_representative and ban_representative == representative:
        return Link.LEGAL_REPRESENTATIVE
    return None


def covers(outer: str, inner: str) -> bool:
    """Whether the division ``inner`` lies in the division ``outer`` or is the same (GB/T 2260 codes)."""
    return inner.startswith(_significant(outer))


def reach_division(reach: Reach, bureau_division: str) -> str:
    """The division in which a ban holds that a bureau of ``bureau_division`` decides (R31)."""
    province, prefecture = bureau_division[:2], bureau_division[2:4]
    if reach is Reach.NATION:
        return NATION
    if reach is Reach.PROVINCE:
        return f"{province}0000"
    if reach is Reach.CITY and prefecture != _DIRECT_COUNTY:
        return f"{province}0000" if province in _MUNICIPALITIES else f"{province}{prefecture}00"
    return bureau_division


def _significant(code: str) -> str:
    """The digits of a code that name a place, without the zeros that fill it up."""
    for length in (9, 6):
        if len(code) > length and not code[length:].strip("0"):
            code = code[:length]
    while len(code) <= 6 and code.endswith("00"):
        code = code[:-2]
    return code
