"""Messages between a parent and its child process: a JSON header and, where needed, raw bytes."""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

PREFIX = struct.Struct(">II")
MAX_HEADER = 16 * 1024 * 1024
MAX_PAYLOAD = 64 * 1024 * 1024


class ProtocolError(Exception):
    """The other side does not speak the protocol, or more than it may."""


def pack(header: dict[str, Any], payload_length: int = 0) -> bytes:
    """Give the bytes that go ahead of the payload."""
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    if len(text) > MAX_HEADER or payload_length > MAX_PAYLOAD:
        raise ProtocolError("message too large")
    return PREFIX.pack(len(text), payload_length) + text


def unpack_prefix(data: bytes | bytearray) -> tuple[int, int]:
    """Give the lengths of header and payload. Raises ProtocolError where they are beyond all bounds."""
    header, payload = PREFIX.unpack(data)
    if header > MAX_HEADER or payload > MAX_PAYLOAD:
        raise ProtocolError("message too large")
    return int(header), int(payload)


def unpack_header(data: bytes | bytearray) -> dict[str, Any]:
    """Give the header. Raises ProtocolError where it is no JSON object."""
    try:
        header = json.loads(bytes(data).decode("utf-8", "surrogatepass"))
    except ValueError as error:
        raise ProtocolError("header is not JSON") from error
    if not isinstance(header, dict):
        raise ProtocolError("header is not an object")
    return header


def send(stream: BinaryIO, header: dict[str, Any], payload: bytes | bytearray = b"") -> None:
    """Write one message; for the child's side, which may block."""
    stream.write(pack(header, len(payload)))
    if payload:
        stream.write(payload)
    stream.flush()


def receive(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """Read one message; for the child's side. None when the parent has gone."""
    prefix = stream.read(PREFIX.size)
    if len(prefix) < PREFIX.size:
        return None
    header_length, payload_length = unpack_prefix(prefix)
    header = unpack_header(stream.read(header_length))
    payload = stream.read(payload_length) if payload_length else b""
    return header, payload
