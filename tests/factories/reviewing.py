"""A bureau with a published round and applications in review, as vetting leaves them. Everything is fictional.

Rows of the rooms below the review are written directly (no OCR in these tests); review, notices and listing act by
their commands.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from registry.accounts.tables import Account
from registry.applications.form import Agent, ApplicationForm, Contact, Course, Teacher
from registry.applications.tables import Application, ApplicationFile, Submission
from registry.checks.tables import FindingRow, VettingRun
from registry.documents.tables import StoredFile
from registry.jurisdictions.tables import Bureau, RegistryList
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import rows
from registry.kernel.sealed import blind_index, seal, seal_json
from registry.policies import freeze, load
from registry.providers.tables import Provider
from registry.review import commands as review
from registry.rounds.tables import Round
from tests.factories.listed import account, credit_code, resident_id, set_day

MONDAY = date(2022, 6, 27)
NOW = datetime(2022, 6, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PASSWORD = "a-good-password"
_serial = count(5000)


@dataclass(frozen=True)
class Flag:
    """A finding as vetting writes it, with one place in the first file."""

    code: str = "licence_expired"
    severity: str = "block"
    rule: str = "R10"
    message: str = "营业执照已于 %(day)s 到期"
    params: dict[str, str] = field(default_factory=lambda: {"day": "2022-06-21"})
    page: int = 2
    document: str = "d02"
    box: tuple[float, float, float, float] = (0.2, 0.3, 0.6, 0.34)


@dataclass
class Desk:
    """A bureau with its people and one round that closed on 22 June 2022."""

    bureau_id: int
    list_id: int
    round_id: int
    reviewer: Actor
    reviewer2: Actor
    approver: Actor
    approver2: Actor
    both: Actor
    admin: Actor
    auditor: Actor

    async def applied(
        self,
        name: str = "南宁青柚艺术培训有限公司",
        *,
        state: str = "in_review",
        flags: Sequence[Flag] = (),
        run_state: str | None = "done",
        submitted_on: date = date(2022, 6, 21),
        printed_name: str | None = None,
        categories: tuple[str, ...] = ("arts",),
    ) -> int:
        """A submitted application with its submission, one file of three pages and a vetting run; returns its id."""
        number = next(_serial)
        code, boss = credit_code(number), resident_id(number)
        provider_id = await _save(
            Provider(
                name=name, name_key=name, credit_code=code, kind="business_licence", legal_representative="卢晓岚",
                legal_representative_id_sealed=seal(boss, "provider.legal_representative_id"),
                legal_representative_id_index=blind_index(boss, "person_id"),
                registered_address="南宁市榕江区虚构路 1 号", created_at=NOW,
            )
        )  # fmt: skip
        form = ApplicationForm(
            name=name, credit_code=code, kind="business_licence", legal_representative="卢晓岚",
            legal_representative_id=boss, registered_address="南宁市榕江区虚构路 1 号", agent=Agent(name="莫言之"),
            contact=Contact(name="卢晓岚", phone="19900001234", email="a@example.com"), categories=categories,
            business_scope="文化艺术培训",
            courses=(Course(title="少儿书法", category="arts", grades="三至六年级", class_size=30, price_cents=4000),),
            teachers=(
                Teacher(name="蒙佳宁", id_number=resident_id(number + 1), course="少儿书法", certificate_type="教师资格证书",
                        certificate_number="20144500132002800"),
                Teacher(name="闭月", id_number=resident_id(number + 2), certificate_type="暂无证书"),
            ),
            annual_inspections={"2020": "合格", "2021": "合格"},
        )  # fmt: skip
        application_id = await _save(
            Application(
                round=self.round_id, provider=provider_id, state=state, receipt_number=f"SB{number:014d}",
                form_sealed=form.sealed(), name=name, categories=list(categories), created_at=NOW,
                submitted_at=datetime(submitted_on.year, submitted_on.month, submitted_on.day, 10, tzinfo=NOW.tzinfo),
                submitted_on=submitted_on,
            )
        )  # fmt: skip
        submission_id = await _save(
            Submission(
                application=application_id, number=1, form_sealed=form.sealed(), manifest="[]", digest="d" * 64,
                submitted_on=submitted_on, submitted_at=NOW,
            )
        )  # fmt: skip
        file_id = await _save(
            StoredFile(
                owner="application", owner_id=application_id, given_name="材料.pdf", media_type="application/pdf",
                size=123456, pages=3, sha256="e" * 64, object_key=f"original/{number:032x}", state="locked",
                uploaded_at=NOW,
            )
        )  # fmt: skip
        await _save(
            ApplicationFile(
                application=application_id, file=file_id, item=0, submission=submission_id, created_at=NOW
            )
        )
        if run_state is not None:
            await self._run(application_id, file_id, form, run_state, flags, printed_name or name)
        return application_id

    async def _run(
        self,
        application_id: int,
        file_id: int,
        form: ApplicationForm,
        state: str,
        flags: Iterable[Flag],
        printed: str,
    ) -> None:
        done = state == "done"
        run_id = await _save(
            VettingRun(
                application=application_id, state=state, cause="submission", engine="test", as_of=date(2022, 6, 22),
                pages_total=3, pages_done=3 if done else 1, queued_at=NOW, started_at=NOW,
                finished_at=NOW if state in {"done", "failed"} else None,
                failure="核验程序出错，需人工审查" if state == "failed" else "",
                result_sealed=seal_json(_result(file_id, form, printed), "vetting_run.result") if done else None,
            )
        )  # fmt: skip
        for position, flag in enumerate(flags, 1):
            body = {
                "message": flag.message,
                "params": flag.params,
                "evidence": [
                    {
                        "document": flag.document,
                        "page": flag.page,
                        "bbox": list(flag.box),
                        "text": "2022年6月21日",
                    }
                ],
            }
            await _save(
                FindingRow(
                    run=run_id, application=application_id, position=position, code=flag.code, severity=flag.severity,
                    rule=flag.rule, body_sealed=seal_json(body, "finding.body"),
                )
            )  # fmt: skip

    async def shortlisted(self, name: str = "南宁青柚艺术培训有限公司") -> int:
        """An application that two people shortlisted."""
        application_id = await self.applied(name)
        await review.recommend(self.reviewer, application_id, "shortlist", "材料齐全有效")
        await review.decide(self.approver, application_id, "shortlist", "同意初审意见")
        return application_id


def _result(file_id: int, form: ApplicationForm, printed: str) -> dict[str, Any]:
    def at(value: Any, page: int, top: float) -> dict[str, Any]:
        return {
            "value": value,
            "confidence": 0.98,
            "page": page,
            "bbox": [0.2, top, 0.6, top + 0.03],
            "raw": str(value),
        }

    return {
        "engine": "test",
        "as_of": "2022-06-22",
        "files": [{"id": file_id, "name": "001.pdf", "sha256": "e" * 64}],
        "documents": [
            {"id": "d01", "type": "application_form", "file": "001.pdf", "pages": [1, 1],
             "fields": {"name": at(form.name, 1, 0.2)}},
            {"id": "d02", "type": "business_licence", "file": "001.pdf", "pages": [2, 2],
             "fields": {"name": at(printed, 2, 0.2), "credit_code": at(form.credit_code, 2, 0.25),
                        "legal_representative": at(form.legal_representative, 2, 0.3),
                        "registered_address": at(form.registered_address, 2, 0.35),
                        "valid_until": at("long-term", 2, 0.4)}},
            {"id": "d03", "type": "resident_id", "file": "001.pdf", "pages": [3, 3],
             "fields": {"name": at(form.legal_representative, 3, 0.2), "id_number": at(form.legal_representative_id, 3, 0.3)}},
        ],
        "pages": [
            {"page": n, "file_id": file_id, "file_page": n, "kind": "content", "mode": "scanned", "rotation": 0,
             "readable": True, "problem": None, "duplicate_of": None}
            for n in (1, 2, 3)
        ],
        "notes": [],
    }  # fmt: skip


async def _save(made: Any) -> int:
    await made.save()
    return int(made.id)


async def make_desk(
    *, policy: str = "nanning-2022", name: str = "南宁市虚构区教育局", day: date = MONDAY, password: str = ""
) -> Desk:
    """A bureau under a policy, a list, a round whose policy is frozen, and its people; sets the demo's day.

    ``password``: what all its accounts sign in with (hashed, so only where a test needs it).
    """
    await set_day(day)
    await rows("INSERT INTO division (code, name) VALUES ('450191', '虚构区') ON CONFLICT DO NOTHING")
    bureau_id = await _save(
        Bureau(name=name, short_name=name, division="450191", policy_name=policy, contact="0771-0000000")
    )
    list_id = await _save(RegistryList(bureau=bureau_id, name=f"{name}课后服务备选库", short_name="备选库"))
    frozen = freeze(load(policy))
    round_id = await _save(
        Round(
            list=list_id, title="2022 年第一批遴选", state="published", opens_on=date(2022, 6, 1),
            deadline=date(2022, 6, 22), cycle_ends_on=date(2024, 6, 22), inspection_years=[2020, 2021],
            categories=list(load(policy).categories), policy_name=policy, policy_version=frozen["version"],
            policy=json.dumps(frozen, ensure_ascii=False), created_at=NOW,
        )
    )  # fmt: skip

    async def at(who: str, *roles: Role) -> Actor:
        return await account(who, *(Membership(role, bureau_id=bureau_id) for role in roles))

    desk = Desk(
        bureau_id, list_id, round_id,
        reviewer=await at("韦初审", Role.REVIEWER), reviewer2=await at("莫初审", Role.REVIEWER),
        approver=await at("农复审", Role.APPROVER), approver2=await at("苏复审", Role.APPROVER),
        both=await at("陆兼任", Role.REVIEWER, Role.APPROVER), admin=await at("黄管理", Role.BUREAU_ADMIN),
        auditor=await at("卢审计", Role.AUDITOR),
    )  # fmt: skip
    if password:
        from registry.accounts.passwords import hash_password

        await Account.update({Account.password: await hash_password(password)}, force=True)
    return desk


async def make_desk_with_logins() -> Desk:
    """A desk whose people sign in by plain logins: what the command line asks for."""
    desk = await make_desk()
    for login, actor in (("guanli", desk.admin), ("chushen", desk.reviewer), ("fushen", desk.approver)):
        await rows("UPDATE account SET login = {} WHERE id = {}", login, actor.account_id)
    return desk


async def provider_of(application_id: int) -> Actor:
    """An account of the application's provider."""
    found = await rows("SELECT provider FROM application WHERE id = {}", application_id)
    return await account("机构", Membership(Role.PROVIDER, provider_id=found[0]["provider"]))
