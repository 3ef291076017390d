"""Evaluations as they are read, and their locks (R25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from registry.evaluations.lifecycle import SCORED
from registry.evaluations.rules import Scores
from registry.kernel import events
from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound
from registry.kernel.sealed import unseal


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One contract in one term. ``satisfaction`` is None where no parent answered; sealed words stay closed here."""

    id: int
    state: str
    contract_id: int
    contract_number: str
    contract_policy: str
    course_title: str
    school_id: int
    school_name: str
    entry_id: int
    entry_name: str
    list_id: int
    provider_id: int
    bureau_id: int
    policy_name: str
    school_year: int
    term_number: int
    term_starts_on: date
    term_ends_on: date
    served_from: date
    served_until: date
    opens_on: date
    due_on: date
    quality: int | None
    safety: int | None
    conduct: int | None
    satisfaction: int | None
    answers: int | None
    words_sealed: bytes | None
    submitted_on: date | None
    answer_until: date | None
    answer_sealed: bytes | None
    answered_on: date | None
    public_from: date | None
    set_aside_on: date | None
    set_aside_reason: str

    @property
    def chains(self) -> tuple[str, ...]:
        """The event chains of the list's bureau and of the provider."""
        return (events.bureau_chain(self.bureau_id), events.provider_chain(self.provider_id))

    @property
    def scores(self) -> Scores | None:
        """The scores, None before it is scored."""
        if self.quality is None or self.safety is None or self.conduct is None or self.answers is None:
            return None
        return Scores(self.quality, self.safety, self.conduct, self.satisfaction, self.answers)

    @property
    def words(self) -> str:
        """What the school wrote, opened: for the school, the provider and the bureau."""
        return unseal(self.words_sealed, "evaluation.words") if self.words_sealed else ""

    @property
    def answer(self) -> str:
        """What the provider says to it, opened: for the same three."""
        return unseal(self.answer_sealed, "evaluation.answer") if self.answer_sealed else ""

    def overdue(self, as_of: date) -> bool:
        """Whether the school has let the last day pass."""
        return self.state == "due" and as_of > self.due_on

    def shown_state(self, as_of: date) -> str:
        """The state as pages name it: overdue and not yet open follow from the day."""
        if self.state != "due":
            return self.state
        return "overdue" if self.overdue(as_of) else "due" if as_of >= self.opens_on else "upcoming"

    def may_answer(self, as_of: date) -> bool:
        """Whether the provider may still say something to it; it then counts towards the averages."""
        return self.state == "submitted" and (self.answer_until is None or as_of <= self.answer_until)

    def may_revise(self, as_of: date) -> bool:
        """Whether the school may still correct it: nobody has answered to it or seen it in public."""
        return self.state == "submitted" and (self.public_from is None or as_of < self.public_from)

    @property
    def scored(self) -> bool:
        """Whether it holds scores that count."""
        return self.state in SCORED


SELECT = """
SELECT v.id, v.state, v.contract AS contract_id, c.number AS contract_number, c.policy::text AS contract_policy,
       c.course_title, c.school AS school_id, k.name AS school_name, v.entry AS entry_id, e.name AS entry_name,
       e.list AS list_id, e.provider AS provider_id, l.bureau AS bureau_id, b.policy_name, v.school_year,
       v.term_number, v.term_starts_on, v.term_ends_on, v.served_from, v.served_until, v.opens_on, v.due_on,
       v.quality, v.safety, v.conduct, v.satisfaction, v.answers, v.words_sealed, v.submitted_on, v.answer_until,
       v.answer_sealed, v.answered_on, v.public_from, v.set_aside_on, v.set_aside_reason
FROM evaluation v JOIN contract c ON c.id = v.contract JOIN school k ON k.id = c.school
JOIN entry e ON e.id = v.entry JOIN registry_list l ON l.id = e.list JOIN bureau b ON b.id = l.bureau
"""


async def load(evaluation_id: int) -> Evaluation:
    """One evaluation, whoever asks. Raises NotFound."""
    found = await row(f"{SELECT} WHERE v.id = {{}}", evaluation_id)
    if found is None:
        raise NotFound("没有找到这项评价")
    return Evaluation(**found)


async def lock(evaluation_id: int) -> Evaluation:
    """Load and lock an evaluation inside the caller's transaction, its entry's row first. Raises NotFound."""
    found = await load(evaluation_id)
    await rows("SELECT id FROM entry WHERE id = {} FOR UPDATE", found.entry_id)
    await rows("SELECT id FROM evaluation WHERE id = {} FOR UPDATE", evaluation_id)
    return await load(evaluation_id)
