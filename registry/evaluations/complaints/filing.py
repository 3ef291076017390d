"""Filing a complaint about a listed provider: anybody may, without an account (R25)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from registry.documents import commands as documents
from registry.documents.commands import PutFile
from registry.evaluations.complaints.deadlines import until
from registry.evaluations.lifecycle import Topic
from registry.evaluations.tables import Complaint
from registry.jurisdictions.queries import ListView, get_list
from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import FieldError, Invalid, NotFound, RuleRefusal, TooMany
from registry.kernel.receipts import new_number, secret_for, secret_hash
from registry.kernel.sealed import seal, seal_json
from registry.notifications.commands import accounts_of, notify
from registry.policies.model import ComplaintPolicy
from registry.whitelist.commands import LockedEntry, lock_entry
from registry.whitelist.queries import EntryView, get_entry
from registry.whitelist.rules import StatusKind

Kind = Literal["person", "organisation"]
MAX_FACTS = 5000
MAX_FILES = 3
# More than this in an hour about one provider is a machine, not parents: nothing is asked of the sender to tell.
_HOURLY = 30
_LIVE = frozenset({StatusKind.LISTED, StatusKind.SUSPENDED, StatusKind.LAPSED})


@dataclass(frozen=True, slots=True)
class ComplaintInput:
    """What a complainant hands in; ``contract_id`` where it is about one school's contract."""

    kind: Kind
    name: str
    contact: str
    topic: Topic
    facts: str
    contract_id: int | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the complainant keeps to follow the case; the secret is stored only as a hash."""

    complaint_id: int
    number: str
    secret: str


@dataclass(frozen=True, slots=True)
class Target:
    """A contract that a complaint may be about: public facts only."""

    contract_id: int
    school_name: str
    course_title: str
    ends_on: date


async def may_complain(entry: EntryView, as_of: date) -> bool:
    """Whether a provider may be complained about: it is listed, or still serves a school under its entry."""
    if entry.kind in _LIVE:
        return True
    return any(one.ends_on >= as_of for one in await targets(entry.id, as_of))


async def targets(entry_id: int, as_of: date) -> list[Target]:
    """The contracts under an entry that began and run, or ended within the last year, by school (at most 300)."""
    found = await rows(
        "SELECT c.id AS contract_id, k.name AS school_name, c.course_title, least(c.ends_on, c.terminated_on) AS ends_on"
        " FROM contract c JOIN school k ON k.id = c.school WHERE c.entry = {} AND c.state IN ('signed', 'terminated')"
        " AND c.starts_on <= {} AND least(c.ends_on, c.terminated_on) >= {}::date - 366 ORDER BY k.name, c.id LIMIT 300",
        entry_id,
        as_of,
        as_of,
    )
    return [Target(**one) for one in found]


def unmet(given: ComplaintInput, conditions: ComplaintPolicy) -> list[FieldError]:
    """What is missing of what the policy asks a complaint to carry, at the fields of the form (R25)."""
    errors = []
    if len(given.facts.strip()) < 10:
        errors.append(FieldError("facts", "请写明时间、地点和具体事实，至少 10 个字"))
    if len(given.facts) > MAX_FACTS:
        errors.append(FieldError("facts", "事实最多 %(max)s 字，请缩短或上传附件", {"max": str(MAX_FACTS)}))
    if not given.name.strip() and (given.kind == "organisation" or conditions.real_name_required):
        errors.append(
            FieldError("name", "以单位名义投诉的，请填写单位名称")
            if given.kind == "organisation"
            else FieldError("name", "本地规则要求署真实姓名")
        )
    if not given.contact.strip() and conditions.contact_required:
        errors.append(FieldError("contact", "本地规则要求留下联系方式，以便核实和回复"))
    return errors


async def require_room(entry_id: int) -> None:
    """Raises TooMany where so much was filed about a provider within the hour that no person can have done it."""
    now = real_now()
    found = await row(
        "SELECT count(*) AS n, min(filed_at) AS first FROM complaint WHERE entry = {} AND filed_at > {}",
        entry_id,
        now - timedelta(hours=1),
    )
    if found is not None and found["n"] >= _HOURLY:
        left = found["first"] + timedelta(hours=1) - now
        raise TooMany(
            "一小时内对这家机构的投诉过多，请稍后再提交，或直接联系教育局",
            retry_after=max(60, int(left.total_seconds())),
        )


async def file(
    actor: Actor,
    entry_id: int,
    given: ComplaintInput,
    *,
    browser: str = "",
    evidence: Sequence[PutFile] = (),
) -> Receipt:
    """File a complaint about a listed provider (R25).

    ``browser`` is a token of the sender's browser: what it sends twice is one complaint with one receipt.
    ``evidence`` are stored files; they are recorded and kept with it. Raises Invalid for what the policy asks and
    is missing, RuleRefusal for a provider that is not listed and serves nobody, TooMany, NotFound.
    """
    as_of = await today()
    shown = await get_entry(entry_id, as_of)
    of_list = await get_list(shown.list_id)
    if not of_list.public or shown.kind is StatusKind.NOT_YET:
        raise NotFound("没有找到这个名单条目")
    errors = unmet(given, of_list.policy.complaint)
    if errors:
        raise Invalid(fields=errors)
    if not await may_complain(shown, as_of):
        raise RuleRefusal(
            "这家机构已不在册，也没有正在履行的合同，不能再投诉。请直接联系教育局",
            code="not_listed",
            rule="R25",
        )
    if given.contract_id is not None:
        known = {one.contract_id for one in await targets(entry_id, as_of)}
        if given.contract_id not in known:
            raise Invalid(fields=[FieldError("contract", "请从列表中选择学校，或选择不确定")])
    async with transaction():
        entry = await lock_entry(entry_id)
        content = (
            entry_id,
            given.kind,
            given.name,
            given.contact,
            given.topic.value,
            given.facts,
            given.contract_id,
        )
        secret = secret_for(content, browser, "complaint.receipt")
        again = await row(
            "SELECT id, receipt_number FROM complaint WHERE entry = {} AND receipt_secret_hash = {}",
            entry_id,
            secret_hash(secret),
        )
        if again is not None:
            return Receipt(int(again["id"]), str(again["receipt_number"]), secret)
        await require_room(entry_id)
        made = await _insert(given, entry, of_list, secret, as_of)
        for one in evidence:
            await documents.retain(
                [await documents.record(Actor.public(), one, owner="complaint", owner_id=made.complaint_id)]
            )
        await events.record(
            # Who complains is sealed: the event says only that somebody did.
            Actor.public(),
            subject="complaint",
            subject_id=made.complaint_id,
            action="file",
            chains=entry.chains[:1],
            to_state="filed",
            data={"entry": entry_id, "topic": given.topic.value},
        )
        await notify(
            await accounts_of(bureau_id=entry.bureau_id, roles=[Role.REVIEWER, Role.APPROVER]),
            key=f"complaint-filed-{made.complaint_id}",
            subject=f"收到投诉 {made.number}：{entry.name}",
            body="请在期限内决定是否受理。",
            link=f"/bureau/complaints/{made.complaint_id}",
        )
    return made


async def _insert(
    given: ComplaintInput, entry: LockedEntry, of_list: ListView, secret: str, as_of: date
) -> Receipt:
    made = Complaint(
        receipt_number=new_number("TS", as_of),
        receipt_secret_hash=secret_hash(secret),
        bureau=entry.bureau_id,
        entry=entry.id,
        contract=given.contract_id,
        kind=given.kind,
        topic=given.topic.value,
        identity_sealed=seal_json(
            {"name": given.name.strip(), "contact": given.contact.strip()}, "complaint.identity"
        ),
        facts_sealed=seal(given.facts.strip(), "complaint.facts"),
        state="filed",
        filed_on=as_of,
        filed_at=real_now(),
        accept_until=await until(of_list.policy, of_list.policy.complaint.acceptance_days, as_of),
    )
    await made.save()
    return Receipt(int(made.id), str(made.receipt_number), secret)
