"""Reading one document that came after the listing, such as a renewed licence (R9, R12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from registry.checks.policy import vetting_policy
from registry.checks.tables import DocumentCheck
from registry.documents import queries as documents
from registry.jurisdictions.queries import get_list
from registry.kernel.clock import real_now
from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound
from registry.kernel.jobs import defer
from registry.kernel.sealed import seal_json, unseal_json
from registry.providers import queries as providers
from vetting.model import Form, SourceFile, Submission, VettingResult

LICENCE_TYPES = ("business_licence", "private_nonenterprise_certificate", "social_organization_certificate")
PERMIT_TYPES = ("school_licence",)
_CONTEXT = "document_check.result"
# What a single document can be asked; what only a whole application can answer is left out.
_TELLING = frozenset(
    {
        "licence_expired",
        "credit_code_mismatch",
        "name_mismatch",
        "name_change_explained",
        "legal_rep_mismatch",
        "academic_scope",
        "unreadable_page",
        "unreadable_field",
    }
)


@dataclass(frozen=True, slots=True)
class ReadFinding:
    """A finding of a single document: a sentence with its params."""

    code: str
    severity: str
    message: str
    params: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a document. ``fields`` are those of the document itself, empty where its type was not found."""

    id: int
    state: str
    type: str
    fields: Mapping[str, Any]
    findings: tuple[ReadFinding, ...]

    @property
    def done(self) -> bool:
        """Whether it was read; otherwise the findings say nothing (R9)."""
        return self.state == "done"

    @property
    def clean(self) -> bool:
        """Read, recognised, and nothing stands against it."""
        return self.done and bool(self.type) and all(one.severity == "info" for one in self.findings)


async def queue(file_id: int, *, provider_id: int, list_id: int, as_of: date) -> int:
    """Have a stored file read, in the caller's transaction; returns the id to ask ``get`` with."""
    made = DocumentCheck(file=file_id, provider=provider_id, list=list_id, as_of=as_of, queued_at=real_now())
    await made.save()
    await defer("checks.read_document", queue="vetting", lock=f"document:{made.id}", check_id=int(made.id))
    return int(made.id)


async def get(check_id: int) -> Reading:
    """What was read so far. Raises NotFound."""
    found = await row("SELECT id, state, result_sealed FROM document_check WHERE id = {}", check_id)
    if found is None:
        raise NotFound("没有找到这次核验")
    result = unseal_json(found["result_sealed"], _CONTEXT) if found["result_sealed"] else {}
    return Reading(
        id=check_id,
        state=found["state"],
        type=result.get("type", ""),
        fields=result.get("fields", {}),
        findings=tuple(ReadFinding(**one) for one in result.get("findings", ())),
    )


async def pending(check_id: int) -> dict[str, Any] | None:
    """The row of a document that waits to be read, None where it was read already."""
    return await row(
        "SELECT * FROM document_check WHERE id = {} AND state IN ('queued', 'running')", check_id
    )


async def load(found: Mapping[str, Any], folder: Path) -> tuple[Submission, str]:
    """What vetting is given for a row of ``pending``, its file copied into ``folder``; and the file's SHA-256.

    Raises NotFound, Unavailable.
    """
    facts = await providers.facts(found["provider"])
    of_list = await get_list(found["list"])
    stored = await documents.get(found["file"])
    suffix = {"image/jpeg": ".jpg", "image/png": ".png"}.get(stored.media_type, ".pdf")
    path = folder / f"001{suffix}"
    with path.open("wb") as target:
        await documents.copy_original(stored, target)
    policy = vetting_policy(of_list.policy)
    form = Form(
        name=facts.name,
        credit_code=facts.credit_code,
        legal_representative=facts.legal_representative,
        legal_representative_id=facts.legal_representative_id,
        registered_address=facts.registered_address,
        business_scope="",
        categories=(),
        teachers=(),
        former_names=tuple(facts.former_names),
    )
    submission = Submission(
        files=(SourceFile(path=path, name=path.name, item=None),),
        form=form,
        as_of=found["as_of"],
        cycle_ends=found["as_of"],
        inspection_years=(),
        policy=policy,
    )
    return submission, stored.sha256


async def keep(check_id: int, result: VettingResult) -> None:
    """Store what was read: the registration document among what was found, and what stands against it."""
    document = next((one for one in result.documents if one.type in LICENCE_TYPES + PERMIT_TYPES), None)
    fields = {}
    if document is not None:
        fields = {
            name: {
                "value": value.value.isoformat() if isinstance(value.value, date) else value.value,
                "confidence": round(value.confidence, 3),
            }
            for name, value in document.fields.items()
        }
    told = [one for one in result.findings if one.code.partition(":")[0] in _TELLING]
    body = {
        "type": document.type if document else "",
        "fields": fields,
        "findings": [
            {
                "code": one.code,
                "severity": str(one.severity),
                "message": one.message,
                "params": dict(one.params),
            }
            for one in told
        ],
    }
    await rows(
        "UPDATE document_check SET state = 'done', engine = {}, finished_at = {}, result_sealed = {} WHERE id = {}",
        result.engine,
        real_now(),
        seal_json(body, _CONTEXT),
        check_id,
    )


async def fail(check_id: int, failure: str) -> None:
    """A document that could not be read is "not read", never clean (R9)."""
    await rows(
        "UPDATE document_check SET state = 'failed', failure = {}, finished_at = {} WHERE id = {}",
        failure[:2000],
        real_now(),
        check_id,
    )
