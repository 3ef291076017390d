"""The public averages (R25): computed as of any day, and kept per entry for filters and sorting.

Counted are all evaluations of one provider on one list, also under its earlier entries: a cycle of one year
would never have enough terms. Averages are public from so many scored terms on as the bureau's policy says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.evaluations.rules import Average, Scores, average
from registry.jurisdictions.queries import lists_by_id
from registry.kernel.db import row, rows
from registry.policies import load


@dataclass(frozen=True, slots=True)
class TermRating:
    """The averages of one term."""

    school_year: int
    number: int
    of: Average


@dataclass(frozen=True, slots=True)
class Rating:
    """What the public sees: all terms together and each of them, the latest first."""

    overall: Average
    terms: tuple[TermRating, ...]


# An evaluation that counts on a day: heard, and not set aside by then.
_COUNTS = (
    "v.public_from <= {}::date AND v.state IN ('submitted', 'answered', 'void')"
    " AND (v.set_aside_on IS NULL OR v.set_aside_on > {}::date)"
)
_SAME = "x.provider = e.provider AND x.list = e.list"


async def ratings(entry_ids: Iterable[int], as_of: date) -> dict[int, Rating]:
    """The public ratings of some entries as of a day; those without enough scored terms are left out (R25).

    One query and one for the lists, whatever the number of entries. A page of a list (30 entries) may ask.
    """
    wanted = sorted(set(entry_ids))
    found = await rows(
        "SELECT e.id AS entry, e.list, v.school_year, v.term_number, v.quality, v.safety, v.conduct, v.satisfaction,"  # noqa: S608 -- constants of ours
        f" v.answers FROM entry e JOIN entry x ON {_SAME} JOIN evaluation v ON v.entry = x.id"
        f" WHERE e.id = ANY({{}}) AND {_COUNTS} ORDER BY e.id, v.school_year DESC, v.term_number DESC",
        wanted,
        as_of,
        as_of,
    )
    lists = await lists_by_id(one["list"] for one in found) if found else {}
    by_entry: dict[int, dict[tuple[int, int], list[Scores]]] = defaultdict(lambda: defaultdict(list))
    needed: dict[int, int] = {}
    for one in found:
        by_entry[one["entry"]][one["school_year"], one["term_number"]].append(_scores(one))
        needed[one["entry"]] = lists[one["list"]].policy.evaluation.scored_terms_for_average
    return {
        entry_id: _rating(terms) for entry_id, terms in by_entry.items() if len(terms) >= needed[entry_id]
    }


def _scores(one: dict[str, Any]) -> Scores:
    return Scores(one["quality"], one["safety"], one["conduct"], one["satisfaction"], one["answers"])


def _rating(terms: dict[tuple[int, int], list[Scores]]) -> Rating:
    overall = average(scores for given in terms.values() for scores in given)
    assert overall is not None
    each = []
    for (school_year, number), given in terms.items():
        of_term = average(given)
        assert of_term is not None
        each.append(TermRating(school_year, number, of_term))
    return Rating(overall, tuple(each))


async def rating(entry_id: int, as_of: date) -> Rating | None:
    """The public rating of one entry as of a day, None where there are not enough scored terms."""
    return (await ratings([entry_id], as_of)).get(entry_id)


async def scored_terms(entry_id: int, as_of: date) -> tuple[int, int]:
    """How many terms count for an entry on a day, and how many its averages need to be public."""
    found = await row(
        "SELECT count(DISTINCT (v.school_year, v.term_number)) FILTER (WHERE v.id IS NOT NULL) AS terms,"  # noqa: S608 -- constants of ours
        " min(b.policy_name) AS policy_name FROM entry e JOIN registry_list l ON l.id = e.list JOIN bureau b ON b.id = l.bureau"
        f" JOIN entry x ON {_SAME} LEFT JOIN evaluation v ON v.entry = x.id AND {_COUNTS} WHERE e.id = {{}}",
        as_of,
        as_of,
        entry_id,
    )
    if found is None or found["policy_name"] is None:
        return 0, 0
    return int(found["terms"]), load(found["policy_name"]).evaluation.scored_terms_for_average


async def refresh(entry_id: int, as_of: date) -> None:
    """Bring what is kept for filters and sorting up to date, for the entry and its siblings on the list.

    In the caller's transaction, under the lock on the entry.
    """
    siblings = await rows(
        f"SELECT x.id FROM entry e JOIN entry x ON {_SAME} WHERE e.id = {{}} ORDER BY x.id",  # noqa: S608 -- as above
        entry_id,
    )
    ids = [int(one["id"]) for one in siblings]
    known = await ratings(ids, as_of)
    await rows("DELETE FROM entry_rating WHERE entry = ANY({})", [one for one in ids if one not in known])
    for one, of in known.items():
        total = of.overall
        await rows(
            "INSERT INTO entry_rating (entry, terms, evaluations, overall, quality, safety, conduct, satisfaction,"
            " answers) VALUES ({}, {}, {}, {}, {}, {}, {}, {}::int, {}) ON CONFLICT (entry) DO UPDATE SET"
            " terms = excluded.terms, evaluations = excluded.evaluations, overall = excluded.overall,"
            " quality = excluded.quality, safety = excluded.safety, conduct = excluded.conduct,"
            " satisfaction = excluded.satisfaction, answers = excluded.answers",
            one,
            len(of.terms),
            total.evaluations,
            _hundredths(total.overall),
            _hundredths(total.quality),
            _hundredths(total.safety),
            _hundredths(total.conduct),
            None if total.satisfaction is None else _hundredths(total.satisfaction),
            total.answers,
        )


def _hundredths(value: float) -> int:
    return round(value * 100)
