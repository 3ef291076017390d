"""Acts of the machine: contracts of schools, exit cases, bans and appeals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from registry.contracts import drafting, signing
from registry.exits import appeals, deciding, overturning, reporting
from registry.exits.reporting import Report
from registry.kernel.actor import Actor
from registry.kernel.years import add_years
from registry.policies.vocabulary import Ground
from tests.integration.machine.acts import Acts

GROUNDS = (Ground.SUBCONTRACTED, Ground.UNLAWFUL_CONDUCT, Ground.FALSE_CREDENTIALS)
_CONTRACT = """
SELECT c.state, c.school, e.provider, c.starts_on, c.ends_on FROM contract c JOIN entry e ON e.id = c.entry
WHERE c.id = {}
"""
_CASE = """
SELECT x.state, x.bureau, e.provider, x.proposal FROM exit_case x JOIN entry e ON e.id = x.entry WHERE x.id = {}
"""


class Contracts(Acts):
    """Schools draft and offer, providers sign."""

    def offer_contract(self) -> bool:
        """With everything the school can do; perhaps too long, too late, or of the other list."""
        record = self.pick("entry", "listed")
        if record is None:
            return False
        own = self.world.bureau_of_entry(record).district
        school = self.some([own.school, own.township])
        if self.chance(0.05):
            school = self.some(self.world.bureaux).district.school
        starts_on = self.world.day + timedelta(days=self.dice.choice([-1, 0, 0, 1, 3, 20, 200]))
        ends_on = add_years(starts_on, self.dice.randint(0, 2)) + timedelta(days=self.dice.randint(-1, 60))
        self.do("offer", self.world.prepare_contract(school, record, starts_on, max(starts_on, ends_on)))
        return True

    def sign(self) -> bool:
        """Whenever; also while the provider is suspended, banned or gone."""
        record = self.pick("contract", "offered")
        if record is not None:
            self.do("sign", signing.sign(self._provider(record), record))
        return record is not None

    def change_contract(self) -> bool:
        """Take back, decline, change the terms, offer again, cancel."""
        record = self.pick("contract", "offered", "draft")
        if record is None:
            return False
        found = self.world.one(_CONTRACT, record)
        school = self._school(found["school"])
        match self.dice.randrange(5):
            case 0:
                self.do("take_back", signing.take_back(school, record))
            case 1:
                self.do("decline", signing.decline(self._provider(record), record, "请修改"))
            case 2:
                later = found["ends_on"] + timedelta(days=self.dice.randint(-5, 300))
                terms = drafting.Terms("arts", "少儿书法", found["starts_on"], later, 4000)
                self.do("change_terms", drafting.change_terms(school, record, terms))
            case 3:
                self.do("offer_again", signing.offer(school, record))
            case _:
                self.do("cancel", signing.cancel(school, record, "不再需要"))
        return True

    def terminate(self) -> bool:
        """On an exit ground, which opens a case and suspends, or because both agreed."""
        record = self.pick("contract", "signed")
        if record is None:
            return False
        school = self._school(self.world.one(_CONTRACT, record)["school"])
        ground = self.some(GROUNDS) if self.chance(0.6) else None
        self.do("terminate", reporting.terminate_contract(school, record, ground=ground, reason="终止"))
        return True

    def _provider(self, contract_id: int) -> Actor:
        if self.chance(0.05):
            return self.some(self.world.applicants).firm.actor
        return self.world.applicant(self.world.one(_CONTRACT, contract_id)["provider"]).firm.actor

    def _school(self, school_id: int) -> Actor:
        schools = [s for b in self.world.bureaux for s in (b.district.school, b.district.township)]
        return next(one for one in schools if school_id in one.school_ids)


class Exits(Acts):
    """Cases are opened, answered, decided by two people, appealed."""

    def report(self) -> bool:
        """By a school or by the bureau itself; a second one joins."""
        record = self.pick("entry", "listed", "suspended", "withdrawn")
        if record is None:
            return False
        bureau = self.world.bureau_of_entry(record)
        ground = self.some(GROUNDS)
        if self.chance(0.5):
            who = self.official(bureau, bureau.reviewers + bureau.approvers)
            self.do("open_case", reporting.open_case(who, record, Report(ground, "事实", source="bureau")))
        else:
            district = bureau.district
            made = Report(ground, "事实", school_id=district.school_id)
            self.do("report", reporting.report(district.school, record, made))
        return True

    def handle_case(self) -> bool:
        """The next step in a case, mostly by whom it is for."""
        record = self.pick("exit_case", "open", "proposed")
        if record is None:
            return False
        found = self.world.one(_CASE, record)
        bureau = self.world.bureau_of(found["bureau"])
        reviewer, approver = (self.official(bureau, who) for who in (bureau.reviewers, bureau.approvers))
        verdict: Any = "dismiss" if self.chance(0.3) else "uphold"
        if self.chance(0.08):
            self.do("send_case_back", deciding.send_back(approver, record, "退回"))
        elif found["state"] == "proposed":
            follows = verdict if self.chance(0.1) else found["proposal"]
            self.do(f"decide_{follows}", deciding.decide(approver, record, follows, "决定"))
        elif self.chance(0.4):
            own = self.world.applicant(found["provider"]).firm.actor
            self.do("answer_case", deciding.answer(own, record, "陈述"))
        else:
            ground = self.some(GROUNDS)
            self.do("propose", deciding.propose(reviewer, record, verdict, ground, "意见"))
        return True

    def appeal_succeeds(self) -> bool:
        """The decision of a case is appealed against, maintained, or set aside by two people."""
        record = self.pick("exit_case", "upheld", "overturning")
        if record is None:
            return False
        found = self.world.one(_CASE, record)
        bureau = self.world.bureau_of(found["bureau"])
        approver = self.official(bureau, bureau.approvers)
        if found["state"] == "overturning":
            if self.chance(0.15):
                self.do("send_overturn_back", overturning.send_back(approver, record, "退回"))
            else:
                self.do("overturn", overturning.overturn(approver, record, "复议撤销"))
        elif self.chance(0.2):
            own = self.world.applicant(found["provider"]).firm.actor
            self.do("appeal", appeals.lodge(own, record, "不服"))
        elif self.chance(0.2):
            self.do("refuse_appeal", appeals.refuse(approver, record, "维持"))
        else:
            proposer = self.official(bureau, bureau.reviewers + bureau.approvers)
            self.do("propose_overturn", overturning.propose(proposer, record, "复议撤销"))
        return True
