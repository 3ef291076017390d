"""Providers that a bureau brings along in a file (R4): judged line by line, written all together.

A provider that somebody has registered keeps what it said of itself. One that came with a file and that nobody has
registered yet is completed by a later file, never overwritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from registry.kernel import events
from registry.kernel.actor import Actor
from registry.kernel.bulk import insert_many
from registry.kernel.clock import real_now
from registry.kernel.db import rows
from registry.kernel.errors import FieldError
from registry.kernel.lines import Column, Judged, Line, LineError, LineReader, Source, repeated
from registry.kernel.sealed import blind_index, seal, seal_json
from registry.providers.facts import Contact, check_contact, credit_code_errors, name_key, resident_id_errors
from registry.providers.rules import RegistrationKind, normalise_number
from registry.providers.tables import FormerName, Provider

NAME = Column(
    "name", "机构名称", ("名称", "单位名称", "企业名称", "机构全称", "第三方机构名称", "培训机构名称", "公司名称"),
    required=True, example="示例市示例艺术培训有限公司", note="与登记证照一致的全称",
)  # fmt: skip
CODE = Column(
    "credit_code", "统一社会信用代码", ("信用代码", "社会信用代码", "统一信用代码", "机构代码"), required=True,
    example="91450100MA5EXAMP0A", note="18 位。单元格请设为“文本”格式",
)  # fmt: skip
REPRESENTATIVE = Column(
    "legal_representative", "法定代表人", ("法人", "法人代表", "负责人", "法定代表人姓名"), example="张某"
)
REPRESENTATIVE_ID = Column(
    "legal_representative_id", "法定代表人身份证号",
    ("法定代表人身份证号码", "法人身份证号", "身份证号", "身份证号码", "法定代表人证件号码"), personal=True,
    note="加密保存，页面不公开。没有可留空。单元格请设为“文本”格式",
)  # fmt: skip
COLUMNS: tuple[Column, ...] = (
    NAME,
    CODE,
    Column(
        "kind", "登记类型", ("机构类型", "主体类型", "证照类型"), example="营业执照",
        note="营业执照、民办非企业单位登记证书、社会团体法人登记证书；留空按信用代码前两位判断",
    ),
    REPRESENTATIVE,
    REPRESENTATIVE_ID,
    Column("registered_address", "登记地址", ("地址", "住所", "注册地址", "机构地址"), example="示例市示例路 1 号"),
    Column("contact_name", "联系人", ("联系人姓名", "经办人"), example="李某"),
    Column("contact_phone", "联系电话", ("电话", "手机", "手机号码", "联系方式"), personal=True, note="加密保存"),
    Column("contact_email", "电子邮箱", ("邮箱", "email"), personal=True, note="加密保存"),
    Column("former_names", "曾用名", ("原名称", "曾用名称"), note="有几个的用顿号隔开"),
    Column("registered_until", "登记有效期至", ("有效期至", "证照有效期", "营业期限至"), day=True, example="2030-12-31",
           note="长期有效的写“长期”或留空"),
)  # fmt: skip
_PROVIDERS = """
SELECT p.*, EXISTS (SELECT 1 FROM membership m WHERE m.provider = p.id) AS claimed,
       ARRAY(SELECT f.name_key FROM former_name f WHERE f.provider = p.id) AS former
FROM provider p WHERE p.credit_code = ANY({}) ORDER BY p.id
"""


@dataclass(slots=True)
class Record:
    """A provider as a file has it; empty where the file says nothing. ``stored`` is its id once known."""

    name: str
    code: str
    kind: str
    legal_representative: str = ""
    representative_id: str = ""
    registered_address: str = ""
    contact: Contact = field(default_factory=Contact)
    former_names: tuple[str, ...] = ()
    registered_until: date | None = None
    stored: int | None = None
    fills: dict[str, Any] = field(default_factory=dict)

    @property
    def representative_index(self) -> str | None:
        """The blind index of the legal representative's ID number, None for none."""
        return blind_index(self.representative_id, "person_id") if self.representative_id else None


def kind_of_code(code: str) -> str:
    """What a credit code's first two characters say of the registration (GB 32100-2015); "" for none of R2's."""
    if code.startswith("9"):
        return RegistrationKind.BUSINESS_LICENCE.value
    return {
        "52": RegistrationKind.PRIVATE_NONENTERPRISE.value,
        "51": RegistrationKind.SOCIAL_ORGANISATION.value,
    }.get(code[:2], "")


def read_record(reader: LineReader, as_of: date) -> Record:
    """The provider of a line; what is wrong is kept by the reader. Columns that the file lacks are empty."""
    code = reader.text("credit_code", longest=40)
    told = credit_code_errors("credit_code", code) if code else []
    number = normalise_number(reader.text("legal_representative_id", longest=40))
    told += resident_id_errors("legal_representative_id", number, as_of) if number else []
    record = Record(
        name=reader.text("name"),
        code=normalise_number(code),
        kind=kind_of_code(normalise_number(code)),
        legal_representative=reader.text("legal_representative", longest=80),
        representative_id=number,
    )
    _fail_all(reader, told)
    return record


def _fail_all(reader: LineReader, told: Iterable[FieldError]) -> None:
    for error in told:
        reader.fail(error.field, error.message, **error.params)


