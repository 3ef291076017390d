"""The database over TLS: a server that cannot show the right certificate gets no password."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from registry.kernel.db import connection_config
from registry.settings import get_settings
from tests.conftest import TestDatabase


@dataclass(frozen=True)
class Certified:
    """Files of an authority, and of a server at 127.0.0.1 that it certified (certificate and key in one)."""

    authority: Path
    server: Path


def _certified(folder: Path) -> Certified:
    now = datetime.datetime.now(datetime.UTC)

    def certificate(name: str, issuer: str, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        def named(words: str) -> x509.Name:
            return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])

        return (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named(issuer))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
        )

    own, served = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = (
        certificate("authority", "authority", own.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(own, hashes.SHA256())
    )
    server = (
        certificate("server", "authority", served.public_key())
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(own, hashes.SHA256())
    )
    key = served.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    made = Certified(folder / "authority.pem", folder / "server.pem")
    made.authority.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    made.server.write_bytes(server.public_bytes(serialization.Encoding.PEM) + key)
    return made


@asynccontextmanager
async def _front(server: Path) -> AsyncIterator[int]:
    """A port that takes TLS as PostgreSQL does, before the real server, which was built without; yields the port."""
    behind = urlsplit(get_settings().database_url.get_secret_value()).port
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(server)

    async def pour(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while some := await source.read(65536):
                target.write(some)
                await target.drain()
        except (OSError, ssl.SSLError):
            pass
        finally:
            target.close()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readexactly(8)
        assert int.from_bytes(asked[4:]) == 80877103, "the first thing asked for is TLS"
        writer.write(b"S")
        try:
            await writer.drain()
            await writer.start_tls(context)
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", behind)
        except (OSError, ssl.SSLError):
            writer.close()
            return
        await asyncio.gather(pour(reader, far_writer), pour(far_reader, writer))

    serving = await asyncio.start_server(take, "127.0.0.1", 0)
    try:
        yield int(serving.sockets[0].getsockname()[1])
    finally:
        serving.close()


def _url(port: int, host: str, more: str) -> str:
    parts = urlsplit(get_settings().database_url.get_secret_value())
    return f"postgresql://{parts.username}:{parts.password}@{host}:{port}{parts.path}?{more}"


async def test_a_server_is_verified_as_the_address_says(database: TestDatabase, tmp_path: Path) -> None:
    certified = _certified(tmp_path)
    known = f"sslrootcert={certified.authority}"

    async def answers(host: str, more: str) -> bool:
        async with _front(certified.server) as port:
            try:
                connection = await asyncpg.connect(**connection_config(_url(port, host, more)))
            except (ssl.SSLError, ConnectionError):
                return False
            try:
                return bool(await connection.fetchval("SELECT true"))
            finally:
                await connection.close()

    assert await answers("127.0.0.1", f"sslmode=verify-full&{known}")
    assert not await answers("localhost", f"sslmode=verify-full&{known}"), (
        "a name that is not in the certificate"
    )
    assert await answers("localhost", f"sslmode=verify-ca&{known}")
    assert not await answers("127.0.0.1", "sslmode=verify-full"), "nobody the system trusts"
    assert not await answers("127.0.0.1", "sslmode=verify-ca")
    assert await answers("127.0.0.1", "sslmode=require")


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_an_authority_that_cannot_be_read_is_named(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ValueError, match=r"ca\.pem"):
        connection_config(f"postgresql://a:b@db/registry?sslmode=verify-full&sslrootcert={file}")
