"""Acts of the machine: days, rounds, applications and their review."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

from registry.applications import commands as applications
from registry.applications import queries
from registry.checks import commands as checks
from registry.entrypoints import sweep
from registry.kernel.actor import Actor
from registry.kernel.db import rows
from registry.review import commands as review
from registry.rounds import commands as rounds
from registry.screening.jobs import follow as follow_applications
from registry.whitelist import list_hits
from tests.integration.machine.acts import Acts

# The next days on which something changes by itself.
_DAYS = """
SELECT DISTINCT day FROM (
    SELECT opens_on AS day FROM round UNION ALL SELECT deadline + 1 FROM round UNION ALL SELECT passes_from FROM notice
    UNION ALL SELECT correction_until + 1 FROM application UNION ALL SELECT starts_on FROM contract
    UNION ALL SELECT answer_until + 1 FROM exit_case UNION ALL SELECT answer_until + 1 FROM objection
    UNION ALL SELECT ends_on + 1 FROM entry
    UNION ALL SELECT last_day + 1 FROM ban UNION ALL SELECT registered_until + 1 FROM provider) d
WHERE day > {} AND day <= {} ORDER BY day LIMIT 3
"""
_ROUND = "SELECT r.deadline, l.bureau FROM round r JOIN registry_list l ON l.id = r.list WHERE r.id = {}"
_CAUGHT_UP_DAYS = 9


class Days(Acts):
    """Time passes; its sweep comes at once, a week late or not at all."""

    swept = False

    def days_pass(self) -> bool:
        """Some days, or up to one of the next on which something changes; seldom years."""
        if self.chance(0.5):
            self.world.move_to(self.world.day + timedelta(days=self.dice.randint(1, 6)))
            return True
        reach = timedelta(days=900 if self.chance(0.08) else 30)
        found = self.world.run(rows(_DAYS, self.world.day, self.world.day + reach))
        if found:
            self.world.move_to(self.some(found)["day"])
        return bool(found)

    def sweep_comes(self) -> bool:
        """After a stop of years only the last days are caught up: each of them asks for everything that is due."""
        earliest = self.world.day - timedelta(days=_CAUGHT_UP_DAYS)
        self.world.run(rows("UPDATE sweep_state SET swept_until = greatest(swept_until, {})", earliest))
        self.do("sweep", sweep.catch_up())
        self.swept = True
        return True

    def minute_jobs_run(self) -> bool:
        """What follows a changed list, ban or provider."""
        self.do("follow", follow_applications() if self.chance(0.5) else list_hits.follow())
        return True


class Rounds(Acts):
    """Administrators set up rounds."""

    def set_up_round(self) -> bool:
        """A new round, mostly published at once."""
        bureau = self.some(self.world.bureaux)
        draft = self.world.round_draft(bureau, self.dice.choice([0, 0, 0, 2]), self.dice.randint(0, 20))
        made = self.do("create_round", rounds.create(self.official(bureau, [bureau.admin]), draft))
        if made is not None and self.chance(0.9):
            self.do("publish_round", rounds.publish(bureau.admin, made))
        return True

    def change_round(self) -> bool:
        """Extend, publish or, seldom, cancel one."""
        record = self.pick("round", "published", "draft")
        if record is None:
            return False
        found = self.world.one(_ROUND, record)
        bureau = self.world.bureau_of(found["bureau"])
        who = self.official(bureau, [bureau.admin])
        if self.chance(0.1):
            self.do("cancel_round", rounds.cancel(who, record, "取消"))
        elif self.chance(0.1):
            self.do("publish_round", rounds.publish(who, record))
        else:
            later = found["deadline"] + timedelta(days=self.dice.randint(-1, 9))
            self.do("extend_round", rounds.extend(who, record, later, "延长"))
        return True


class Applications(Acts):
    """Providers apply, correct, withdraw, ask for a second look."""

    def apply(self) -> bool:
        """Start an application, mostly in a round that is open, and mostly hand it in."""
        found = self.world.run(
            rows(
                "SELECT id FROM round ORDER BY state = 'published' AND {} BETWEEN opens_on AND deadline DESC, id DESC"
                " LIMIT 3",
                self.world.day,
            )
        )
        applicant = self.some(self.world.applicants)
        made = self.do(
            "start", self.world.start(applicant, self.some(found[: 3 if self.chance(0.1) else 2])["id"])
        )
        if made is not None and self.chance(0.85):
            self.do("submit", applications.submit(applicant.firm.actor, made))
        return True

    def submit(self) -> bool:
        """Hand in a draft, perhaps too late or again."""
        return self._by_applicant("submit", ["draft"], applications.submit)

    def withdraw_application(self) -> bool:
        """From any state."""
        states = ["draft", "in_review", "correction", "shortlisted", "on_notice"]
        return self._by_applicant("withdraw", states, lambda a, i: applications.withdraw(a, i, "撤回"))

    def resubmit(self) -> bool:
        """Correct and hand in again."""

        async def again(actor: Actor, application_id: int) -> None:
            form, version = await queries.working_form(application_id)
            changed = form.model_copy(update={"business_scope": f"文化艺术培训 {version}"})
            await applications.save_form(actor, application_id, changed, version)
            await applications.resubmit(actor, application_id)

        return self._by_applicant("resubmit", ["correction"], again)

    def ask_second_look(self) -> bool:
        """After a rejection."""
        return self._by_applicant("ask", ["rejected"], lambda a, i: review.ask_second_look(a, i, "请复核"))

    def _by_applicant(
        self, name: str, states: Sequence[str], act: Callable[[Actor, int], Awaitable[Any]]
    ) -> bool:
        record = self.pick("application", *states)
        if record is None:
            return False
        own = self.some(self.world.applicants) if self.chance(0.05) else self.world.applicant_of(record)
        self.do(name, act(own.firm.actor, record))
        return True


class Review(Acts):
    """Vetting finishes, reviewers and approvers act."""

    def vet(self) -> bool:
        """The job runs, seldom with a blocking finding or a failure."""
        record = self.pick("application", "submitted", "vetting")
        if record is None:
            return False
        if self.chance(0.08):
            self.do("vet_fails", self.world.fail_vetting(record))
        else:
            self.do("vet", self.world.vet(record, blocking=self.chance(0.1)))
        return True

    def vet_again(self) -> bool:
        """A reviewer has it read anew."""
        return self._by("vet_again", ["in_review"], False, lambda a, i: checks.vet_again(a, i, "重新核验"))

    def overrule(self) -> bool:
        """Set a blocking finding aside."""
        found = self.world.run(
            rows("SELECT id, application FROM finding WHERE overruled_by IS NULL ORDER BY id DESC LIMIT 4")
        )
        if not found:
            return False
        one = self.some(found)
        bureau = self.world.bureau_of_application(one["application"])
        self.do("overrule", checks.overrule(self.official(bureau, bureau.reviewers), one["id"], "误判"))
        return True

    def request_correction(self) -> bool:
        """Send back to the provider."""
        return self._by(
            "request_correction",
            ["in_review"],
            False,
            lambda a, i: review.request_correction(a, i, [0, 1], "请补正"),
        )

    def recommend(self) -> bool:
        """Mostly to shortlist."""
        outcome: Any = "reject" if self.chance(0.12) else "shortlist"
        by_hand = self.chance(0.5)
        return self._by(
            "recommend", ["in_review"], False,
            lambda a, i: review.recommend(a, i, outcome, "意见", checked_by_hand=by_hand),
        )  # fmt: skip

    def decide(self) -> bool:
        """By the second person, perhaps the same one."""
        outcome: Any = "reject" if self.chance(0.12) else "shortlist"
        by_hand = self.chance(0.5)
        return self._by(
            "decide", ["recommended"], True,
            lambda a, i: review.decide(a, i, outcome, "决定", checked_by_hand=by_hand),
        )  # fmt: skip

    def hand_back(self) -> bool:
        """A recommendation goes back to the reviewer."""
        return self._by("send_back", ["recommended"], True, lambda a, i: review.send_back(a, i, "退回"))

    def revoke(self) -> bool:
        """A shortlisting is taken back before the notice."""
        return self._by("revoke", ["shortlisted"], True, lambda a, i: review.revoke(a, i, "取消"))

    def answer_second_look(self) -> bool:
        """Granted, mostly."""
        if self.chance(0.8):
            return self._by("grant", ["rejected"], True, lambda a, i: review.grant_second_look(a, i, "受理"))
        return self._by("refuse", ["rejected"], True, lambda a, i: review.refuse_second_look(a, i, "不受理"))

    def _by(
        self, name: str, states: Sequence[str], approves: bool, act: Callable[[Actor, int], Awaitable[Any]]
    ) -> bool:
        record = self.pick("application", *states)
        if record is None:
            return False
        bureau = self.world.bureau_of_application(record)
        self.do(name, act(self.official(bureau, bureau.approvers if approves else bureau.reviewers), record))
        return True
