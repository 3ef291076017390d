"""Sealing the chain heads: signed, so that a rewritten history can be shown (R33)."""

from __future__ import annotations

import base64
import hashlib
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from registry.audit.tables import ChainSeal
from registry.kernel.clock import real_now
from registry.kernel.db import row, rows, transaction
from registry.settings import get_settings, parse_key_ring


def signing_key() -> Ed25519PrivateKey:
    """The installation's signing key, derived from the last key of the ring (it stays when keys rotate)."""
    ring = parse_key_ring(get_settings().secret_keys.get_secret_value())
    root = list(ring.values())[-1]
    return Ed25519PrivateKey.from_private_bytes(
        hashlib.blake2b(b"registry signing", key=root, digest_size=32).digest()
    )


def public_key() -> str:
    """The public half, base64 of 32 bytes, for whoever checks a seal or snapshot offline."""
    raw = signing_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def public_key_pem() -> str:
    """The public half as PEM, as other tools take it."""
    made = signing_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return made.decode("ascii")


async def make_seal() -> tuple[int, bytes] | None:
    """Sign all chain heads and record the seal; returns its id and the JSON to store in a locked object.

    None where nothing happened since the last seal.
    """
    async with transaction():
        found = await rows("SELECT chain, number, hash FROM chain_head ORDER BY chain")
        heads = {r["chain"]: [r["number"], r["hash"]] for r in found}
        last = await row("SELECT heads FROM chain_seal ORDER BY id DESC LIMIT 1")
        if not heads or (last is not None and json.loads(last["heads"]) == heads):
            return None
        sealed_at = real_now()
        body = json.dumps(
            {"sealed_at": sealed_at.isoformat(), "heads": heads}, sort_keys=True, separators=(",", ":")
        )
        signature = base64.b64encode(signing_key().sign(body.encode())).decode()
        seal = ChainSeal(
            sealed_at=sealed_at,
            heads=json.dumps(heads),
            signature=signature,
            public_key=public_key(),
            object_key=f"seal/{sealed_at:%Y%m%dT%H%M%S%f}.json",
        )
        await seal.save()
        seal_id = int(seal.id)
    payload = json.dumps({"body": body, "signature": signature, "public_key": public_key()}).encode()
    return seal_id, payload
