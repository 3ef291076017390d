"""From what vetting stored to what the decision page shows: findings, comparison, documents; numbers masked (R34)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from registry.applications.form import ApplicationForm
from registry.checks.queries import Dossier, EvidenceView, FindingView
from registry.web.bureau.words import (
    HIDDEN_FIELDS,
    ID_FIELDS,
    PHONE_FIELDS,
    REGISTRATION_DOCUMENTS,
    document_name,
    field_name,
)
from registry.web.components.formats import mask_id, mask_phone
from registry.web.components.i18n import N_, Translator

# The width that page images are shown at; the height follows the sheet, upright A4 where it is not known.
IMAGE_WIDTH = 1240
_A4 = (595.3, 841.9)

_COMPARED: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("name", N_("机构名称"), REGISTRATION_DOCUMENTS, "name"),
    ("credit_code", N_("统一社会信用代码"), REGISTRATION_DOCUMENTS, "credit_code"),
    ("legal_representative", N_("法定代表人"), REGISTRATION_DOCUMENTS, "legal_representative"),
    ("legal_representative", N_("法定代表人（身份证）"), ("resident_id",), "name"),
    ("legal_representative_id", N_("法定代表人身份证号码"), ("resident_id",), "id_number"),
    ("registered_address", N_("登记地址"), REGISTRATION_DOCUMENTS, "registered_address"),
    ("business_scope", N_("经营（业务）范围"), REGISTRATION_DOCUMENTS, "business_scope"),
)


@dataclass(frozen=True, slots=True)
class Printed:
    """What one document says: the value (masked where it must be), where it stands, whether it agrees."""

    value: str
    document: str
    page: int
    url: str
    same: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class Compared:
    """One fact of the form beside what the documents say. ``hidden``: masked, so no difference is drawn."""

    label: str
    typed: str
    printed: tuple[Printed, ...]
    hidden: bool

    @property
    def agrees(self) -> bool:
        """Every document that names it says the same."""
        return all(one.same for one in self.printed)


def page_url(application_id: int, page: int | None, finding: int | None = None) -> str:
    """The page that shows a page of the application's files, counted through, with a finding's boxes."""
    mark = f"?finding={finding}" if finding is not None else ""
    return f"/bureau/applications/{application_id}/pages/{page}{mark}"


def findings(dossier: Dossier, application_id: int, words: Translator) -> list[dict[str, Any]]:
    """The findings as the kit shows them, blocking ones first."""
    weight = {"block": 0, "warn": 1, "info": 2}
    kinds = {str(one["id"]): str(one["type"]) for one in dossier.documents}
    heights = {one["page"]: image_height(one) for one in dossier.pages}
    ordered = sorted(dossier.findings, key=lambda one: weight[one.severity])
    return [_finding(one, application_id, kinds, heights, words) for one in ordered]


def image_height(page: Mapping[str, Any]) -> int:
    """How high the image of a page is at ``IMAGE_WIDTH``."""
    width, height = page.get("width") or _A4[0], page.get("height") or _A4[1]
    return round(IMAGE_WIDTH * height / width)


def _finding(
    one: FindingView,
    application_id: int,
    kinds: Mapping[str, str],
    heights: Mapping[int, int],
    words: Translator,
) -> dict[str, Any]:
    return {
        "id": one.id,
        "code": one.code,
        "severity": one.severity,
        "rule": one.rule,
        "message": words.gettext(one.message, **one.params),
        "typed": one.params.get("typed", ""),
        "printed": one.params.get("printed", ""),
        "evidence": [
            _evidence(view, one.id, application_id, kinds, heights[view.page], words)
            for view in one.evidence[:4]
            if view.page is not None and view.page in heights
        ],
        "decision": "overruled" if one.overruled_by else "",
        "decision_reason": one.overruled_reason,
        "decided_by": one.overruled_by or "",
        "overruled": one.overruled_by is not None,
    }


def _evidence(
    view: EvidenceView,
    finding_id: int,
    application_id: int,
    kinds: Mapping[str, str],
    height: int,
    words: Translator,
) -> dict[str, Any]:
    kind = kinds.get(view.document or "", "")
    return {
        "image_url": image_url(view.file_id, view.file_page),
        "width": IMAGE_WIDTH,
        "height": height,
        "box": view.bbox,
        "page": view.page,
        "page_url": page_url(application_id, view.page, finding_id),
        "label": words.gettext(document_name(kind)) if kind else words.gettext(N_("材料")),
        "text": "",
    }


def image_url(file_id: int | None, file_page: int | None) -> str:
    """The image of a page of a stored file, "" where the page belongs to none."""
    return f"/files/{file_id}/pages/{file_page}.png" if file_id and file_page else ""


def comparison(
    form: ApplicationForm, dossier: Dossier, application_id: int, words: Translator
) -> list[Compared]:
    """What was typed beside what the registration documents and the ID say; facts nobody printed are left out."""
    found = []
    for attribute, label, kinds, field in _COMPARED:
        typed = str(getattr(form, attribute))
        hidden = attribute in ID_FIELDS
        printed = tuple(_printed(dossier.documents, kinds, field, typed, application_id, words))
        if typed and printed:
            found.append(Compared(words.gettext(label), mask_id(typed) if hidden else typed, printed, hidden))
    return found


def _printed(
    documents: Iterable[Mapping[str, Any]],
    kinds: tuple[str, ...],
    field: str,
    typed: str,
    application_id: int,
    words: Translator,
) -> Iterable[Printed]:
    for document in documents:
        read = document["fields"].get(field) if document["type"] in kinds else None
        if read is None or not read["value"]:
            continue
        value = str(read["value"])
        yield Printed(
            value=mask_id(value) if field in ID_FIELDS else value,
            document=words.gettext(document_name(document["type"])),
            page=read["page"],
            url=page_url(application_id, read["page"]),
            same=_folded(value) == _folded(typed),
            confidence=read["confidence"],
        )


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def documents(dossier: Dossier, application_id: int, words: Translator) -> list[dict[str, Any]]:
    """The documents that were told apart, with pages and a few fields, in the order of their pages."""
    shown = []
    for one in sorted(dossier.documents, key=lambda document: document["pages"]):
        first, last = one["pages"]
        shown.append(
            {
                "name": words.gettext(document_name(one["type"])),
                "first": first,
                "last": last,
                "url": page_url(application_id, first),
                "fields": fields_of(one, words),
            }
        )
    return shown


def fields_of(document: Mapping[str, Any], words: Translator) -> list[dict[str, Any]]:
    """What was read from a document, as (label, value, page, sure): numbers masked, private facts left out."""
    return [
        {
            "label": words.gettext(field_name(name)),
            "value": shown_value(name, read["value"], words),
            "page": read["page"],
            "box": read["bbox"],
            "unsure": read["confidence"] < 0.8,
        }
        for name, read in document["fields"].items()
        if name not in HIDDEN_FIELDS and read["value"] not in (None, "", [], {})
    ]


def shown_value(name: str, value: Any, words: Translator) -> str:
    """A field's value as text."""
    if name in ID_FIELDS:
        return mask_id(str(value))
    if name in PHONE_FIELDS:
        return mask_phone(str(value))
    if isinstance(value, bool):
        return words.gettext(N_("是") if value else N_("否"))
    if value == "long-term":
        return words.gettext(N_("长期"))
    if isinstance(value, Mapping):
        return words.gettext(N_("；")).join(f"{key} {item}" for key, item in value.items())
    if isinstance(value, list):
        return words.gettext(N_("、")).join(str(item) for item in value)
    return str(value)
