"""`registry verify`: check offline what the registry signed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]

GENUINE, ALTERED, USAGE, NOT_A_SNAPSHOT, OTHER_KEY = 0, 1, 2, 3, 4
_LARGEST_KEY = 10_000

_DESCRIPTION = """\
核验名单快照：内容是否与签发时一致、由谁签发。不联网，不需要数据库。
Checks a signed snapshot of a list: unchanged since it was signed, and by whom. Offline.

不带 --key 时只能确认内容未被改动；请从教育局网站“开放数据”页面取得公钥，用 --key 确认签发者。
Without --key only that nothing was changed is shown: take the public key from the registry's own site."""

_EPILOG = """\
例 examples:
  registry verify snapshot whitelist-1-2022-09-01.jsonl
  registry verify snapshot whitelist-1-2022-09-01.jsonl --key public-key.pem

退出码 exit status:
  0  签名有效 genuine
  1  内容被改动过 altered
  2  用法不对，或文件打不开 usage, or no such file
  3  不是名单快照 not a snapshot
  4  不是这把公钥签发的 signed by another key"""


def add_parser(subparsers: SubParsers) -> None:
    """Declare `registry verify snapshot` on the main parser."""
    parser = subparsers.add_parser("verify", help="离线核验名单快照 | check a signed snapshot offline")
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    snapshot = what.add_parser(
        "snapshot",
        help="核验名单快照 | check a snapshot of a list",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    snapshot.add_argument("file", type=Path, metavar="FILE", help="快照文件 | the snapshot (.jsonl)")
    snapshot.add_argument(
        "--key",
        metavar="KEY",
        help="公钥：PEM 文件、base64 文件或 base64 | public key: PEM file, base64 file or base64",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check; the answer goes to standard output, what is wrong with the call to standard error."""
    from registry.whitelist.snapshot_file import Verdict, check

    try:
        content = args.file.read_bytes()
    except OSError as error:
        print(f"打不开文件 cannot read: {args.file}: {error.strerror}", file=sys.stderr)
        return USAGE
    key = ""
    if args.key:
        try:
            key = _key(args.key)
        except ValueError:
            print("公钥无法识别：请给出 PEM 文件或 base64 | not an Ed25519 public key", file=sys.stderr)
            return USAGE
    found = check(content, key)
    print(f"{found.verdict.zh} | {found.verdict.value}")
    if found.verdict is Verdict.NOT_A_SNAPSHOT:
        return NOT_A_SNAPSHOT
    print(f"名单 list:        {found.list_name}（{found.bureau}）")
    print(f"日期 day:         {found.day}")
    print(f"签发时间 made at: {found.made_at}")
    print(f"条目 entries:     {found.entries}")
    print(f"公钥指纹 key:     {found.fingerprint}")
    if found.verdict is Verdict.GENUINE and not key:
        print(
            "未核对签发者：请用 --key 给出教育局公布的公钥 | signer not checked: give the published key with --key"
        )
    return {Verdict.GENUINE: GENUINE, Verdict.ALTERED: ALTERED, Verdict.OTHER_KEY: OTHER_KEY}[found.verdict]


def _key(given: str) -> str:
    """The public key as base64, out of a file (PEM or base64) or the argument itself. Raises ValueError."""
    import base64

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

    text = given
    path = Path(given)
    if len(given) < 4096 and path.is_file() and path.stat().st_size <= _LARGEST_KEY:
        text = path.read_text(encoding="ascii", errors="replace")
    if "BEGIN PUBLIC KEY" in text:
        loaded = load_pem_public_key(text.encode())
        if not isinstance(loaded, Ed25519PublicKey):
            raise ValueError("not an Ed25519 key")
        return base64.b64encode(loaded.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
    raw = base64.b64decode(text.strip(), validate=True)
    if len(raw) != 32:
        raise ValueError("not 32 bytes")
    return base64.b64encode(raw).decode()
