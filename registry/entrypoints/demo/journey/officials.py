"""What officials do: review, publish, confirm, suspend, decide."""

from __future__ import annotations

from registry.entrypoints.demo.journey.browser import Page, Person, Unexpected
from registry.entrypoints.demo.journey.world import Account


def address_of(application_id: int) -> str:
    """The decision page of an application."""
    return f"/bureau/applications/{application_id}"


def overrule_blocks(person: Person, application_id: int, reason: str) -> int:
    """Set every blocking finding aside; returns how many there were."""
    done = 0
    while True:
        page = person.open(address_of(application_id))
        blocks = page.tree.xpath(
            "//form[contains(@action, '/overrule')][ancestor::*[contains(@class, 'red')]]"
        )
        if not blocks:
            return done
        action = blocks[0].get("action")
        number = action.split("/findings/")[1].split("/")[0]
        person.press(page, action, {f"reason-{number}": reason})
        done += 1


def recommend(person: Person, application_id: int, *, expect: int | None = 200) -> Page:
    """Recommend listing."""
    page = person.open(address_of(application_id))
    fields = {"outcome": "shortlist", "reason": "材料齐全，信息一致，建议拟入围。"}
    return person.press(page, "/recommend", fields, expect=expect)


def decide(person: Person, account: Account, application_id: int, *, expect: int | None = 200) -> Page:
    """Approve a recommendation, with the password again."""
    page = person.open(f"{address_of(application_id)}/decide?outcome=shortlist")
    fields = {"outcome": "shortlist", "reason": "同意初审意见。", "password": account.password}
    return person.press(page, "/decide", fields, expect=expect)


def publish(person: Person, account: Account, round_id: int, application_id: int, title: str) -> Page:
    """Publish a notice; returns its page."""
    page = person.open(f"/bureau/notices/preview?round={round_id}&application={application_id}&title={title}")
    return person.press(
        page, "/bureau/notices/new", {"reason": "拟入围机构公示。", "password": account.password}
    )


def confirm_listing(
    person: Person, account: Account, application_id: int, *, expect: int | None = 200
) -> Page:
    """Confirm the listing of an application whose notice has passed."""
    page = person.open(f"/bureau/entries/waiting/{application_id}")
    fields = {"reason": "公示期满无异议，确认入库。", "password": account.password}
    return person.press(page, f"/waiting/{application_id}", fields, expect=expect)


def entry_act(person: Person, account: Account, entry_id: int, act: str, reason: str) -> Page:
    """Suspend or reinstate an entry."""
    page = person.open(f"/bureau/entries/{entry_id}/{act}")
    return person.press(page, f"/{entry_id}/{act}", {"reason": reason, "password": account.password})


def decide_exit(reviewer: Person, approver: Person, account: Account, case_id: int) -> Page:
    """Propose and decide a case: upheld."""
    page = reviewer.open(f"/bureau/exits/{case_id}")
    fields = {
        "verdict": "uphold",
        "ground": "subcontracted",
        "reason": "学校证据充分，机构承认转包，建议认定退出。",
    }
    reviewer.press(page, "/propose", fields)
    page = approver.open(f"/bureau/exits/{case_id}/decide?verdict=uphold")
    fields = {
        "verdict": "uphold",
        "reason": "事实清楚、证据充分，同意移出备选库。",
        "password": account.password,
    }
    return approver.press(page, f"/{case_id}/decide", fields)


def number_in(path: str) -> int:
    """The last number of an address. Raises Unexpected for none."""
    for part in reversed(path.split("/")):
        if part.isdigit():
            return int(part)
    raise Unexpected(f"no number in {path}")
