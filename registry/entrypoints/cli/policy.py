"""``registry policy``: show, check and compare the policies of jurisdictions (R30)."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from registry.policies import Policy

HELP = "查看、检查、比较各地规则 | show, check and compare policies"

_EPILOG = """\
例 examples:
  registry policy list
  registry policy show nanning-2022          每一项规定及其出处 every value with its source
  registry policy check 我市规则.toml         检查一个规则文件 check a file before using it
  registry policy diff default taishan-2026  两地有何不同 what differs

规则可以是名称，也可以是 .toml 文件 | a policy is a name or a .toml file
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``policy`` with its actions."""
    parser = subparsers.add_parser(
        "policy",
        help=HELP,
        description=HELP,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(title="动作 actions", metavar="ACTION", dest="action", required=True)
    listing = actions.add_parser("list", help="现有规则 | the policies there are")
    show = actions.add_parser("show", help="逐项说明一套规则 | explain every value")
    show.add_argument("policy", metavar="NAME", help="名称或 .toml 文件 | name or .toml file")
    check = actions.add_parser(
        "check", help="检查规则文件，有问题时退出码为 1 | check a file, exit 1 if it has problems"
    )
    check.add_argument("file", type=Path, metavar="FILE", help=".toml 文件 | .toml file")
    diff = actions.add_parser("diff", help="比较两套规则 | what differs between two")
    diff.add_argument("before", metavar="A", help="名称或 .toml 文件 | name or .toml file")
    diff.add_argument("after", metavar="B", help="名称或 .toml 文件 | name or .toml file")
    for action in (listing, show, check, diff):
        action.add_argument("--json", action="store_true", help="以 JSON 输出 | print JSON")


def run(args: argparse.Namespace) -> int:
    """Do the action. Returns 1 for a policy with problems, 2 for one that does not exist."""
    from registry.policies import PolicyError

    try:
        if args.action == "list":
            return _list(as_json=args.json)
        if args.action == "check":
            return _check(args.file, as_json=args.json)
        if args.action == "diff":
            return _diff(_find(args.before), _find(args.after), as_json=args.json)
        return _show(_find(args.policy), as_json=args.json)
    except PolicyError as error:
        _print_problems(error.origin, error.problems)
        return 1


def _list(*, as_json: bool) -> int:
    from registry.policies import load, names

    policies = [load(name) for name in names()]
    if as_json:
        _print_json([{"name": p.name, "title": p.title, "version": p.version} for p in policies])
    else:
        for policy in policies:
            print(f"{policy.name:<16} {policy.version}  {policy.title}")
    return 0


def _show(policy: Policy, *, as_json: bool) -> int:
    from registry.policies import explain

    rows = explain(policy)
    if as_json:
        head = {"name": policy.name, "title": policy.title, "version": policy.version}
        _print_json(
            {**head, "inherits": policy.inherits, "values": [dataclasses.asdict(row) for row in rows]}
        )
        return 0
    print(f"{policy.title}\n{policy.name} · 版本 {policy.version}")
    for row in rows:
        print(f"\n{row.meaning}：{row.value}\n    {row.key} · {row.basis}")
    return 0


def _check(path: Path, *, as_json: bool) -> int:
    from registry.policies import PolicyError, explain, load_file

    try:
        policy = load_file(path)
    except PolicyError as error:
        if as_json:
            _print_json({"ok": False, "problems": list(error.problems)})
        else:
            _print_problems(path.name, error.problems)
        return 1
    stated = sum(row.stated for row in explain(policy))
    if as_json:
        _print_json(
            {"ok": True, "name": policy.name, "version": policy.version, "stated": stated, "problems": []}
        )
    else:
        print(f"{path.name}：没有问题。{policy.name} · 版本 {policy.version} · 有出处的规定 {stated} 项")
    return 0


def _diff(before: Policy, after: Policy, *, as_json: bool) -> int:
    from registry.policies import diff

    differences = diff(before, after)
    if as_json:
        _print_json([dataclasses.asdict(difference) for difference in differences])
        return 0
    if not differences:
        print(f"{before.name} 与 {after.name} 的规定相同")
    for difference in differences:
        print(
            f"{difference.meaning}（{difference.key}）\n"
            f"  - {before.name}：{difference.before if difference.before is not None else '没有此项'}\n"
            f"  + {after.name}：{difference.after if difference.after is not None else '没有此项'}"
        )
    return 0


def _find(name: str) -> Policy:
    from registry.policies import load, load_file

    return load_file(Path(name)) if name.endswith(".toml") else load(name)


def _print_problems(origin: str, problems: tuple[str, ...]) -> None:
    print(f"{origin}：有 {len(problems)} 个问题", file=sys.stderr)
    for problem in problems:
        print(f"  - {problem}", file=sys.stderr)


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))
