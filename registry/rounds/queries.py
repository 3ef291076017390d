"""Reading rounds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound
from registry.policies import Policy, thaw
from registry.rounds.rules import RoundFacts, RoundPhase, round_phase


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round with its list and bureau. ``policy`` is the frozen one, None while it is a draft."""

    id: int
    list_id: int
    list_name: str
    bureau_id: int
    bureau_name: str
    bureau_division: str
    title: str
    state: str
    opens_on: date
    deadline: date
    cycle_ends_on: date
    inspection_years: tuple[int, ...]
    categories: tuple[str, ...]
    supplementary: bool
    policy_name: str
    policy: Policy | None

    @property
    def facts(self) -> RoundFacts:
        """What the rules ask of a round."""
        return RoundFacts(self.opens_on, self.deadline, self.state == "published", self.state == "cancelled")

    def phase(self, as_of: date) -> RoundPhase:
        """Draft, upcoming, open, closed or cancelled on a day."""
        return round_phase(self.facts, as_of)

    @property
    def rules(self) -> Policy:
        """The frozen policy. Raises NotFound for a draft, which has none yet."""
        if self.policy is None:
            raise NotFound("这个批次尚未发布")
        return self.policy


@dataclass(frozen=True, slots=True)
class RoundSummary:
    """A round in a list, without its policy."""

    id: int
    list_name: str
    title: str
    state: str
    opens_on: date
    deadline: date
    cycle_ends_on: date
    supplementary: bool
    policy_name: str

    def phase(self, as_of: date) -> RoundPhase:
        """Draft, upcoming, open, closed or cancelled on a day."""
        facts = RoundFacts(self.opens_on, self.deadline, self.state == "published", self.state == "cancelled")
        return round_phase(facts, as_of)


_SELECT = """
SELECT r.id, r.list AS list_id, l.name AS list_name, l.bureau AS bureau_id, b.name AS bureau_name,
       b.division AS bureau_division, r.title, r.state, r.opens_on, r.deadline, r.cycle_ends_on,
       r.inspection_years, r.categories, r.supplementary, r.policy_name, r.policy
FROM round r JOIN registry_list l ON l.id = r.list JOIN bureau b ON b.id = l.bureau
"""


def _view(found: dict[str, Any]) -> RoundView:
    frozen = found["policy"]
    policy = thaw(json.loads(frozen)) if frozen else None
    return RoundView(
        **{
            **found,
            "policy": policy,
            "inspection_years": tuple(found["inspection_years"]),
            "categories": tuple(found["categories"]),
        }
    )


async def get(round_id: int) -> RoundView:
    """One round. Raises NotFound."""
    found = await row(f"{_SELECT} WHERE r.id = {{}}", round_id)
    if found is None:
        raise NotFound("没有找到这个遴选批次")
    return _view(found)


async def open_rounds(as_of: date) -> list[RoundView]:
    """Rounds that take applications on a day or will soon, the nearest deadline first."""
    found = await rows(
        f"{_SELECT} WHERE r.state = 'published' AND r.deadline >= {{}} ORDER BY r.deadline, r.id LIMIT 100",
        as_of,
    )
    return [_view(r) for r in found]


async def of_bureaux(bureau_ids: Sequence[int]) -> list[RoundView]:
    """The rounds of some bureaux, the latest first (at most 200)."""
    found = await rows(
        f"{_SELECT} WHERE l.bureau = ANY({{}}) ORDER BY r.opens_on DESC, r.id DESC LIMIT 200",
        list(bureau_ids),
    )
    return [_view(r) for r in found]


async def summaries(bureau_ids: Sequence[int]) -> list[RoundSummary]:
    """The rounds of some bureaux without their policies, the latest first (at most 200)."""
    found = await rows(
        "SELECT r.id, l.name AS list_name, r.title, r.state, r.opens_on, r.deadline, r.cycle_ends_on, r.supplementary,"
        " r.policy_name FROM round r JOIN registry_list l ON l.id = r.list WHERE l.bureau = ANY({})"
        " ORDER BY r.opens_on DESC, r.id DESC LIMIT 200",
        list(bureau_ids),
    )
    return [RoundSummary(**one) for one in found]
