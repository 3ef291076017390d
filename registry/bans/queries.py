"""Reading bans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from registry.bans.rules import BanFacts, Bearing, Link, ListFacts, bars, strong_link
from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound
from registry.policies import load
from registry.policies.vocabulary import Ground


@dataclass(frozen=True, slots=True)
class BarringBan:
    """A ban that stands against an application, with what is public of it (R28)."""

    id: int
    name: str
    credit_code: str
    ground: str
    authority: str
    decided_on: date
    last_day: date
    link: Link

    @property
    def may_apply_from(self) -> date:
        """The first day on which the banned provider may apply again."""
        return self.last_day + timedelta(days=1)

    @property
    def ground_name(self) -> str:
        """The ground in the words officials use; a gettext msgid."""
        return next((ground.zh for ground in Ground if ground == self.ground), self.ground)


async def ban_that_bars(
    credit_code: str,
    legal_rep_id_index: str | None,
    list_id: int,
    as_of: date,
    *,
    recognised: tuple[str, ...] | None = None,
) -> BarringBan | None:
    """The ban that bars an applicant from a list on a day, the longest first (R28, R31).

    ``credit_code`` is normalised, ``legal_rep_id_index`` the blind index of the full ID number (None where
    unknown). ``recognised`` are the divisions whose bans count besides (those of the round's policy); without
    it the policy in force at the list's bureau is asked. Raises NotFound for an unknown list.
    """
    place = await row(
        "SELECT b.division, b.policy_name FROM registry_list l JOIN bureau b ON b.id = l.bureau WHERE l.id = {}",
        list_id,
    )
    if place is None:
        raise NotFound("没有找到这个备选库")
    if recognised is None:
        recognised = load(place["policy_name"]).ban.recognised
    found = await rows(
        """
        SELECT n.id, n.name, n.credit_code, n.legal_representative_id_index AS representative, n.ground,
               b.name AS authority, n.decided_on, n.last_day, n.overturned_on, n.reach, b.division
        FROM ban n JOIN bureau b ON b.id = n.bureau
        WHERE (n.credit_code = {} OR n.legal_representative_id_index = {}) AND n.last_day >= {}
        ORDER BY n.last_day DESC, n.id
        """,
        credit_code,
        legal_rep_id_index,
        as_of,
    )
    on = ListFacts(bureau_division=place["division"], recognised=recognised)
    for ban in found:
        facts = BanFacts(
            decided_on=ban["decided_on"],
            last_day=ban["last_day"],
            reach=ban["reach"],
            bureau_division=ban["division"],
            overturned_on=ban["overturned_on"],
        )
        link = strong_link(
            ban_code=ban["credit_code"],
            ban_representative=ban["representative"],
            code=credit_code,
            representative=legal_rep_id_index,
        )
        if link is not None and bars(facts, on, as_of) is Bearing.BARS:
            return BarringBan(
                id=ban["id"],
                name=ban["name"],
                credit_code=ban["credit_code"],
                ground=ban["ground"],
                authority=ban["authority"],
                decided_on=ban["decided_on"],
                last_day=ban["last_day"],
                link=link,
            )
    return None
