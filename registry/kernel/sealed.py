"""Sealed columns: personal data is stored encrypted, and found again by a blind index.

AES-256-GCM with a key ring; a token is ``version(1) | key id length(1) | key id | nonce(12) | ciphertext``.
The context (``"provider.phone"``) is authenticated, so a value moved to another column does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from registry.settings import get_settings, parse_key_ring

_VERSION = 1


class SealBroken(Exception):
    """A sealed value does not open: wrong key, wrong column, or changed bytes."""


@lru_cache(maxsize=4)
def _ring(text: str) -> dict[str, bytes]:
    ring = parse_key_ring(text)
    if not ring:
        raise SealBroken("REGISTRY_SECRET_KEYS is not set: personal data can be neither stored nor read")
    return ring


def _keys() -> dict[str, bytes]:
    return _ring(get_settings().secret_keys.get_secret_value())


def seal(value: str, context: str) -> bytes:
    """Encrypt ``value`` for the column named by ``context``."""
    key_id, key = next(iter(_keys().items()))
    nonce = os.urandom(12)
    name = key_id.encode()
    head = bytes((_VERSION, len(name))) + name
    return head + nonce + AESGCM(key).encrypt(nonce, value.encode(), head + context.encode())


def unseal(token: bytes, context: str) -> str:
    """Decrypt a token of ``seal``. Raises SealBroken."""
    token = bytes(token)
    if len(token) < 14 or token[0] != _VERSION:
        raise SealBroken(f"{context}: not a sealed value")
    end = 2 + token[1]
    key = _keys().get(token[2:end].decode(errors="replace"))
    if key is None:
        raise SealBroken(f"{context}: sealed with a key that is not in the ring")
    try:
        plain = AESGCM(key).decrypt(token[end : end + 12], token[end + 12 :], token[:end] + context.encode())
    except InvalidTag as error:
        raise SealBroken(f"{context}: seal is broken") from error
    return plain.decode()


def seal_json(value: Any, context: str) -> bytes:
    """``seal`` for anything JSON can hold."""
    return seal(json.dumps(value, ensure_ascii=False, separators=(",", ":")), context)


def unseal_json(token: bytes, context: str) -> Any:
    """The value of ``seal_json``. Raises SealBroken."""
    return json.loads(unseal(token, context))


def blind_index(value: str, purpose: str) -> str:
    """A keyed hash (64 hex digits) for equality search; ``purpose`` ("person_id") separates the spaces.

    It uses the *last* key of the ring, which therefore stays when keys are rotated in front.
    """
    key = list(_keys().values())[-1]
    derived = hashlib.blake2b(purpose.encode(), key=key, digest_size=32).digest()
    return hmac.new(derived, value.encode(), hashlib.sha256).hexdigest()