def _read(reader: LineReader, as_of: date) -> Record:
    record = read_record(reader, as_of)
    record.kind = reader.choice("kind", {one.value: one.zh for one in RegistrationKind}) or record.kind
    if record.code and not record.kind:
        reader.fail("kind", "不能由信用代码判断登记类型，请填写")
    record.registered_address = reader.text("registered_address", longest=300)
    record.contact = Contact(
        reader.text("contact_name", longest=50),
        reader.text("contact_phone", longest=40),
        reader.text("contact_email", longest=100),
    )
    wrong = {"contact_phone": record.contact.phone, "contact_email": record.contact.email}
    _fail_all(reader, [e for e in check_contact(record.contact) if wrong.get(e.field)])
    record.former_names = reader.parts("former_names", most=10)
    record.registered_until = reader.day("registered_until", open_ended=True)
    return record


async def judge(bureau_id: int, lines: Sequence[Line], as_of: date, *, lock: bool = False) -> Judged:
    """What importing some lines would do, and everything that is wrong with them. ``records`` are ``Record``."""
    readers = [LineReader(line, COLUMNS) for line in lines]
    records = [_read(reader, as_of) for reader in readers]
    repeated((r, "credit_code", one.code) for r, one in zip(readers, records, strict=True))
    stored = await by_code((one.code for one in records), lock=lock)
    added = changed = kept = 0
    for reader, record in zip(readers, records, strict=True):
        meet(reader, record, stored.get(record.code))
        if record.stored is None:
            added += 1
        elif record.fills:
            changed += 1
        else:
            kept += 1
    errors: list[LineError] = [error for reader in readers for error in reader.errors]
    return Judged(tuple(errors), tuple(records), added, changed, kept)


async def by_code(codes: Iterable[str], *, lock: bool = False) -> dict[str, dict[str, Any]]:
    """The providers with some credit codes, with whether somebody ``claimed`` them; ``lock`` in the order of ids."""
    found = await rows(
        f"{_PROVIDERS} FOR NO KEY UPDATE OF p" if lock else _PROVIDERS,
        sorted({code for code in codes if code}),
    )
    return {str(one["credit_code"]): one for one in found}


def meet(reader: LineReader, record: Record, stored: dict[str, Any] | None) -> None:
    """Compare a line with the provider that has its code: another name is an error, what is missing is filled in."""
    if stored is None:
        return
    record.stored = int(stored["id"])
    if name_key(record.name) not in {stored["name_key"], *stored["former"]}:
        reader.fail("credit_code", "这个代码已登记为另一名称的机构，请核对名称和代码")
        return
    if not stored["claimed"]:
        record.fills = {
            column: value for column, value in _columns(record).items() if value and not stored[column]
        }


def _columns(record: Record) -> dict[str, Any]:
    contact = record.contact
    given = contact.name or contact.phone or contact.email
    return {
        "legal_representative": record.legal_representative,
        "legal_representative_id_sealed": seal(record.representative_id, "provider.legal_representative_id")
        if record.representative_id
        else None,
        "legal_representative_id_index": record.representative_index,
        "registered_address": record.registered_address,
        "contact_sealed": seal_json(
            {"name": contact.name, "phone": contact.phone, "email": contact.email}, "provider.contact"
        )
        if given
        else None,
        "phone_index": blind_index(contact.phone, "phone") if contact.phone else None,
        "registered_until": record.registered_until,
    }


async def write(actor: Actor, bureau_id: int, judged: Judged, source: Source) -> None:
    """Write judged lines in the caller's transaction, with an event on each provider's chain."""
    await ensure(actor, judged.records, source)


async def ensure(actor: Actor, records: Sequence[Record], source: Source) -> dict[str, int]:
    """Insert the providers that are new and fill in what was missing; returns the ids by credit code."""
    fresh = list({one.code: one for one in records if one.stored is None}.values())
    now = real_now()
    await insert_many(
        Provider,
        [
            {
                "name": one.name, "name_key": name_key(one.name), "credit_code": one.code, "kind": one.kind,
                "created_at": now, **_columns(one),
            }
            for one in fresh
        ],
    )  # fmt: skip
    ids = {code: int(found["id"]) for code, found in (await by_code(one.code for one in records)).items()}
    names = [
        {"provider": ids[one.code], "name": name, "name_key": key}
        for one in fresh
        for key, name in {name_key(name): name for name in one.former_names}.items()
        if key != name_key(one.name)
    ]
    await insert_many(FormerName, names)
    filled = [one for one in records if one.fills]
    for one in filled:
        columns = ", ".join(f"{column} = {{}}" for column in one.fills)
        # Column names are our own constants.
        await rows(f"UPDATE provider SET {columns} WHERE id = {{}}", *one.fills.values(), one.stored)  # noqa: S608 -- as above
    happened: list[tuple[Record, str, dict[str, Any]]] = [(one, "import", {}) for one in fresh] + [
        (one, "complete_facts", {"changed": sorted(one.fills)}) for one in filled
    ]
    await events.record_many(
        actor,
        [
            events.Happening(
                "provider", ids[one.code], action, (events.provider_chain(ids[one.code]),),
                data=source.event_data(**more),
            )
            for one, action, more in happened
        ],
    )  # fmt: skip
    return ids
