"""Acts of the machine: notices, objections, listings, lists of others and acts on entries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from registry.kernel.actor import Actor
from registry.kernel.db import rows
from registry.notices import commands as notices
from registry.notices import objections
from registry.notices.objections import ObjectionInput
from registry.notices.rules import ObjectorKind
from registry.whitelist import commands as whitelist
from registry.whitelist.lifecycle import Cause
from registry.whitelist.list_imports import import_list
from registry.whitelist.listing import list_application
from tests.factories.lists import list_file
from tests.integration.machine.acts import Acts

_ITEMS = """
SELECT i.id, l.bureau FROM notice_item i JOIN notice n ON n.id = i.notice JOIN registry_list l ON l.id = n.list
JOIN application a ON a.id = i.application WHERE a.state = ANY({}) ORDER BY i.id DESC LIMIT 8
"""
_OPEN = """
SELECT i.id FROM notice_item i JOIN notice n ON n.id = i.notice JOIN application a ON a.id = i.application
WHERE a.state = 'on_notice' AND i.taken_off_on IS NULL AND n.passes_from > {} ORDER BY i.id DESC LIMIT 8
"""
_OBJECTION = """
SELECT o.state, o.proposal, l.bureau, a.provider FROM objection o JOIN notice_item i ON i.id = o.item
JOIN notice n ON n.id = i.notice JOIN registry_list l ON l.id = n.list JOIN application a ON a.id = i.application
WHERE o.id = {}
"""
_OBJECTORS = (
    ObjectionInput(ObjectorKind.PERSON, "甘语晴", "19900005678", "去年收费未退"),
    ObjectionInput(ObjectorKind.ORGANISATION, "某家长委员会", "19900005678", "教师无证", sealed=True),
    ObjectionInput(ObjectorKind.PERSON, "", "", "匿名反映"),
)
_PASSED = """
SELECT a.id FROM application a JOIN notice_item i ON i.application = a.id AND i.taken_off_on IS NULL
JOIN notice n ON n.id = i.notice WHERE a.state = 'on_notice' AND n.passes_from <= {} ORDER BY a.id
"""


class Notices(Acts):
    """Approvers publish, take off, correct."""

    def publish_notice(self) -> bool:
        """All that are shortlisted in a round, or one of them."""
        found = self.world.run(
            rows("SELECT id, round FROM application WHERE state = 'shortlisted' ORDER BY id")
        )
        if not found:
            return False
        round_id = self.some(found)["round"]
        chosen = [one["id"] for one in found if one["round"] == round_id][: 1 if self.chance(0.2) else 9]
        bureau = self.world.bureau_of_application(chosen[0])
        who = self.official(bureau, bureau.approvers)
        self.do("publish_notice", notices.publish(who, round_id, chosen, "公示"))
        return True

    def change_notice(self) -> bool:
        """Somebody is taken off, disqualified, or published again with facts put right."""
        # Seldom: whoever always leaves a notice meets neither an objection nor a listing.
        found = self.world.run(rows(_ITEMS, ["on_notice"])) if self.chance(0.15) else []
        if not found:
            return False
        item = self.some(found)
        bureau = self.world.bureau_of(item["bureau"])
        who = self.official(bureau, bureau.approvers)
        match self.dice.randrange(3):
            case 0:
                self.do("take_off", notices.take_off(who, item["id"], "撤下"))
            case 1:
                self.do("disqualify", notices.disqualify(who, item["id"], "取消资格"))
            case _:
                self.do(
                    "republish",
                    notices.republish_corrected(who, item["id"], "更正公示", "更正", name="更正后的名称"),
                )
        return True


class Objections(Acts):
    """Anyone objects; two people rule."""

    def object_to(self) -> bool:
        """Mostly to somebody on notice."""
        states = ["on_notice"]
        if self.chance(0.15):
            states += ["shortlisted", "listed", "rejected", "withdrawn"]
        found = self.world.run(rows(_ITEMS, states))
        still_open = [] if self.chance(0.1) else self.world.run(rows(_OPEN, self.world.day))
        found = still_open or found
        if found:
            self.do("object", objections.file(Actor.public(), self.some(found)["id"], self.some(_OBJECTORS)))
        return bool(found)

    def handle_objection(self) -> bool:
        """The next step in an objection, mostly by whom it is for."""
        record = self.pick("objection", "open", "proposed")
        if record is None:
            return False
        found = self.world.one(_OBJECTION, record)
        bureau = self.world.bureau_of(found["bureau"])
        reviewer, approver = (self.official(bureau, who) for who in (bureau.reviewers, bureau.approvers))
        ruling: Any = "uphold" if self.chance(0.2) else "dismiss"
        if self.chance(0.1):
            self.do("send_objection_back", objections.send_back(approver, record, "退回"))
        elif found["state"] == "proposed":
            ruling = ruling if self.chance(0.1) else found["proposal"]
            self.do("rule", objections.decide(approver, record, ruling, "决定"))
        elif self.chance(0.1):
            self.do("refuse_admission", objections.refuse_admission(reviewer, record, "不予受理"))
        elif self.chance(0.3):
            own = self.world.applicant(found["provider"]).firm.actor
            self.do("answer_objection", objections.answer(own, record, "答复"))
        else:
            self.do("propose_ruling", objections.propose(reviewer, record, ruling, "意见"))
        return True


class Entries(Acts):
    """Listings are confirmed; entries are suspended, come back, are left."""

    def confirm_listing(self) -> bool:
        """Mostly where the notice has passed; perhaps too early, perhaps over an objection."""
        passed = [] if self.chance(0.1) else self.world.run(rows(_PASSED, self.world.day))
        record = self.some(passed)["id"] if passed else self.pick("application", "on_notice")
        if record is None:
            return False
        bureau = self.world.bureau_of_application(record)
        self.do("list", list_application(self.official(bureau, bureau.approvers), record, "公示期满"))
        return True

    def suspend(self) -> bool:
        """By the bureau, for its own cause."""
        record = self.pick("entry", "listed", "suspended")
        if record is None:
            return False
        bureau = self.world.bureau_of_entry(record)
        who = self.official(bureau, bureau.approvers)
        self.do("suspend", whitelist.suspend(who, record, cause=Cause.BUREAU, reason="暂停"))
        return True

    def reinstate(self) -> bool:
        """The bureau's own cause is over."""
        record = self.pick("entry", "suspended")
        if record is None:
            return False
        bureau = self.world.bureau_of_entry(record)
        who = self.official(bureau, bureau.approvers)
        self.do("reinstate", whitelist.reinstate(who, record, cause=Cause.BUREAU, reason="恢复"))
        return True

    def leave_the_list(self) -> bool:
        """At the provider's wish."""
        record = self.pick("entry", "listed", "suspended")
        if record is None:
            return False
        provider = self.world.one("SELECT provider FROM entry WHERE id = {}", record)["provider"]
        self.do("leave", whitelist.withdraw(self.world.applicant(provider).firm.actor, record, "退出"))
        return True

    def registration_is_renewed(self) -> bool:
        """The last valid day of a registration becomes known: soon, or never."""
        until = None if self.chance(0.4) else self.world.day + timedelta(days=self.dice.randint(0, 60))
        provider = self.some(self.world.applicants).firm.id
        self.world.run(rows("UPDATE provider SET registered_until = {}::date WHERE id = {}", until, provider))
        return True

    def list_is_imported(self) -> bool:
        """Some of the providers are on it, by their codes; who was and is not any more left it."""
        bureau = self.some(self.world.bureaux)
        kind = self.some(
            ["serious_violation", "serious_violation", "industry_blacklist", "abnormal_operation"]
        )
        lines = [
            {"名称": one.facts.name, "统一社会信用代码": one.firm.code}
            for one in self.world.applicants
            if self.chance(0.2)
        ]
        lines.append({"名称": "柳州无关机构", "统一社会信用代码": ""})
        file = list_file(*lines)
        self.do("import_list", import_list(bureau.admin, bureau.district.bureau_id, kind, "名单.csv", file))
        return True
