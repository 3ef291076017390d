"""Receipts: a number and a code with which somebody without an account follows what they handed in (R17, R25).

Only a hash of the code is stored. The number alone opens nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from datetime import date

from registry.kernel.sealed import blind_index

_NOBODY = "0" * 64


def secret_hash(secret: str) -> str:
    """What is stored of a receipt's code."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_number(prefix: str, as_of: date) -> str:
    """A receipt number: two letters for the kind, the day, six random digits."""
    return f"{prefix}{as_of:%Y%m%d}{secrets.randbelow(10**6):06d}"


def secret_for(content: Sequence[object], browser: str, purpose: str) -> str:
    """The code of what is handed in: random, or for a known browser the same each time it sends the same.

    ``purpose`` names the kind (``objection.receipt``). A double click is thereby one record with one receipt.
    """
    if not browser:
        return secrets.token_hex(5)
    return blind_index(json.dumps([*content, browser], ensure_ascii=False), purpose)[:10]


def typed_number(text: str) -> str:
    """A receipt number as people copy it: without spaces and hyphens, in capitals."""
    return _typed(text).upper()


def opens(secret: str, stored_hash: str | None) -> bool:
    """Whether a typed code belongs to the stored hash; in constant time, also where there is none."""
    given = secret_hash(_typed(secret).lower())
    return hmac.compare_digest(given, stored_hash or _NOBODY) and stored_hash is not None


def _typed(text: str) -> str:
    return "".join(character for character in text if character.isalnum())[:60]
