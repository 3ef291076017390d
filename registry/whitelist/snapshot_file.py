"""The file of a list's snapshot: JSON lines, signed, readable without this software.

The first line says which list and day, each further one is an entry, the last one holds the Ed25519 signature over
every byte before it. Nothing here asks a database or a network: whoever has the file and the published key can check.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from registry.kernel.terms import Term

FORMAT = "after-school-registry/whitelist-snapshot/1"
MEDIA_TYPE = "application/x-ndjson"


class Verdict(Term):
    """What a check of a snapshot comes to."""

    GENUINE = "genuine", "签名有效，内容与签发时一致"
    ALTERED = "altered", "签名不符，内容在签发后被改动过"
    OTHER_KEY = "other_key", "不是用这把公钥对应的私钥签发的"
    NOT_A_SNAPSHOT = "not_a_snapshot", "不是名单快照文件，或文件不完整"


@dataclass(frozen=True, slots=True)
class Signed:
    """A snapshot as bytes, with what stands in its last line (base64)."""

    content: bytes
    signature: str
    public_key: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A checked snapshot. ``fingerprint`` is that of the key in the file; the rest is what its head says."""

    verdict: Verdict
    fingerprint: str = ""
    list_name: str = ""
    bureau: str = ""
    day: date | None = None
    made_at: datetime | None = None
    entries: int = 0


def write(head: Mapping[str, Any], entries: Iterable[Mapping[str, Any]], key: Ed25519PrivateKey) -> Signed:
    """Put a snapshot together and sign it. ``head`` has list, bureau, day, made_at and entries (how many)."""
    body = b"".join(_line(one) for one in ({"format": FORMAT, **head}, *entries))
    signature = base64.b64encode(key.sign(body)).decode()
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    public = base64.b64encode(raw).decode()
    return Signed(body + _line({"signature": signature, "public_key": public}), signature, public)


def _line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def fingerprint(public_key: str) -> str:
    """Sixteen hex digits that people compare: of the SHA-256 of the raw key. Raises ValueError for no base64."""
    try:
        digest = hashlib.sha256(base64.b64decode(public_key, validate=True)).hexdigest()
    except binascii.Error as error:
        raise ValueError("not base64") from error
    return " ".join(digest[at : at + 4] for at in range(0, 16, 4))


def check(content: bytes, public_key: str = "") -> Checked:
    """Check a snapshot. With ``public_key`` (base64 of 32 bytes) the signature must be of that key; without, the key
    in the file is used, which shows that nothing was changed but not who signed."""
    try:
        end = content.rindex(b"\n", 0, len(content) - 1) + 1
        body, seal = content[:end], json.loads(content[end:])
        head = json.loads(body[: body.index(b"\n")])
        given = base64.b64decode(seal["public_key"], validate=True)
        signature = base64.b64decode(seal["signature"], validate=True)
        told: dict[str, Any] = {
            "fingerprint": fingerprint(seal["public_key"]),
            "list_name": str(head["list"]),
            "bureau": str(head["bureau"]),
            "day": date.fromisoformat(head["day"]),
            "made_at": datetime.fromisoformat(head["made_at"]),
            "entries": int(head["entries"]),
        }
        key = Ed25519PublicKey.from_public_bytes(
            base64.b64decode(public_key, validate=True) if public_key else given
        )
    except (ValueError, KeyError, TypeError, binascii.Error, RecursionError):
        return Checked(Verdict.NOT_A_SNAPSHOT)
    if head.get("format") != FORMAT:
        return Checked(Verdict.NOT_A_SNAPSHOT)
    if public_key and base64.b64decode(public_key) != given:
        return Checked(Verdict.OTHER_KEY, **told)
    try:
        key.verify(signature, body)
    except InvalidSignature:
        return Checked(Verdict.ALTERED, **told)
    if body.count(b"\n") - 1 != told["entries"]:
        return Checked(Verdict.ALTERED, **told)
    return Checked(Verdict.GENUINE, **told)
